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
    let Some(key_lock) = store.find_key_lock(&authentication.key_lock_id)? else {
        return Ok(None);
    };
    if key_lock.state != KeyLockState::Active || now > key_lock.not_after {
        return Ok(None);
    }
    let Some(enterprise) = store.find_enterprise(&authentication.enterprise_id)? else {
        return Ok(None);
    };
    if enterprise.state != EnterpriseState::Active || key_lock.enterprise_id != enterprise.id {
        return Ok(None);
    }
    Ok(Some(Present {
        authentication: authentication.clone(),
        enterprise,
        key_lock,
    }))
}
