//! Evidence that waits for a signature.

use super::StoreError;
use crate::evidence::{Holder, WaitingEvidence};
use crate::timestamp::Timestamp;

/// Evidence that waits for a signature.
pub trait EvidenceStore {
    /// In place of what waited for the same sign-in.
    fn put_waiting_evidence(&mut self, waiting: &WaitingEvidence) -> Result<(), StoreError>;
    /// What waits for a sign-in, for however long.
    fn find_waiting_evidence(
        &mut self,
        holder: &Holder,
    ) -> Result<Option<WaitingEvidence>, StoreError>;
    /// Nothing waits for a sign-in any more.
    fn delete_waiting_evidence(&mut self, holder: &Holder) -> Result<(), StoreError>;
    /// Lets go what was handed in before a moment; answers how much.
    fn forget_waiting_evidence(&mut self, before: Timestamp) -> Result<usize, StoreError>;
}
