//! [`AuditLogStore`], [`CheckpointStore`] and [`SegmentStore`] over one connection.

use idp_core::store::{AuditLogStore, CheckpointStore, SegmentStore, StoreError};
use idp_core::transparency::{
    AuditBundle, AuditHead, AuditMark, AuditRecord, StoredCheckpoint, StoredCosignature,
    StoredSegment, TileId,
};

use super::Transaction;
use crate::{audit, audit_log, audit_segment, checkpoint};

impl AuditLogStore for Transaction<'_> {
    fn mark_audit(&mut self) -> Result<AuditMark, StoreError> {
        self.run(audit_log::mark)
    }

    fn is_audit_settled(&mut self, mark: AuditMark) -> Result<bool, StoreError> {
        self.run(|c| audit_log::is_settled(c, mark))
    }

    fn list_audit_records(
        &mut self,
        after_through: (i64, i64),
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        self.run(|c| audit::list_records(c, after_through, limit))
    }

    fn last_audit_sequence(&mut self) -> Result<i64, StoreError> {
        self.run(audit::last_sequence)
    }

    fn find_audit_head(&mut self) -> Result<AuditHead, StoreError> {
        self.run(audit_log::find_head)
    }

    fn exchange_audit_head(
        &mut self,
        from: &AuditHead,
        to: &AuditHead,
    ) -> Result<bool, StoreError> {
        self.run(|c| audit_log::exchange_head(c, from, to))
    }

    fn find_audit_tile(&mut self, id: TileId) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|c| audit_log::find_tile(c, id))
    }

    fn put_audit_tile(&mut self, id: TileId, hashes: &[u8]) -> Result<(), StoreError> {
        self.run(|c| audit_log::put_tile(c, id, hashes))
    }

    fn find_audit_bundle(&mut self, number: u64) -> Result<Option<AuditBundle>, StoreError> {
        self.run(|c| audit_log::find_bundle(c, number))
    }

    fn find_audit_bundle_of(&mut self, sequence: i64) -> Result<Option<AuditBundle>, StoreError> {
        self.run(|c| audit_log::find_bundle_of(c, sequence))
    }

    fn append_audit_bundle(&mut self, bundle: &AuditBundle) -> Result<(), StoreError> {
        self.run(|c| audit_log::append_bundle(c, bundle))
    }
}

impl CheckpointStore for Transaction<'_> {
    fn insert_checkpoint(&mut self, stored: &StoredCheckpoint) -> Result<bool, StoreError> {
        self.run(|c| checkpoint::insert(c, stored))
    }

    fn find_newest_checkpoint(&mut self) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.run(checkpoint::find_newest)
    }

    fn find_checkpoint_from(&mut self, size: u64) -> Result<Option<StoredCheckpoint>, StoreError> {
        self.run(|c| checkpoint::find_from(c, size))
    }

    fn list_checkpoints(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        self.run(|c| checkpoint::list(c, after, limit))
    }

    fn insert_cosignature(&mut self, cosignature: &StoredCosignature) -> Result<bool, StoreError> {
        self.run(|c| checkpoint::insert_cosignature(c, cosignature))
    }

    fn list_cosignatures(&mut self, size: u64) -> Result<Vec<StoredCosignature>, StoreError> {
        self.run(|c| checkpoint::list_cosignatures(c, size))
    }
}

impl SegmentStore for Transaction<'_> {
    fn insert_audit_segment(&mut self, segment: &StoredSegment) -> Result<bool, StoreError> {
        self.run(|c| audit_segment::insert(c, segment))
    }

    fn list_audit_segments(&mut self) -> Result<Vec<StoredSegment>, StoreError> {
        self.run(audit_segment::list)
    }

    fn remove_sealed_audit(&mut self, limit: u32) -> Result<usize, StoreError> {
        self.run(|c| audit_segment::remove_sealed(c, limit))
    }
}
