//! What redeemed codes gave, and its endings.

use super::StoreError;
use crate::grant::{EndedGrant, Grant, GrantStanding};
use crate::id::{EnterpriseId, GrantId, PlatformId};
use crate::session::Which;
use crate::timestamp::Timestamp;

/// What redeemed codes gave, and its endings.
pub trait GrantStore {
    /// `false`: this code gave a grant already.
    fn insert_grant(&mut self, grant: &Grant) -> Result<bool, StoreError>;
    /// A grant with all it stands on.
    fn find_grant_standing(&mut self, id: &GrantId) -> Result<Option<GrantStanding>, StoreError>;
    /// Revokes every grant that an enterprise gave a platform; answers those that were not told of yet, and counts them
    /// as told. What is answered is told: only [`crate::ending`] calls this and its like.
    fn revoke_grants_to(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError>;
    /// Revokes every grant that an enterprise gave in these sign-ins; answers those that were not told of yet, and counts
    /// them as told. A sign-in is taken with those that it continues.
    fn revoke_grants_of(
        &mut self,
        enterprise: &EnterpriseId,
        which: Which<'_>,
        at: Timestamp,
    ) -> Result<Vec<EndedGrant>, StoreError>;
    /// Revokes every grant that a platform holds and that stands; answers how many. Nobody is told yet: the sessions in
    /// which they were given go on.
    fn revoke_grants_held_by(
        &mut self,
        platform: &PlatformId,
        at: Timestamp,
    ) -> Result<usize, StoreError>;
    /// Revokes every grant that stands; answers how many, and those given since a moment that were not told of yet, which it counts as
    /// told.
    fn revoke_every_grant(
        &mut self,
        at: Timestamp,
        told_since: Timestamp,
    ) -> Result<(usize, Vec<EndedGrant>), StoreError>;
    /// When an enterprise last gave a platform a grant, whether it stands or ended.
    fn find_last_grant_at(
        &mut self,
        enterprise: &EnterpriseId,
        platform: &PlatformId,
    ) -> Result<Option<Timestamp>, StoreError>;
    /// Revokes what a code gave; `None` when the code gave nothing yet, else the grant, and what there is to tell
    /// where it stood until now.
    fn revoke_grant_by_code(
        &mut self,
        code_sha256: &str,
        at: Timestamp,
    ) -> Result<Option<(GrantId, Option<EndedGrant>)>, StoreError>;
    /// Revokes one grant that its platform gave up; `false` when it was revoked before. Nobody is told yet: the session in
    /// which it was given goes on.
    fn give_up_grant(&mut self, id: &GrantId, at: Timestamp) -> Result<bool, StoreError>;
    /// Revokes one grant, and counts it as told; `None` when it was revoked before.
    fn revoke_grant(
        &mut self,
        id: &GrantId,
        at: Timestamp,
    ) -> Result<Option<EndedGrant>, StoreError>;
}
