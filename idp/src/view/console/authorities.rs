//! CA办理机构: the registry.

use askama::Template;

use super::{Bench, Fact};
use crate::view::{Frame, Problem, page};

/// All of them.
#[derive(Clone, Debug, Template)]
#[template(path = "console/authorities.html")]
pub struct AuthoritiesPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// By identifier.
    pub authorities: Vec<AuthorityRow<'a>>,
    /// Entries that can't be read: identifier and what is wrong.
    pub unreadable: Vec<(String, String)>,
    /// Whether whoever looks may propose changes.
    pub may_change: bool,
}

/// One of them in the list.
#[derive(Clone, Debug)]
pub struct AuthorityRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Where it is.
    pub region: String,
    /// `proposed`, `active` or `suspended`.
    pub state: &'static str,
    /// How its revocation stands: a machine word, `standing-<word>` is its text.
    pub standing: String,
    /// Whether that lets its locks in.
    pub is_good: bool,
}

/// One of them.
#[derive(Clone, Debug, Template)]
#[template(path = "console/authority.html")]
pub struct AuthorityPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Identifier.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// The revision that is shown.
    pub revision: u32,
    /// `proposed`, `active` or `suspended`.
    pub state: &'static str,
    /// What is written of it.
    pub facts: Vec<Fact>,
    /// Its certificates, described.
    pub certificates: Vec<Vec<Fact>>,
    /// Its changes, newest first.
    pub history: Vec<HistoryRow>,
    /// Whether whoever looks may propose changes.
    pub may_change: bool,
}

/// One change of it.
#[derive(Clone, Debug)]
pub struct HistoryRow {
    /// The revision it made.
    pub revision: u32,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// `added`, `changed`, `activated` or `suspended`.
    pub act: &'static str,
    /// Why.
    pub reason: String,
}

/// Entering one, or replacing what is written of it.
#[derive(Clone, Debug, Template)]
#[template(path = "console/authority_form.html")]
pub struct AuthorityFormPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// The one that is changed; absent for a new one.
    pub id: Option<&'a str>,
    /// The revision that is replaced.
    pub revision: u32,
    /// The entry as it was written: TOML.
    pub entry: &'a str,
    /// The reason that was typed.
    pub reason: &'a str,
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
    /// What the reader of the entry said, in its own words.
    pub why: Option<&'a str>,
}

impl AuthorityRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl AuthorityPage<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "active" => "tag tag-good",
        "suspended" => "tag tag-warn",
        _ => "tag",
    }
}

page!(AuthoritiesPage, 12 * 1024);
page!(AuthorityPage, 24 * 1024);
page!(AuthorityFormPage, 12 * 1024);
