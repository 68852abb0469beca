//! The guide's frequently asked questions (常见问题), 1–12.
//!
//! Owns their order and where each leads. Their texts are in `locales/`.

/// Where the answer to a question is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 登录系统.
    Portal,
    /// 一键检测.
    Check,
    /// 证书显示.
    Certificates,
    /// 软件升级.
    Update,
}

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its number in the guide.
    pub number: u8,
    /// Where it leads.
    pub step: Step,
}

/// All of them.
pub const QUESTIONS: [Question; 12] = [
    question(1, Step::Portal),
    question(2, Step::Certificates),
    question(3, Step::Portal),
    question(4, Step::Certificates),
    question(5, Step::Check),
    question(6, Step::Certificates),
    question(7, Step::Check),
    question(8, Step::Portal),
    question(9, Step::Portal),
    question(10, Step::Certificates),
    question(11, Step::Certificates),
    question(12, Step::Portal),
];

const fn question(number: u8, step: Step) -> Question {
    Question { number, step }
}

impl Question {
    /// The key of the question's text.
    pub fn question_key(&self) -> String {
        format!("faq-{}-question", self.number)
    }

    /// The key of the answer's text.
    pub fn answer_key(&self) -> String {
        format!("faq-{}-answer", self.number)
    }
}

impl Step {
    /// The key of what it is called on a question.
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Portal => "faq-step-portal",
            Self::Check => "faq-step-check",
            Self::Certificates => "faq-step-certificates",
            Self::Update => "faq-step-update",
        }
    }

    /// The assistant's page for it; the portal is another's page.
    pub const fn page(self) -> &'static str {
        match self {
            Self::Portal => "/portal",
            Self::Check => "/check",
            Self::Certificates => "/certificates",
            Self::Update => "/update",
        }
    }
}
