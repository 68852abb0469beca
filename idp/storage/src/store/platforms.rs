//! [`PlatformStore`] over one connection.

use idp_core::id::{PlatformId, RegistrationTokenId};
use idp_core::platform::Platform;
use idp_core::registration::{RegistrationToken, SelfRegistration};
use idp_core::store::{PlatformStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::{platform, registration};

impl PlatformStore for Transaction<'_> {
    fn find_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError> {
        self.run(|c| platform::find(c, id))
    }

    fn hold_platform(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError> {
        self.run(|c| platform::hold(c, id))
    }

    fn hold_platform_alone(&mut self, id: &PlatformId) -> Result<Option<Platform>, StoreError> {
        self.run(|c| platform::hold_alone(c, id))
    }

    fn list_platforms(&mut self) -> Result<Vec<Platform>, StoreError> {
        self.run(platform::list)
    }

    fn insert_platform(&mut self, platform: &Platform) -> Result<bool, StoreError> {
        self.changed_platforms = true;
        self.run(|c| platform::insert(c, platform))
    }

    fn update_platform(&mut self, platform: &Platform) -> Result<bool, StoreError> {
        self.changed_platforms = true;
        self.run(|c| platform::update(c, platform))
    }

    fn insert_registration_token(&mut self, token: &RegistrationToken) -> Result<bool, StoreError> {
        self.run(|c| registration::insert_token(c, token))
    }

    fn find_registration_token(
        &mut self,
        sha256: &str,
    ) -> Result<Option<RegistrationToken>, StoreError> {
        self.run(|c| registration::find_token(c, sha256))
    }

    fn list_registration_tokens(&mut self) -> Result<Vec<RegistrationToken>, StoreError> {
        self.run(registration::list_tokens)
    }

    fn exchange_registration_token_use(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.run(|c| registration::spend_token(c, id, at))
    }

    fn revoke_registration_token(
        &mut self,
        id: &RegistrationTokenId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.run(|c| registration::revoke_token(c, id, at))
    }

    fn insert_self_registration(
        &mut self,
        registration: &SelfRegistration,
    ) -> Result<bool, StoreError> {
        self.run(|c| registration::insert_self(c, registration))
    }

    fn find_self_registration(
        &mut self,
        platform: &PlatformId,
    ) -> Result<Option<SelfRegistration>, StoreError> {
        self.run(|c| registration::find_self(c, platform))
    }

    fn delete_self_registration(&mut self, platform: &PlatformId) -> Result<bool, StoreError> {
        self.run(|c| registration::delete_self(c, platform))
    }
}
