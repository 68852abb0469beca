//! Whether the lock behind a session or a grant counts no more since it signed, so that what lives by it ends: it was
//! revoked (FAQ 11), or the CA registry as it stands now does not know it (its CA was suspended, say).
//!
//! The verdict is remembered under the versions of registry and lists, so this costs a look until one changes.

use idp_core::key_lock::KeyLock;
use idp_core::recognition::CertificateRefusal;
use idp_core::revocation::remember;

use super::Visit;
use crate::http::error::Failure;

/// Asks registry and lists at hand. A revoked lock is marked, which ends everything else of it; a lock of a suspended CA
/// is not, since the CA may come back.
pub async fn is_over(visit: &Visit, key_lock: &KeyLock) -> Result<bool, Failure> {
    let verdict = visit.state.verdicts.on_bound(key_lock, visit.cx.now);
    match verdict {
        Err(CertificateRefusal::Revoked) => {}
        Err(refusal) => return Ok(refusal.is_of_the_registry()),
        Ok(()) => return Ok(false),
    }
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let thumbprint = key_lock.thumbprint;
    visit
        .state
        .database
        .write(move |store| remember(store, &cx, &caller, thumbprint))
        .await
        .map_err(Failure::from)?;
    Ok(true)
}
