//! 即将到期的证书锁.

use askama::Template;

use super::{Bench, Pager};
use crate::view::{Frame, page};

/// The list.
#[derive(Clone, Debug, Template)]
#[template(path = "console/ending_locks.html")]
pub struct EndingLocksPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Within how many days.
    pub days: String,
    /// The one that ends first first.
    pub locks: Vec<EndingLockRow<'a>>,
    /// The pages beside it.
    pub pager: Pager,
}

/// One lock, and whose it is.
#[derive(Clone, Debug)]
pub struct EndingLockRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// 统一社会信用代码; empty where the enterprise is not known.
    pub code: &'a str,
    /// Name of the enterprise.
    pub name: &'a str,
    /// 证书Key号.
    pub key_number: &'a str,
    /// Who issued its certificate.
    pub issuer: &'a str,
    /// The certificate's last day.
    pub ends: String,
    /// Whole days until then.
    pub days_left: String,
}

/// What one chooses from.
const DAYS: [&str; 4] = ["7", "30", "60", "90"];

impl EndingLocksPage<'_> {
    #[expect(clippy::unused_self, reason = "templates reach it through the page")]
    fn choices(&self) -> [&'static str; 4] {
        DAYS
    }
}

page!(EndingLocksPage, 24 * 1024);
