//! 变更审批: changes that wait for a second person, and those that had one.

use askama::Template;

use super::{Bench, Fact};
use crate::view::{Frame, page};

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "console/proposals.html")]
pub struct ProposalsPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Newest first.
    pub proposals: Vec<ProposalRow<'a>>,
    /// The state that is shown; empty: every one.
    pub state: &'a str,
    /// Where the older ones are.
    pub older: Option<String>,
}

/// One of them in the list.
#[derive(Clone, Debug)]
pub struct ProposalRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// The machine word of the change: `act-<code>` is its text.
    pub code: &'a str,
    /// Of what.
    pub subject: String,
    /// Who wants it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: String,
    /// `waiting`, `expired`, `approved`, `refused` or `withdrawn`.
    pub state: &'static str,
}

/// One of them.
#[derive(Clone, Debug, Template)]
#[template(path = "console/proposal.html")]
pub struct ProposalPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Identifier.
    pub id: &'a str,
    /// The machine word of the change.
    pub code: &'a str,
    /// As in the list.
    pub state: &'static str,
    /// The change, line by line.
    pub facts: Vec<Fact>,
    /// Who did what, when.
    pub course: Vec<Fact>,
    /// Whether whoever looks may decide it.
    pub may_decide: bool,
    /// Whether it is one's own and waits.
    pub may_withdraw: bool,
    /// What was just done.
    pub done: Option<&'a str>,
}

impl ProposalRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl ProposalPage<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "waiting" => "tag tag-warn",
        "approved" => "tag tag-good",
        _ => "tag",
    }
}

page!(ProposalsPage, 16 * 1024);
page!(ProposalPage, 16 * 1024);
