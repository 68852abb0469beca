//! [`KeyLockStore`] over one connection.

use idp_core::id::{CaId, EnterpriseId, KeyLockId};
use idp_core::key_lock::{KeyLock, KeyLockState, SupersededCertificate, Thumbprint};
use idp_core::store::{KeyLockStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::{key_lock, superseded};

impl KeyLockStore for Transaction<'_> {
    fn find_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError> {
        self.run(|c| key_lock::find(c, id))
    }

    fn erase_binders(&mut self, enterprise: &EnterpriseId) -> Result<usize, StoreError> {
        self.run(|c| key_lock::erase_binders(c, enterprise))
    }

    fn hold_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError> {
        self.run(|c| key_lock::hold(c, id))
    }

    fn list_key_locks_by_key_number(
        &mut self,
        ca: &CaId,
        key_number: &str,
    ) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| key_lock::list_by_key_number(c, ca, key_number))
    }

    fn find_key_lock_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<KeyLock>, StoreError> {
        self.run(|c| key_lock::find_by_thumbprint(c, thumbprint))
    }

    fn list_key_locks(&mut self, enterprise: &EnterpriseId) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| key_lock::list(c, enterprise))
    }

    fn list_active_key_locks_of_ca(
        &mut self,
        ca: &CaId,
        after: Option<&KeyLockId>,
        limit: u32,
    ) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| key_lock::list_active_of_ca(c, ca, after, limit))
    }

    fn insert_key_lock(&mut self, key_lock: &KeyLock) -> Result<bool, StoreError> {
        self.run(|c| key_lock::insert(c, key_lock))
    }

    fn exchange_key_lock_state(
        &mut self,
        id: &KeyLockId,
        from: KeyLockState,
        to: (KeyLockState, Timestamp),
    ) -> Result<bool, StoreError> {
        self.run(|c| key_lock::exchange_state(c, id, from, to))
    }

    fn exchange_key_lock(&mut self, from: &KeyLock, to: &KeyLock) -> Result<bool, StoreError> {
        self.run(|c| key_lock::exchange(c, from, to))
    }

    fn insert_superseded_certificate(
        &mut self,
        certificate: &SupersededCertificate,
    ) -> Result<(), StoreError> {
        self.run(|c| superseded::insert(c, certificate))
    }

    fn find_superseded_certificate(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<SupersededCertificate>, StoreError> {
        self.run(|c| superseded::find(c, thumbprint))
    }

    fn list_superseded_certificates(
        &mut self,
        key_lock: &KeyLockId,
    ) -> Result<Vec<SupersededCertificate>, StoreError> {
        self.run(|c| superseded::list(c, key_lock))
    }
}
