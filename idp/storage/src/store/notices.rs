//! [`NoticeStore`] over one connection.

use idp_core::id::NoticeId;
use idp_core::notice::Notice;
use idp_core::store::{NoticeStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::notice;

impl NoticeStore for Transaction<'_> {
    fn insert_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        self.run(|c| notice::insert(c, notice))
    }

    fn list_shown_notices(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notice>, StoreError> {
        self.run(|c| notice::list_shown(c, now, limit))
    }

    fn list_notices(
        &mut self,
        before: Option<&NoticeId>,
        limit: u32,
    ) -> Result<Vec<Notice>, StoreError> {
        self.run(|c| notice::list(c, before, limit))
    }

    fn withdraw_notice(&mut self, id: &NoticeId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| notice::withdraw(c, id, at))
    }
}
