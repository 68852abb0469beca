//! Enterprises and their changes of name.

use super::StoreError;
use crate::enterprise::{Enterprise, EnterpriseRename};
use crate::id::EnterpriseId;
use pki::holder::credit_code::CreditCode;

/// Enterprises and their changes of name.
pub trait EnterpriseStore {
    /// One enterprise.
    fn find_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError>;
    /// As [`EnterpriseStore::find_enterprise`], and nobody else changes it until this transaction ends: what is decided by
    /// it still holds when it is written. Whoever holds or writes more than one thing does so in one order:
    /// enterprise, lock, sign-in, consent, platform, grant.
    fn hold_enterprise(&mut self, id: &EnterpriseId) -> Result<Option<Enterprise>, StoreError>;
    /// As [`EnterpriseStore::hold_enterprise`], and nobody else holds it: for whoever goes on to change what others hold
    /// with it. Of two who held together and then wrote, each would wait for the other.
    fn hold_enterprise_alone(
        &mut self,
        id: &EnterpriseId,
    ) -> Result<Option<Enterprise>, StoreError>;
    /// The enterprise with this credit code.
    fn find_enterprise_by_credit_code(
        &mut self,
        credit_code: &CreditCode,
    ) -> Result<Option<Enterprise>, StoreError>;
    /// `false`: the credit code is taken.
    fn insert_enterprise(&mut self, enterprise: &Enterprise) -> Result<bool, StoreError>;
    /// `to` in place of the enterprise as it was read, its version one higher; `false` when it has changed
    /// since.
    fn exchange_enterprise(&mut self, to: &Enterprise) -> Result<bool, StoreError>;
    /// Appends a change of name with its evidence.
    fn insert_enterprise_rename(
        &mut self,
        rename: &EnterpriseRename,
        evidence: &[u8],
    ) -> Result<(), StoreError>;
    /// Changes of name of one enterprise, oldest first.
    fn list_enterprise_renames(
        &mut self,
        enterprise: &EnterpriseId,
    ) -> Result<Vec<EnterpriseRename>, StoreError>;
    /// Empties the evidence of an enterprise's changes of name and its file names; the digests stay. Answers how many had any.
    fn erase_rename_evidence(&mut self, enterprise: &EnterpriseId) -> Result<usize, StoreError>;
    /// The evidence of a change of name.
    fn find_rename_evidence(
        &mut self,
        enterprise: &EnterpriseId,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>, StoreError>;
}
