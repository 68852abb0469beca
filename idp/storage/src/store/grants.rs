//! [`GrantStore`] over one connection.

use idp_core::grant::{EndedGrant, Grant, GrantStanding};
use idp_core::id::{EnterpriseId, GrantId, PlatformId};
use idp_core::session::Which;
use idp_core::store::{GrantStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::grant;

impl GrantStore for Transaction<'_> {
    fn insert_grant(&mut self, grant: &Grant) -> Result<bool, StoreError> {
        self.run(|c| grant::insert(c, grant))
    }

    fn find_grant_standing(&mut self, id: &GrantId) -> Result<Option<GrantStanding>, StoreError> {
        self.run(|c| grant::find_standing(c, id))
    }

    fn revoke_grants_to(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError> {
        self.run(|c| grant::revoke_to(c, (enterprise, platform), at))
    }

    fn revoke_grants_of(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError> {
        self.run(|c| grant::revoke_of(c, enterprise, which, at))
    }

    fn revoke_grants_held_by(
        &mut self,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<usize, StoreError> {
        self.run(|c| grant::revoke_held_by(c, platform, at))
    }

    fn revoke_every_grant(
        &mut self,
        at: Timestamp,
        told_since: Timestamp,
    ) -> Result<(usize, Vec<EndedGrant>), StoreError> {
        self.run(|c| grant::revoke_every(c, at, told_since))
    }

    fn find_last_grant_at(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.run(|c| grant::last_to(c, (enterprise, platform)))
    }

    fn revoke_grant_by_code(
        &mut self,
        code_sha256: &str,
        at: Timestamp,
    ) -> Result<Option<(GrantId, Option<EndedGrant>)>, StoreError> {
        self.run(|c| grant::revoke_by_code(c, code_sha256, at))
    }

    fn give_up_grant(&mut self, id: &GrantId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| grant::give_up(c, id, at))
    }

    fn revoke_grant(
        &mut self,
        id: &GrantId,
        at: Timestamp,
    ) -> Result<Option<EndedGrant>, StoreError> {
        self.run(|c| grant::revoke(c, id, at))
    }
}
