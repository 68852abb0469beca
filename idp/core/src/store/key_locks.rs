//! Key locks, and the certificates they had before.

use super::StoreError;
use crate::id::{CaId, EnterpriseId, KeyLockId};
use crate::key_lock::{KeyLock, KeyLockState, SupersededCertificate, Thumbprint};
use crate::timestamp::Timestamp;

/// Key locks, and the certificates they had before.
pub trait KeyLockStore {
    /// One lock.
    fn find_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError>;
    /// As [`KeyLockStore::find_key_lock`], and nobody else changes it until this transaction ends.
    fn hold_key_lock(&mut self, id: &KeyLockId) -> Result<Option<KeyLock>, StoreError>;
    /// Locks of one CA with this 证书Key号, oldest first.
    fn list_key_locks_by_key_number(
        &mut self,
        ca: &CaId,
        key_number: &str,
    ) -> Result<Vec<KeyLock>, StoreError>;
    /// The lock with this certificate.
    fn find_key_lock_by_thumbprint(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<KeyLock>, StoreError>;
    /// Locks of one enterprise, oldest first.
    fn list_key_locks(&mut self, enterprise: &EnterpriseId) -> Result<Vec<KeyLock>, StoreError>;
    /// Locks in force that a CA issued, in order of identifier, after one of them, at most `limit`.
    fn list_active_key_locks_of_ca(
        &mut self,
        ca: &CaId,
        after: Option<&KeyLockId>,
        limit: u32,
    ) -> Result<Vec<KeyLock>, StoreError>;
    /// `false`: the certificate is bound already, or another lock in force has its place: that of the
    /// enterprise's primary one, or of the same key.
    fn insert_key_lock(&mut self, key_lock: &KeyLock) -> Result<bool, StoreError>;
    /// `from` → `to`, in which it is since that moment; `false` when the lock was not in `from`.
    fn exchange_key_lock_state(
        &mut self,
        id: &KeyLockId,
        from: KeyLockState,
        to: (KeyLockState, Timestamp),
    ) -> Result<bool, StoreError>;
    /// `to` in place of `from`, the same lock; `false` when its state, role or certificate is not that of
    /// `from` any more, or where another lock has its place, as for [`KeyLockStore::insert_key_lock`].
    fn exchange_key_lock(&mut self, from: &KeyLock, to: &KeyLock) -> Result<bool, StoreError>;
    /// Empties who bound the locks of an enterprise; answers of how many.
    fn erase_binders(&mut self, enterprise: &EnterpriseId) -> Result<usize, StoreError>;
    /// Keeps a certificate that a lock had before.
    fn insert_superseded_certificate(
        &mut self,
        certificate: &SupersededCertificate,
    ) -> Result<(), StoreError>;
    /// A certificate that a lock had before. Looked up after [`KeyLockStore::find_key_lock_by_thumbprint`]: a
    /// certificate moves in that direction alone.
    fn find_superseded_certificate(
        &mut self,
        thumbprint: Thumbprint,
    ) -> Result<Option<SupersededCertificate>, StoreError>;
    /// Certificates that a lock had before, oldest first.
    fn list_superseded_certificates(
        &mut self,
        key_lock: &KeyLockId,
    ) -> Result<Vec<SupersededCertificate>, StoreError>;
}
