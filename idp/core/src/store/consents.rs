//! Consents: what was asked, and what is in force.

use super::StoreError;
use crate::consent::{ConsentRecord, StandingConsent};
use crate::id::{ConsentId, EnterpriseId, PlatformId};

/// Consents: what was asked, and what is in force.
pub trait ConsentStore {
    /// Appends one asking.
    fn insert_consent_record(&mut self, record: &ConsentRecord) -> Result<(), StoreError>;
    /// One asking.
    fn find_consent_record(&mut self, id: &ConsentId) -> Result<Option<ConsentRecord>, StoreError>;
    /// Askings of one enterprise, newest first, at most `limit`.
    fn list_consent_records(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<ConsentRecord>, StoreError>;
    /// The consent in force.
    fn find_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError>;
    /// As [`ConsentStore::find_standing_consent`], and nobody else changes it until this transaction ends.
    fn hold_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError>;
    /// Consents of one enterprise, one a platform, those taken back included.
    fn list_standing_consents(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<StandingConsent>, StoreError>;
    /// Inserts or replaces the consent in force.
    fn upsert_standing_consent(&mut self, consent: &StandingConsent) -> Result<(), StoreError>;
}
