//! 总览: what waits, what ends soon.

use askama::Template;

use super::Bench;
use crate::view::{Frame, page};

/// The first page of the console.
#[derive(Clone, Debug, Template)]
#[template(path = "console/dashboard.html")]
pub struct DashboardPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Figures, each with where it leads.
    pub figures: Vec<Figure>,
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

page!(DashboardPage, 12 * 1024);
