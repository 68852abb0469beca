//! What operators announce at the portal.

use super::StoreError;
use crate::id::NoticeId;
use crate::notice::Notice;
use crate::timestamp::Timestamp;

/// What operators announce at the portal.
pub trait NoticeStore {
    /// Keeps an announcement.
    fn insert_notice(&mut self, notice: &Notice) -> Result<(), StoreError>;
    /// Those that are shown at this moment, the newest first, at most `limit`.
    fn list_shown_notices(&mut self, now: Timestamp, limit: u32)
    -> Result<Vec<Notice>, StoreError>;
    /// All of them, the newest first, those before one of them, at most `limit`.
    fn list_notices(
        &mut self,
        before: Option<&NoticeId>,
        limit: u32,
    ) -> Result<Vec<Notice>, StoreError>;
    /// Takes one back; `false` when there is none or it was before.
    fn withdraw_notice(&mut self, id: &NoticeId, at: Timestamp) -> Result<bool, StoreError>;
}
