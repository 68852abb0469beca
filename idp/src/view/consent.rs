//! 确认授权: which platform receives which datum.

use std::borrow::Cow;

use askama::Template;

use super::{AboutPlatform, ChallengeForm, Frame, Problem, page};

/// The consent page.
#[derive(Clone, Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Comes back as the field `consent`.
    pub consent: &'a str,
    /// Who receives.
    pub platform_name: &'a str,
    /// Host to which the browser will be sent.
    pub platform_host: &'a str,
    /// What it says of itself.
    pub about: AboutPlatform<'a>,
    /// Maintenance and trouble of the platform, in sentences.
    pub notices: &'a [String],
    /// Whose data.
    pub enterprise_name: &'a str,
    /// Everything the platform will receive, by scope.
    pub groups: Vec<ConsentGroup<'a>>,
    /// The text that is agreed to, as it is signed.
    pub statement: &'a str,
    /// Where the platform asks for the lock's own signature on it.
    pub challenge: Option<ChallengeForm<'a>>,
    /// What was wrong with a signature.
    pub problem: Option<Problem<'a>>,
    /// Version of the consent text.
    pub text_version: &'a str,
    /// Days for which the platform may skip this question; the default is to ask each time.
    pub remembered_days: Option<u32>,
}

/// The data of one scope.
#[derive(Clone, Debug)]
pub struct ConsentGroup<'a> {
    /// The scope, e.g. `enterprise`; its heading is the message `scope-<scope>`.
    pub scope: &'a str,
    /// The data.
    pub items: Vec<ConsentItem<'a>>,
}

/// One datum.
#[derive(Clone, Debug)]
pub struct ConsentItem<'a> {
    /// The claim, e.g. `credit_code`; its label is the message `claim-<claim>`.
    pub claim: &'a str,
    /// The value that will be sent, as a person reads it.
    pub value: Cow<'a, str>,
}

impl ConsentPage<'_> {
    fn remembered(&self) -> Option<String> {
        self.remembered_days.map(|days| days.to_string())
    }

    fn scope_title(&self, group: &ConsentGroup<'_>) -> Cow<'static, str> {
        self.frame.t(&format!("scope-{}", group.scope))
    }

    fn claim_label(&self, item: &ConsentItem<'_>) -> Cow<'static, str> {
        // `#` of `x5t#S256` (RFC 8705 §3.1) cannot stand in a message key.
        let key = format!("claim-{}", item.claim.replace('#', "-"));
        self.frame.t(&key)
    }
}

page!(ConsentPage, 16 * 1024);
