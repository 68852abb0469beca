//! [`AuditStore`] over one connection.

use idp_core::audit::{AuditEntry, AuditEvent};
use idp_core::store::{AuditStore, StoreError};

use super::Transaction;
use crate::audit;

impl AuditStore for Transaction<'_> {
    fn append_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        self.run(|c| audit::append(c, event))
    }

    fn list_audit(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.run(|c| audit::list(c, after, limit))
    }
}
