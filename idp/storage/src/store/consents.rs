//! [`ConsentStore`] over one connection.

use idp_core::consent::{ConsentRecord, StandingConsent};
use idp_core::id::{ConsentId, EnterpriseId, PlatformId};
use idp_core::store::{ConsentStore, StoreError};

use super::Transaction;
use crate::consent;

impl ConsentStore for Transaction<'_> {
    fn insert_consent_record(&mut self, record: &ConsentRecord) -> Result<(), StoreError> {
        self.run(|c| consent::insert_record(c, record))
    }

    fn find_consent_record(&mut self, id: &ConsentId) -> Result<Option<ConsentRecord>, StoreError> {
        self.run(|c| consent::find_record(c, id))
    }

    fn list_consent_records(
        &mut self,
        enterprise: &EnterpriseId,
        limit: u32,
    ) -> Result<Vec<ConsentRecord>, StoreError> {
        self.run(|c| consent::list_records(c, enterprise, limit))
    }

    fn find_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError> {
        self.run(|c| consent::find_standing(c, enterprise, platform))
    }

    fn hold_standing_consent(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<StandingConsent>, StoreError> {
        self.run(|c| consent::hold_standing(c, enterprise, platform))
    }

    fn list_standing_consents(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<StandingConsent>, StoreError> {
        self.run(|c| consent::list_standing(c, enterprise))
    }

    fn upsert_standing_consent(&mut self, consent: &StandingConsent) -> Result<(), StoreError> {
        self.run(|c| consent::upsert_standing(c, consent))
    }
}
