//! How a binding ended well: bound now, or bound before.

use askama::Template;

use super::{Frame, page};

/// The page after a binding.
#[derive(Clone, Debug, Template)]
#[template(path = "bound.html")]
pub struct BoundPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// How it ended.
    pub outcome: BindOutcome,
    /// 主体名称.
    pub enterprise_name: &'a str,
    /// 证书Key号.
    pub key_number: &'a str,
    /// Where 企业登录 leads.
    pub sign_in_href: &'a str,
}

/// How a binding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindOutcome {
    /// The lock is bound now.
    Bound,
    /// This lock was bound before.
    AlreadyBound,
}

impl BoundPage<'_> {
    fn is_new(&self) -> bool {
        self.outcome == BindOutcome::Bound
    }
}

page!(BoundPage, 6 * 1024);
