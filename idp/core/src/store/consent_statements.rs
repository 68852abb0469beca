//! What enterprises agreed to, word for word, and the lines of the audit trail about it. Appended only.

use super::StoreError;
use crate::audit::AuditEvent;
use crate::consent_statement::{ConsentEvent, ConsentStatement};
use crate::id::{ConsentId, EnterpriseId, PlatformId};

/// What enterprises agreed to, word for word, and the lines of the audit trail about it. Appended only.
pub trait ConsentStatementStore {
    /// Keeps what was agreed to, beside its record.
    fn insert_consent_statement(&mut self, statement: &ConsentStatement) -> Result<(), StoreError>;
    /// What was agreed to; `None` for consents of before such texts were kept.
    fn find_consent_statement(
        &mut self,
        id: &ConsentId,
    ) -> Result<Option<ConsentStatement>, StoreError>;
    /// Appends an event to the audit trail, and keeps its line beside its consent.
    fn append_consent_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError>;
    /// The event by which a consent was given.
    fn find_consent_granted(&mut self, id: &ConsentId) -> Result<Option<ConsentEvent>, StoreError>;
    /// The first event after `sequence` by which everything was taken back that an enterprise let a platform have.
    fn find_consent_withdrawn(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
        sequence: i64,
    ) -> Result<Option<ConsentEvent>, StoreError>;
}
