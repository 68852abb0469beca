//! Flow: an enterprise's own locks (FAQ 8, 9): activate a secondary one, remove it, make it the primary.
//!
//! Owns who may do so: whoever signed in with the primary lock, as the lock stands at that moment.

mod activate;
mod change;

pub use activate::{ActivateAttempt, ActivateRefusal, Activated, activate};
pub use change::{ChangeError, ChangeRefusal, PromoteAttempt, promote, remove};

use crate::enterprise::Enterprise;
use crate::key_lock::KeyLock;
use crate::presence::{Present, hold_present_alone};
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// The primary lock of this session and its enterprise, where all three still count and it still is the
/// primary lock. Read anew, and held until it is written: a page may have been open for long, a responder may
/// have been waited for, and an operator may be ending the lock at this moment.
fn hold_primary(
    store: &mut dyn Store,
    now: Timestamp,
    present: &Present,
) -> Result<Option<(KeyLock, Enterprise)>, StoreError> {
    let held = hold_present_alone(store, &present.authentication, now)?;
    let primary = held.filter(|held| held.key_lock.is_active_primary());
    Ok(primary.map(|held| (held.key_lock, held.enterprise)))
}
