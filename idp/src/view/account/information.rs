//! 01 基本信息: what the enterprise may change, and what only an operator can.

use std::borrow::Cow;

use askama::Template;

use crate::view::{Choice, FieldError, Frame, Limits, Problem, page};

/// The information page.
#[derive(Clone, Debug, Template)]
#[template(path = "account/information.html")]
pub struct InformationPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What only an operator can change; absent when nobody is signed in any more.
    pub facts: Option<EnterpriseFacts<'a>>,
    /// What stands in the form.
    pub values: InformationValues<'a>,
    /// Every 主体类型.
    pub subject_types: Vec<Choice<'a>>,
    /// Fields that were refused.
    pub errors: Vec<FieldError<'a>>,
    /// How long texts may be.
    pub limits: Limits,
    /// Days left of this session's lock, where it is due.
    pub days_left: Option<String>,
    /// Whether the last change was saved.
    pub saved: bool,
    /// Why the change as a whole was refused.
    pub problem: Option<Problem<'a>>,
}

/// What is registered of the enterprise.
#[derive(Clone, Copy, Debug)]
pub struct EnterpriseFacts<'a> {
    /// 主体名称.
    pub name: &'a str,
    /// 统一社会信用代码.
    pub credit_code: &'a str,
    /// 法人代表.
    pub legal_representative: &'a str,
    /// 企业所在地市.
    pub region: &'a str,
}

/// What the enterprise types.
#[derive(Clone, Debug, Default)]
pub struct InformationValues<'a> {
    /// Whose form it is; comes back as the field `enterprise`.
    pub enterprise: &'a str,
    /// Which version the form was filled in from.
    pub version: &'a str,
    /// 联系电话.
    pub phone: &'a str,
    /// 联系邮箱.
    pub contact_email: &'a str,
    /// 单位地址.
    pub address: &'a str,
    /// 主体类型, one or more.
    pub subject_types: Vec<&'a str>,
}

impl InformationPage<'_> {
    fn error_of(&self, field: &str) -> Option<Cow<'static, str>> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message(&self.frame))
    }

    fn is_subject_type(&self, value: &str) -> bool {
        self.values.subject_types.contains(&value)
    }

    fn has_errors(&self) -> bool {
        self.problem.is_some() || !self.errors.is_empty()
    }
}

page!(InformationPage, 12 * 1024);
