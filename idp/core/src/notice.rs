//! Notice: what operators announce at the portal, in both languages, for a time.

use crate::id::{NoticeId, OperatorId};
use crate::timestamp::Timestamp;

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Our identifier.
    pub id: NoticeId,
    /// One line.
    pub title_zh: String,
    /// The same in English.
    pub title_en: String,
    /// More, if there is more.
    pub text_zh: Option<String>,
    /// The same in English.
    pub text_en: Option<String>,
    /// Shown from then on.
    pub from: Timestamp,
    /// Shown no more from then on; absent: until it is withdrawn.
    pub until: Option<Timestamp>,
    /// Who announced it.
    pub published_by: OperatorId,
    /// When an operator took it back.
    pub withdrawn_at: Option<Timestamp>,
}

impl Notice {
    /// Whether it is shown.
    pub fn is_shown(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && self.from <= now && self.until.is_none_or(|end| now < end)
    }
}
