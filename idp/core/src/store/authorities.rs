//! The CA registry and its history.

use super::StoreError;
use crate::certificate_authority::{CaChange, CaChangeEntry, CertificateAuthority, StoredRegistry};
use crate::id::CaId;

/// The CA registry and its history.
pub trait AuthorityStore {
    /// All CAs of the registry; an impossible row is told apart and refuses none of the others.
    fn list_certificate_authorities(&mut self) -> Result<StoredRegistry, StoreError>;
    /// One CA.
    fn find_certificate_authority(
        &mut self,
        id: &CaId,
    ) -> Result<Option<CertificateAuthority>, StoreError>;
    /// `false`: the identifier is taken.
    fn insert_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
    ) -> Result<bool, StoreError>;
    /// Replaces the CA; `false` when it does not stand at the revision `from`.
    fn exchange_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
        from: u32,
    ) -> Result<bool, StoreError>;
    /// Appends one change to the history.
    fn append_ca_change(&mut self, change: &CaChange) -> Result<(), StoreError>;
    /// Changes of one CA, oldest first.
    fn list_ca_changes(&mut self, id: &CaId) -> Result<Vec<CaChangeEntry>, StoreError>;
    /// How many changes the whole history holds: another number, another registry.
    fn ca_registry_version(&mut self) -> Result<i64, StoreError>;
}
