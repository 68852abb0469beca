//! [`EvidenceStore`] over one connection.

use idp_core::evidence::{Holder, WaitingEvidence};
use idp_core::store::{EvidenceStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::waiting_evidence;

impl EvidenceStore for Transaction<'_> {
    fn put_waiting_evidence(&mut self, waiting: &WaitingEvidence) -> Result<(), StoreError> {
        self.run(|c| waiting_evidence::put(c, waiting))
    }

    fn find_waiting_evidence(
        &mut self,
        holder: &Holder,
    ) -> Result<Option<WaitingEvidence>, StoreError> {
        self.run(|c| waiting_evidence::find(c, holder))
    }

    fn delete_waiting_evidence(&mut self, holder: &Holder) -> Result<(), StoreError> {
        self.run(|c| waiting_evidence::delete(c, holder))
    }

    fn forget_waiting_evidence(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        self.run(|c| waiting_evidence::forget(c, before))
    }
}
