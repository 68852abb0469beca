//! One line of the check.

use std::collections::BTreeMap;

use serde::Serialize;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// It works, but not for long or not everywhere.
    Warn,
    /// Signing fails because of it.
    Fail,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// The service of this program.
    Service,
    /// Other programs on its ports.
    Ports,
    /// Websites that may ask.
    AllowList,
    /// What the agent keeps.
    Memory,
    /// Driver library, or folder of soft locks.
    Driver,
    /// Whether a lock is there and can be read.
    Lock,
    /// Its PIN.
    Pin,
    /// Its signing certificate.
    Certificate,
    /// A certificate's validity.
    Validity,
    /// A website: reachable, protected, a provider.
    Portal,
    /// This computer's clock against the website's.
    Clock,
}

impl Topic {
    /// The key of what it is called.
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Service => "check-topic-service",
            Self::Ports => "check-topic-ports",
            Self::AllowList => "check-topic-allow-list",
            Self::Memory => "check-topic-memory",
            Self::Driver => "check-topic-driver",
            Self::Lock => "check-topic-lock",
            Self::Pin => "check-topic-pin",
            Self::Certificate => "check-topic-certificate",
            Self::Validity => "check-topic-validity",
            Self::Portal => "check-topic-portal",
            Self::Clock => "check-topic-clock",
        }
    }
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// The person does it; the text says how.
    Words(&'static str),
    /// The agent does it on the person's word: the portal of the settings may ask for signatures.
    AllowPortal,
    /// The agent does it on the person's word: what nobody needs any more goes.
    ClearStale,
}

impl Repair {
    /// The key of the text that says what to do.
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Words(key) => key,
            Self::AllowPortal => "repair-allow-portal",
            Self::ClearStale => "repair-clear-stale",
        }
    }

    /// What a page's button sends, where the agent does it.
    pub const fn action(self) -> Option<&'static str> {
        match self {
            Self::Words(_) => None,
            Self::AllowPortal => Some("allow-portal"),
            Self::ClearStale => Some("clear-stale"),
        }
    }
}

/// One line of the check.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub topic: Topic,
    /// How it stands.
    pub verdict: Verdict,
    /// What happened: the key of its text.
    pub text: &'static str,
    /// What the text tells of.
    pub facts: BTreeMap<&'static str, String>,
    /// What helps, where something is wrong.
    pub repair: Option<Repair>,
}

impl Finding {
    pub(super) fn pass(topic: Topic, text: &'static str) -> Self {
        Self::new(topic, Verdict::Pass, text, None)
    }

    pub(super) fn warn(topic: Topic, text: &'static str, repair: Repair) -> Self {
        Self::new(topic, Verdict::Warn, text, Some(repair))
    }

    pub(super) fn fail(topic: Topic, text: &'static str, repair: Repair) -> Self {
        Self::new(topic, Verdict::Fail, text, Some(repair))
    }

    /// Adds what the text tells of.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts are told alike"
    )]
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.insert(name, value.to_string());
        self
    }

    fn new(topic: Topic, verdict: Verdict, text: &'static str, repair: Option<Repair>) -> Self {
        Self {
            topic,
            verdict,
            text,
            facts: BTreeMap::new(),
            repair,
        }
    }
}
