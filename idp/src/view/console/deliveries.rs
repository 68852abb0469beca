//! 投递: who was to be told of something, and has not been.

use askama::Template;

use super::{Bench, Pager};
use crate::view::{Frame, page};

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "console/deliveries.html")]
pub struct DeliveriesPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Of what: `logouts` or `notifications`.
    pub of: &'static str,
    /// What whoever looks may see.
    pub open: Vec<&'static str>,
    /// In which stage, or `all`.
    pub stage: &'static str,
    /// Newest first.
    pub rows: Vec<DeliveryRow<'a>>,
    /// The pages beside it.
    pub pager: Pager,
    /// Whether whoever looks may have them tried again.
    pub may_change: bool,
    /// How many were just now.
    pub retried: Option<String>,
}

/// One delivery.
#[derive(Clone, Debug)]
pub struct DeliveryRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// To whom.
    pub to: &'a str,
    /// Of what, as a word.
    pub what: Option<&'a str>,
    /// By which way.
    pub channel: Option<&'a str>,
    /// Where it is, as a word.
    pub stage: &'static str,
    /// Since when, or when it is tried next.
    pub at: String,
    /// When it happened.
    pub since: String,
    /// How often it was tried.
    pub attempts: String,
    /// Why it did not arrive.
    pub why: Option<&'a str>,
    /// Whether it can be tried again.
    pub can_retry: bool,
}

/// Stages in the order of who has to do something.
const STAGES: [&str; 5] = ["given-up", "refused", "waiting", "confirmed", "all"];

impl DeliveriesPage<'_> {
    #[expect(clippy::unused_self, reason = "templates reach it through the page")]
    fn stages(&self) -> [&'static str; 5] {
        STAGES
    }

    /// Whether all that are listed can be tried again together.
    fn can_retry_all(&self) -> bool {
        self.may_change && !self.rows.is_empty() && matches!(self.stage, "given-up" | "refused")
    }
}

impl DeliveryRow<'_> {
    fn stage_class(&self) -> &'static str {
        match self.stage {
            "confirmed" => "tag tag-good",
            "given-up" | "refused" => "tag tag-warn",
            _ => "tag",
        }
    }
}

page!(DeliveriesPage, 24 * 1024);
