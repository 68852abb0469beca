//! 审计: what happened, looked for and exported.

use askama::Template;

use super::events::{EventRow, Pager};
use super::{Bench, Fact};
use crate::view::{ChoiceGroup, Frame, page};

/// The search and what it found.
#[derive(Clone, Debug, Template)]
#[template(path = "console/audit.html")]
pub struct AuditPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// What stands in the form, by field.
    pub values: Vec<(&'a str, &'a str)>,
    /// Kinds of events, by group.
    pub kinds: Vec<ChoiceGroup<'a>>,
    /// What was found.
    pub events: Vec<EventRow>,
    /// The way on.
    pub pager: Pager,
    /// Where the form for a file is sent.
    pub export: &'a str,
    /// Most events of one file.
    pub export_max: String,
}

/// One event.
#[derive(Clone, Debug, Template)]
#[template(path = "console/event.html")]
pub struct EventPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// As in lists.
    pub event: EventRow,
    /// What lists leave out.
    pub facts: Vec<Fact>,
    /// Whether its row still says what was written.
    pub is_as_written: bool,
    /// Where what proves it is.
    pub proof: Option<String>,
}

impl AuditPage<'_> {
    fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Whether one of the fields that are seldom used is.
    fn is_narrowed_more(&self) -> bool {
        let more = [
            "reason", "lock", "operator", "session", "consent", "grant", "incident",
        ];
        more.iter().any(|name| !self.value(name).is_empty())
    }
}

page!(AuditPage, 32 * 1024);
page!(EventPage, 16 * 1024);
