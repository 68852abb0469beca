//! [`ConsentStatementStore`] over one connection.

use idp_core::audit::AuditEvent;
use idp_core::consent_statement::{ConsentEvent, ConsentStatement};
use idp_core::id::{ConsentId, EnterpriseId, PlatformId};
use idp_core::store::{ConsentStatementStore, StoreError};

use super::Transaction;
use crate::consent_statement;

impl ConsentStatementStore for Transaction<'_> {
    fn insert_consent_statement(&mut self, statement: &ConsentStatement) -> Result<(), StoreError> {
        self.run(|c| consent_statement::insert(c, statement))
    }

    fn find_consent_statement(
        &mut self,
        id: &ConsentId,
    ) -> Result<Option<ConsentStatement>, StoreError> {
        self.run(|c| consent_statement::find(c, id))
    }

    fn append_consent_audit(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        self.run(|c| consent_statement::append_event(c, event))
    }

    fn find_consent_granted(&mut self, id: &ConsentId) -> Result<Option<ConsentEvent>, StoreError> {
        self.run(|c| consent_statement::find_granted(c, id))
    }

    fn find_consent_withdrawn(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
        sequence: i64,
    ) -> Result<Option<ConsentEvent>, StoreError> {
        self.run(|c| consent_statement::find_withdrawn(c, (enterprise, platform), sequence))
    }
}
