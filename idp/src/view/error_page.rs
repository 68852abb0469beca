//! The page for every refusal: what happened, what to do, the number to quote.

use askama::Template;
use time::OffsetDateTime;

use super::{BackLink, Frame, Problem, page};

/// The error page.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// The status the answer carries; chooses the heading.
    pub status: u16,
    /// What happened.
    pub problem: Problem<'a>,
    /// When.
    pub at: OffsetDateTime,
    /// The way back; home when there is none.
    pub back: Option<BackLink<'a>>,
    /// What was typed into the form that is refused, by field: it is not lost.
    pub typed: &'a [(&'a str, &'a str)],
}

impl ErrorPage<'_> {
    fn title_key(&self) -> &'static str {
        match self.status {
            403 => "error-title-refused",
            404 | 410 => "error-title-not-found",
            409 => "error-title-outdated",
            429 => "error-title-slow-down",
            503 => "error-title-unavailable",
            500.. => "error-title-internal",
            _ => "error-title-request",
        }
    }

    fn back_link(&self) -> BackLink<'_> {
        self.back.unwrap_or(BackLink {
            href: "/",
            label_key: "back-to-home",
        })
    }
}

page!(ErrorPage, 6 * 1024);
