//! Whether the lock behind a session or a grant counts no more since it signed, so that what lives by it ends: it was
//! revoked (FAQ 11), or the CA registry as it stands now does not know it (its CA was suspended, say).
//!
//! The verdict is remembered under the versions of registry and lists, so this costs a look until one changes.

use idp_core::key_lock::KeyLock;
use idp_core::recognition::Consequence;
use idp_core::revocation::{EndError, end_unrecognised_by, remember};

use super::Visit;
use crate::http::error::Failure;

/// Asks registry and lists at hand. A revoked lock is marked, which ends everything else of it. A lock of a suspended CA,
/// or under a revoked one, is not, since it may come back; what lives by it ends all the same, and a new signature is
/// wanted then. While its CA can't be read, or the registry has changed and is not followed here yet, what lives by it
/// counts for nothing, and nothing is ended.
pub async fn is_over(visit: &Visit, key_lock: &KeyLock) -> Result<bool, Failure> {
    let verdicts = &visit.state.verdicts;
    // Before the verdict: if another is followed meanwhile, this is none that stands.
    let registry_version = verdicts.registry().version;
    let Err(refusal) = verdicts.on_bound(key_lock, visit.cx.now) else {
        return Ok(false);
    };
    let ends_the_lock = match refusal.consequence() {
        Consequence::EndsTheLock => true,
        Consequence::EndsSignIns => false,
        Consequence::Pauses => return Ok(true),
        Consequence::None => return Ok(false),
    };
    let (cx, caller, key_lock) = (visit.cx.clone(), visit.caller(), key_lock.clone());
    let ended = visit
        .state
        .database
        .write(move |store| {
            if ends_the_lock {
                return Ok(remember(store, &cx, &caller, key_lock.thumbprint)?);
            }
            let refused = (&key_lock, refusal);
            end_unrecognised_by(store, &cx, &caller, refused, registry_version)
        })
        .await;
    match ended {
        Ok(()) | Err(EndError::JudgedByAnother) => Ok(true),
        Err(EndError::Store(error)) => Err(error.into()),
    }
}
