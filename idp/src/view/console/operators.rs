//! 技术人员: who works here.

use askama::Template;

use super::{Bench, Fact};
use crate::view::{Choice, Frame, Problem, page};

/// Everybody.
#[derive(Clone, Debug, Template)]
#[template(path = "console/operators.html")]
pub struct OperatorsPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Oldest first.
    pub operators: Vec<OperatorRow<'a>>,
    /// Whether whoever looks may propose changes.
    pub may_change: bool,
}

/// One of them in the list.
#[derive(Clone, Debug)]
pub struct OperatorRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Roles in the page's language.
    pub roles: String,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// When its certificate ends.
    pub not_after: String,
    /// Whether that is soon, or was.
    pub is_due: bool,
}

/// One of them.
#[derive(Clone, Debug, Template)]
#[template(path = "console/operator.html")]
pub struct OperatorPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Identifier.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// The version that is shown.
    pub version: u32,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// What is known.
    pub facts: Vec<Fact>,
    /// Every role, for the form.
    pub roles: Vec<Choice<'a>>,
    /// Words of the roles it has.
    pub has: Vec<&'static str>,
    /// Whether whoever looks may propose changes.
    pub may_change: bool,
}

/// Entering somebody.
#[derive(Clone, Debug, Template)]
#[template(path = "console/operator_new.html")]
pub struct OperatorFormPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Every role.
    pub roles: Vec<Choice<'a>>,
    /// Words of those that were chosen.
    pub has: Vec<String>,
    /// The name that was typed.
    pub name: &'a str,
    /// The certificate that was pasted.
    pub certificate: &'a str,
    /// The reason that was typed.
    pub reason: &'a str,
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
}

impl OperatorPage<'_> {
    fn has(&self, role: &str) -> bool {
        self.has.contains(&role)
    }
}

impl OperatorFormPage<'_> {
    fn has(&self, role: &str) -> bool {
        self.has.iter().any(|one| one == role)
    }
}

page!(OperatorsPage, 12 * 1024);
page!(OperatorPage, 12 * 1024);
page!(OperatorFormPage, 12 * 1024);
