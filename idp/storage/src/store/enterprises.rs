//! [`EnterpriseStore`] over one connection.

use idp_core::enterprise::{Enterprise, EnterpriseRename};
use idp_core::id::EnterpriseId;
use idp_core::store::{EnterpriseStore, StoreError};
use pki::holder::credit_code::CreditCode;

use super::Transaction;
use crate::enterprise;

impl EnterpriseStore for Transaction<'_> {
    fn find_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::find(c, id))
    }

    fn hold_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::hold(c, id))
    }

    fn hold_enterprise_alone(
        &mut self,
        id: &EnterpriseId,
    ) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::hold_alone(c, id))
    }

    fn find_enterprise_by_credit_code(
        &mut self,
        credit_code: &CreditCode,
    ) -> Result<Option<Enterprise>, StoreError> {
        self.run(|c| enterprise::find_by_credit_code(c, credit_code))
    }

    fn insert_enterprise(&mut self, enterprise: &Enterprise) -> Result<bool, StoreError> {
        self.run(|c| enterprise::insert(c, enterprise))
    }

    fn exchange_enterprise(&mut self, to: &Enterprise) -> Result<bool, StoreError> {
        self.run(|c| enterprise::exchange(c, to))
    }

    fn insert_enterprise_rename(
        &mut self,
        rename: &EnterpriseRename,
        evidence: &[u8],
    ) -> Result<(), StoreError> {
        self.run(|c| enterprise::insert_rename(c, rename, evidence))
    }

    fn list_enterprise_renames(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<EnterpriseRename>, StoreError> {
        self.run(|c| enterprise::list_renames(c, enterprise))
    }

    fn erase_rename_evidence(&mut self, enterprise: &EnterpriseId) -> Result<usize, StoreError> {
        self.run(|c| enterprise::erase_evidence(c, enterprise))
    }

    fn find_rename_evidence(
        &mut self,
        enterprise: &EnterpriseId,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(|c| enterprise::find_evidence(c, enterprise, sha256))
    }
}
