//! 总览: what waits, what people do, what ends soon.

use askama::Template;

use super::Bench;
use super::plot::{self, Bars, Columns};
use crate::view::{Frame, page};

/// The first page of the console.
#[derive(Clone, Debug, Template)]
#[template(path = "console/dashboard.html")]
pub struct DashboardPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// For how many days figures are shown.
    pub days: &'static str,
    /// What can be chosen instead.
    pub choices: [&'static str; 3],
    /// The platform whose arrivals are shown alone: its name.
    pub platform: Option<&'a str>,
    /// Its identifier.
    pub platform_id: Option<&'a str>,
    /// Figures, each with where it leads.
    pub figures: Vec<Figure>,
    /// Sign-ins by hour.
    pub sign_ins: Columns,
    /// Arrivals at platforms by hour.
    pub arrivals: Columns,
    /// Arrivals by platform.
    pub platforms: Bars,
    /// What failed, and why; the most first.
    pub failures: Vec<FailureRow>,
    /// What is known of revocations.
    pub sources: Vec<SourceRow>,
    /// Keys in use.
    pub keys: Vec<KeyRow>,
    /// Whether whoever looks sees those two.
    pub sees_authorities: bool,
    /// Days until the operator's own certificate ends, where that is soon.
    pub own_days_left: Option<String>,
}

/// One figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The message with its label; also the element id.
    pub key: &'static str,
    /// The figure.
    pub value: String,
    /// Where it leads.
    pub href: &'static str,
    /// Whether somebody should look.
    pub is_warning: bool,
}

/// Failures of one kind for one reason.
#[derive(Clone, Debug)]
pub struct FailureRow {
    /// What failed: the word of the audit trail, as messages are named by it.
    pub kind: String,
    /// Why, as a word.
    pub reason: String,
    /// What a person is told then.
    pub meaning: Option<String>,
    /// How many.
    pub events: i64,
    /// Of the most frequent one, in percent.
    pub share: i64,
}

/// How fresh one list or responder is.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// The CA.
    pub ca: String,
    /// `file`, `url`, `ocsp` or `imported`.
    pub kind: String,
    /// Where it is.
    pub address: String,
    /// When the CA said it.
    pub this_update: Option<String>,
    /// Until when it counts.
    pub next_update: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Whether somebody should look.
    pub needs_somebody: bool,
}

/// One signing key.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// `kid`.
    pub id: String,
    /// `alg`.
    pub algorithm: &'static str,
    /// Where it is, as a word.
    pub stage: &'static str,
    /// From when it signs.
    pub from: String,
    /// Until when.
    pub until: String,
    /// Whether its successor should have come.
    pub is_overdue: bool,
}

impl DashboardPage<'_> {
    #[expect(clippy::unused_self, reason = "templates reach it through the page")]
    fn height(&self) -> i64 {
        plot::HEIGHT
    }

    fn span(&self, days: &str) -> String {
        self.frame.ta("figure-days", &[("n", days)]).into_owned()
    }
}

page!(DashboardPage, 48 * 1024);
