//! 注册令牌: what lets platforms register themselves.

use askama::Template;

use super::{Bench, Pager};
use crate::view::{Choice, Frame, Problem, page};

/// The list, and the form for another one.
#[derive(Clone, Debug, Template)]
#[template(path = "console/registration_tokens.html")]
pub struct RegistrationTokensPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Newest first.
    pub rows: Vec<RegistrationTokenRow<'a>>,
    /// The pages beside it.
    pub pager: Pager,
    /// Whether whoever looks may issue and take back.
    pub may_change: bool,
    /// Whether platforms can register themselves at all.
    pub is_open: bool,
    /// Scopes to choose from.
    pub scopes: Vec<Choice<'a>>,
    /// Zones to choose from.
    pub zones: Vec<Choice<'a>>,
    /// What stands in the form, by field.
    pub values: Vec<(&'static str, String)>,
    /// What is chosen in it.
    pub chosen: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
}

/// One token, without its text.
#[derive(Clone, Debug)]
pub struct RegistrationTokenRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// `good`, `revoked`, `spent` or `expired`.
    pub state: &'static str,
    /// How many registered by it, of how many.
    pub used: String,
    /// Until when it is good.
    pub until: String,
    /// Who issued it.
    pub by: &'a str,
    /// What platforms get by it.
    pub terms: String,
}

impl RegistrationTokensPage<'_> {
    fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(n, _)| *n == name);
        found.map_or("", |(_, value)| value)
    }

    fn has(&self, chosen: &str) -> bool {
        self.chosen.iter().any(|one| one == chosen)
    }
}

impl RegistrationTokenRow<'_> {
    fn is_good(&self) -> bool {
        self.state == "good"
    }
}

page!(RegistrationTokensPage, 16 * 1024);
