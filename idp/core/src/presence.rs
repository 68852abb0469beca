//! Shared step: who is present in this browser, as of now?
//!
//! A session remembers a sign-in; whether it still counts is read from the store each time, so a lock
//! that ended a second ago is not present.

use crate::enterprise::{Enterprise, EnterpriseState};
use crate::key_lock::{KeyLock, KeyLockState};
use crate::session::Authentication;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// A signed-in enterprise with the lock it came with, both in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The sign-in.
    pub authentication: Authentication,
    /// Who.
    pub enterprise: Enterprise,
    /// With what.
    pub key_lock: KeyLock,
}

/// Reads who is present. `None`: nobody any more.
pub fn find_present(
    store: &mut dyn Store,
    authentication: &Authentication,
    now: Timestamp,
) -> Result<Option<Present>, StoreError> {
    let found = store.find_key_lock_and_enterprise(&authentication.key_lock_id)?;
    let Some((key_lock, enterprise)) = found else {
        return Ok(None);
    };
    if key_lock.state != KeyLockState::Active || now > key_lock.not_after {
        return Ok(None);
    }
    if enterprise.state != EnterpriseState::Active || enterprise.id != authentication.enterprise_id
    {
        return Ok(None);
    }
    Ok(Some(Present {
        authentication: authentication.clone(),
        enterprise,
        key_lock,
    }))
}
