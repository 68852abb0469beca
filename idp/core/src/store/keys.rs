//! Signing keys and sealed secrets.

use super::StoreError;
use crate::id::KeyId;
use crate::signing_key::SigningKey;
use crate::timestamp::Timestamp;

/// Signing keys and sealed secrets.
pub trait KeyStore {
    /// All signing keys, oldest first.
    fn list_signing_keys(&mut self) -> Result<Vec<SigningKey>, StoreError>;
    /// `false`: the `kid`, or the generation within its algorithm, is taken.
    fn insert_signing_key(&mut self, key: &SigningKey) -> Result<bool, StoreError>;
    /// Sets when a key stops signing, or brings it forward; `false` when it stops no later already.
    fn retire_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError>;
    /// Takes a key out of force for ever; `false` when there is none or it was withdrawn before.
    fn withdraw_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError>;
    /// Notes that the private part is not inside its token any more; `false` when that is noted, or it never was.
    fn destroy_signing_key(&mut self, id: &KeyId, at: Timestamp) -> Result<bool, StoreError>;
    /// A secret of the provider, sealed under the master key.
    fn find_sealed_secret(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// `false`: there is one of this name.
    fn insert_sealed_secret(&mut self, name: &str, sealed: &[u8]) -> Result<bool, StoreError>;
    /// Seals one anew; `false` when it is not sealed as in `from` any more.
    fn exchange_sealed_secret(
        &mut self,
        name: &str,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError>;
    /// Seals a signing key anew; `false` when it is not sealed as in `from` any more.
    fn exchange_signing_key_sealing(
        &mut self,
        id: &KeyId,
        sealing: (&[u8], &[u8]),
    ) -> Result<bool, StoreError>;
}
