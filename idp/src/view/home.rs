//! The home page: the two ways to begin, the story in three steps, notices, support.

use askama::Template;
use time::Date;

use super::{Frame, page};

/// The home page.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What the operator announces, newest first.
    pub notices: Vec<Notice<'a>>,
}

/// One announcement, in the language of the page.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// The day it was published.
    pub day: Date,
    /// One line.
    pub title: &'a str,
    /// More, if there is more.
    pub text: Option<&'a str>,
}

page!(HomePage, 8 * 1024);
