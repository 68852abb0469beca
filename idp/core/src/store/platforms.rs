//! Platforms, and those that registered themselves.

use super::StoreError;
use crate::id::{PlatformId, RegistrationTokenId};
use crate::platform::Platform;
use crate::registration::{RegistrationToken, SelfRegistration};
use crate::timestamp::Timestamp;

/// Platforms, and those that registered themselves.
pub trait PlatformStore {
    /// One platform.
    fn find_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError>;
    /// As [`PlatformStore::find_platform`], and nobody else changes it until this transaction ends.
    fn hold_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError>;
    /// As [`PlatformStore::hold_platform`], and nobody else holds it: for whoever changes it.
    fn hold_platform_alone(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError>;
    /// All platforms by zone, then region code.
    fn list_platforms(&mut self) -> Result<Vec<Platform>, StoreError>;
    /// `false`: the identifier is taken.
    fn insert_platform(&mut self, platform: &Platform) -> Result<bool, StoreError>;
    /// Replaces everything but the identifier; `false`: there is no such platform.
    fn update_platform(&mut self, platform: &Platform) -> Result<bool, StoreError>;
    /// Keeps a registration token. `false`: its identifier or digest is taken.
    fn insert_registration_token(&mut self, token: &RegistrationToken) -> Result<bool, StoreError>;
    /// The registration token whose text has this SHA-256.
    fn find_registration_token(
        &mut self,
        sha256: &str,
    ) -> Result<Option<RegistrationToken>, StoreError>;
    /// All registration tokens, oldest first.
    fn list_registration_tokens(&mut self) -> Result<Vec<RegistrationToken>, StoreError>;
    /// Spends one use of a registration token; `false` when none is left, it is over or was taken back.
    fn exchange_registration_token_use(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Takes a registration token back; `false` when there is none or it was before.
    fn revoke_registration_token(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
    /// Keeps what a platform holds that registered itself. `false`: it is there already.
    fn insert_self_registration(
        &mut self,
        registration: &SelfRegistration,
    ) -> Result<bool, StoreError>;
    /// What a platform holds that registered itself.
    fn find_self_registration(
        &mut self,
        platform: &PlatformId,
    ) -> Result<Option<SelfRegistration>, StoreError>;
    /// Deletes that; `false` when there is none.
    fn delete_self_registration(&mut self, platform: &PlatformId) -> Result<bool, StoreError>;
}
