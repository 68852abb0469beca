//! [`KeyStore`] over one connection.

use idp_core::id::KeyId;
use idp_core::signing_key::SigningKey;
use idp_core::store::{KeyStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::{sealed_secret, signing_key};

impl KeyStore for Transaction<'_> {
    fn list_signing_keys(&mut self) -> Result<Vec<SigningKey>, StoreError> {
        self.run(signing_key::list)
    }

    fn insert_signing_key(&mut self, key: &SigningKey) -> Result<bool, StoreError> {
        self.run(|c| signing_key::insert(c, key))
    }

    fn retire_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| signing_key::retire(c, id, at))
    }

    fn withdraw_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| signing_key::withdraw(c, id, at))
    }

    fn destroy_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| signing_key::note_destroyed(c, id, at))
    }

    fn find_sealed_secret(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|c| sealed_secret::find(c, name))
    }

    fn insert_sealed_secret(&mut self, name: &str, sealed: &[u8]) -> Result<bool, StoreError> {
        self.run(|c| sealed_secret::insert(c, name, sealed))
    }

    fn exchange_sealed_secret(
        &mut self,
        name: &str,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError> {
        self.run(|c| sealed_secret::exchange(c, name, sealing))
    }

    fn exchange_signing_key_sealing(
        &mut self,
        id: &KeyId,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError> {
        self.run(|c| signing_key::exchange_sealing(c, id, sealing))
    }
}
