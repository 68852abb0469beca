//! What happened, appended only.

use super::StoreError;
use crate::audit::{AuditEntry, AuditEvent};

/// What happened, appended only.
pub trait AuditStore {
    /// Appends one event.
    fn append_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError>;
    /// Events after `after`, oldest first, at most `limit`: for whoever looks, not for whoever follows the trail. With `PostgreSQL` a
    /// transaction may draw its number before it draws its place among transactions, so that its event can come behind one that
    /// was shown; whoever must miss none asks [`super::AuditLogStore::is_audit_settled`].
    fn list_audit(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;
}
