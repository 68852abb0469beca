//! The trail as a log: its rows word for word, its tree, its signed heads.

use super::StoreError;
use crate::transparency::{
    AuditBundle, AuditHead, AuditMark, AuditRecord, StoredCheckpoint, StoredCosignature,
    StoredSegment, TileId,
};

/// Rows, tree and chain.
pub trait AuditLogStore {
    /// Where the trail ends. To be asked again once its transaction is over ([`Self::is_audit_settled`]).
    fn mark_audit(&mut self) -> Result<AuditMark, StoreError>;
    /// Whether nothing can come before the mark any more: what drew a number below it has committed or never will.
    fn is_audit_settled(&mut self, mark: AuditMark) -> Result<bool, StoreError>;
    /// Rows after the first number up to the second one, in their order, at most `limit`. What is still to be committed
    /// among them is missing: up to a settled mark nothing is.
    fn list_audit_records(
        &mut self,
        after_through: (i64, i64),
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError>;
    /// The highest number of a row; 0 without any.
    fn last_audit_sequence(&mut self) -> Result<i64, StoreError>;
    /// Where the log ends.
    fn find_audit_head(&mut self) -> Result<AuditHead, StoreError>;
    /// Moves its end; `false` when it is not there any more.
    fn exchange_audit_head(&mut self, from: &AuditHead, to: &AuditHead)
    -> Result<bool, StoreError>;
    /// The hashes of a tile, as octets.
    fn find_audit_tile(&mut self, id: TileId) -> Result<Option<Vec<u8>>, StoreError>;
    /// Makes a tile, or lets one grow.
    fn put_audit_tile(&mut self, id: TileId, hashes: &[u8]) -> Result<(), StoreError>;
    /// A bundle.
    fn find_audit_bundle(&mut self, number: u64) -> Result<Option<AuditBundle>, StoreError>;
    /// The bundle that holds this event, where it is in one.
    fn find_audit_bundle_of(&mut self, sequence: i64) -> Result<Option<AuditBundle>, StoreError>;
    /// Only together with the head that was moved over it: there is none of this number.
    fn append_audit_bundle(&mut self, bundle: &AuditBundle) -> Result<(), StoreError>;
}

/// Signed tree heads and what witnesses signed of them. Appended only.
pub trait CheckpointStore {
    /// `false`: one of this size is there.
    fn insert_checkpoint(&mut self, checkpoint: &StoredCheckpoint) -> Result<bool, StoreError>;
    /// The newest.
    fn find_newest_checkpoint(&mut self) -> Result<Option<StoredCheckpoint>, StoreError>;
    /// The first that holds so many lines at least.
    fn find_checkpoint_from(&mut self, size: u64) -> Result<Option<StoredCheckpoint>, StoreError>;
    /// Those after a size, smallest first.
    fn list_checkpoints(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredCheckpoint>, StoreError>;
    /// `false`: this witness signed it before.
    fn insert_cosignature(&mut self, cosignature: &StoredCosignature) -> Result<bool, StoreError>;
    /// Of one checkpoint, in the order in which they came.
    fn list_cosignatures(&mut self, size: u64) -> Result<Vec<StoredCosignature>, StoreError>;
}

/// Sealed segments on record. Appended only.
pub trait SegmentStore {
    /// Records one; `false` unless it goes on where the last one ended.
    fn insert_audit_segment(&mut self, segment: &StoredSegment) -> Result<bool, StoreError>;
    /// All of them, in their order.
    fn list_audit_segments(&mut self) -> Result<Vec<StoredSegment>, StoreError>;
    /// Removes rows of sealed segments, oldest first, at most `limit`; how many. The databases let no other row go.
    fn remove_sealed_audit(&mut self, limit: u32) -> Result<usize, StoreError>;
}
