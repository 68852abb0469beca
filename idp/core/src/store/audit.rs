//! What happened, appended only.

use super::StoreError;
use crate::audit::{AuditEntry, AuditEvent};

/// What happened, appended only.
pub trait AuditStore {
    /// Appends one event.
    fn append_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError>;
    /// Events after `after`, oldest first, at most `limit`.
    fn list_audit(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;
}
