//! 登录, 授权: of everybody.

use askama::Template;

use super::Bench;
use super::enterprises::ConsoleSignInRow;
use super::events::Pager;
use crate::view::{Choice, Frame, page};

/// Sign-ins.
#[derive(Clone, Debug, Template)]
#[template(path = "console/sign_ins.html")]
pub struct SignInsSeenPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// What stands in the form, by field.
    pub values: Vec<(&'a str, &'a str)>,
    /// Newest first.
    pub sign_ins: Vec<SignInSeenRow<'a>>,
    /// The way on.
    pub pager: Pager,
    /// Whether whoever looks may end one.
    pub may_change: bool,
}

/// One of them, and whose it is.
#[derive(Clone, Debug)]
pub struct SignInSeenRow<'a> {
    /// 统一社会信用代码.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// The sign-in.
    pub sign_in: ConsoleSignInRow<'a>,
}

/// What was asked.
#[derive(Clone, Debug, Template)]
#[template(path = "console/consents.html")]
pub struct ConsentsSeenPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// What stands in the form, by field.
    pub values: Vec<(&'a str, &'a str)>,
    /// Platforms to choose from.
    pub platforms: Vec<Choice<'a>>,
    /// Newest first.
    pub consents: Vec<ConsentSeenRow<'a>>,
    /// The way on.
    pub pager: Pager,
}

/// One asking.
#[derive(Clone, Debug)]
pub struct ConsentSeenRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// 统一社会信用代码 of who was asked.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// For which platform.
    pub platform: &'a str,
    /// Scopes.
    pub scopes: String,
    /// `granted`, `refused` or `revoked`.
    pub outcome: &'static str,
    /// When it ended so.
    pub at: String,
}

fn value<'a>(values: &'a [(&str, &'a str)], name: &str) -> &'a str {
    let found = values.iter().find(|(known, _)| *known == name);
    found.map_or("", |(_, value)| value)
}

impl SignInsSeenPage<'_> {
    fn value(&self, name: &str) -> &str {
        value(&self.values, name)
    }
}

impl ConsentsSeenPage<'_> {
    fn value(&self, name: &str) -> &str {
        value(&self.values, name)
    }
}

page!(SignInsSeenPage, 32 * 1024);
page!(ConsentsSeenPage, 32 * 1024);
