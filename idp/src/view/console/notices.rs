//! 公告: what is announced at the portal.

use askama::Template;

use super::Bench;
use crate::view::{Frame, Problem, page};

/// The list, and the form for another one.
#[derive(Clone, Debug, Template)]
#[template(path = "console/notices.html")]
pub struct NoticesPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Newest first.
    pub notices: Vec<NoticeRow<'a>>,
    /// Where the older ones are.
    pub older: Option<String>,
    /// Whether whoever looks may announce.
    pub may_change: bool,
    /// What stands in the form, by field.
    pub values: &'a [(&'static str, String)],
    /// Longest title, in characters.
    pub title_max: usize,
    /// Longest text, in characters.
    pub text_max: usize,
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
}

/// One announcement.
#[derive(Clone, Debug)]
pub struct NoticeRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Its line in Chinese.
    pub title_zh: &'a str,
    /// The same in English.
    pub title_en: &'a str,
    /// From when on it is shown.
    pub from: String,
    /// Until when.
    pub until: Option<String>,
    /// Whether it is shown now.
    pub is_shown: bool,
}

impl NoticesPage<'_> {
    fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(n, _)| *n == name);
        found.map_or("", |(_, value)| value)
    }
}

page!(NoticesPage, 12 * 1024);
