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

/// The primary lock of this session and its enterprise, where it still is the primary lock. Read anew: a
/// page may have been open for long.
fn find_primary(
    store: &mut dyn Store,
    present: &Present,
) -> Result<Option<(KeyLock, Enterprise)>, StoreError> {
    let key_lock = store.find_key_lock(&present.key_lock.id)?;
    let enterprise = store.find_enterprise(&present.enterprise.id)?;
    Ok(key_lock.filter(KeyLock::is_active_primary).zip(enterprise))
}
