//! [`AuthorityStore`] over one connection.

use idp_core::certificate_authority::{
    CaChange, CaChangeEntry, CertificateAuthority, StoredRegistry,
};
use idp_core::id::CaId;
use idp_core::store::{AuthorityStore, StoreError};

use super::Transaction;
use crate::certificate_authority;

impl AuthorityStore for Transaction<'_> {
    fn list_certificate_authorities(&mut self) -> Result<StoredRegistry, StoreError> {
        self.run(certificate_authority::list)
    }

    fn find_certificate_authority(
        &mut self,
        id: &CaId,
    ) -> Result<Option<CertificateAuthority>, StoreError> {
        self.run(|c| certificate_authority::find(c, id))
    }

    fn insert_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
    ) -> Result<bool, StoreError> {
        self.run(|c| certificate_authority::insert(c, ca))
    }

    fn exchange_certificate_authority(
        &mut self,
        ca: &CertificateAuthority,
        from: u32,
    ) -> Result<bool, StoreError> {
        self.run(|c| certificate_authority::exchange(c, ca, from))
    }

    fn append_ca_change(&mut self, change: &CaChange) -> Result<(), StoreError> {
        self.run(|c| certificate_authority::append_change(c, change))
    }

    fn list_ca_changes(&mut self, id: &CaId) -> Result<Vec<CaChangeEntry>, StoreError> {
        self.run(|c| certificate_authority::list_changes(c, id))
    }

    fn ca_registry_version(&mut self) -> Result<i64, StoreError> {
        self.run(certificate_authority::count_changes)
    }
}
