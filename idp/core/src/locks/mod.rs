//! Flow: an enterprise's own locks (FAQ 8, 9): activate a secondary one, remove it, make it the primary.
//!
//! Owns who may do so: whoever signed in with the primary lock, as the lock stands at that moment.

mod activate;
mod change;

pub use activate::{ActivateAttempt, ActivateRefusal, Activated, activate};
pub use change::{ChangeError, ChangeRefusal, PromoteAttempt, promote, remove};

use crate::enterprise::Enterprise;
use crate::key_lock::KeyLock;
use crate::presence::Present;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// The primary lock of this session and its enterprise, where all three still count and it still is the
/// primary lock. Read anew: a page may have been open for long, and a responder may have been waited for.
fn find_primary(
    store: &mut dyn Store,
    now: Timestamp,
    present: &Present,
) -> Result<Option<(KeyLock, Enterprise)>, StoreError> {
    let standing = store.find_session_standing(&present.authentication.session_id)?;
    let standing = standing.filter(|standing| {
        standing.is_alive(now)
            && standing.key_lock.id == present.key_lock.id
            && standing.key_lock.is_active_primary()
    });
    Ok(standing.map(|standing| (standing.key_lock, standing.enterprise)))
}
