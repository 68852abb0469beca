//! The paper behind a change of name, given out.

use pki::holder::credit_code::CreditCode;

use crate::enterprise::EnterpriseRename;
use crate::store::{Store, StoreError};

/// The paper of this digest, with the change it is evidence of; `None`: there is none, or it was erased.
pub fn find_paper(
    store: &mut dyn Store,
    code: &CreditCode,
    sha256: &str,
) -> Result<Option<(EnterpriseRename, Vec<u8>)>, StoreError> {
    let Some(enterprise) = store.find_enterprise_by_credit_code(code)? else {
        return Ok(None);
    };
    let renames = store.list_enterprise_renames(&enterprise.id)?;
    let kept =
        |one: &EnterpriseRename| one.evidence_sha256 == sha256 && !one.evidence_name.is_empty();
    let Some(rename) = renames.into_iter().find(kept) else {
        return Ok(None);
    };
    let content = store.find_rename_evidence(&enterprise.id, sha256)?;
    Ok(content.map(|content| (rename, content)))
}
