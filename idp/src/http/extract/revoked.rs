//! Whether the lock behind a session or a grant was revoked since it signed: FAQ 11 ends what is live.
//!
//! The verdict is remembered under the version of the lists, so this costs a look until a list changes.

use idp_core::key_lock::KeyLock;
use idp_core::recognition::CertificateRefusal;
use idp_core::revocation::remember;

use super::Visit;
use crate::http::error::Failure;

/// Asks the lists at hand; a revoked lock is marked, which ends everything else of it.
pub async fn is_revoked(visit: &Visit, key_lock: &KeyLock) -> Result<bool, Failure> {
    let verdict = visit.state.verdicts.on_bound(key_lock, visit.cx.now);
    if verdict != Err(CertificateRefusal::Revoked) {
        return Ok(false);
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
