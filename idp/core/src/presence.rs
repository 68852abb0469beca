//! Shared step: who is present in this browser, as of now?
//!
//! A session remembers a sign-in; whether it still counts is read from the store each time, so a lock
//! or a session that ended a second ago is not present.

use crate::enterprise::Enterprise;
use crate::key_lock::KeyLock;
use crate::session::{Authentication, SessionRecord, SessionStanding};
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// A signed-in enterprise with the lock it came with, both in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The sign-in.
    pub authentication: Authentication,
    /// Its record.
    pub session: SessionRecord,
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
    let found = store.find_session_standing(&authentication.session_id)?;
    Ok(present(found, authentication, now))
}

/// As [`find_present`], and so it stays until this transaction ends: for what is written by it.
pub fn hold_present(
    store: &mut dyn Store,
    authentication: &Authentication,
    now: Timestamp,
) -> Result<Option<Present>, StoreError> {
    let held = store.hold_session_standing(&authentication.session_id)?;
    Ok(present(held, authentication, now))
}

/// As [`hold_present`], and nobody else of the enterprise holds anything: for whoever changes what is held.
pub fn hold_present_alone(
    store: &mut dyn Store,
    authentication: &Authentication,
    now: Timestamp,
) -> Result<Option<Present>, StoreError> {
    store.hold_enterprise_alone(&authentication.enterprise_id)?;
    hold_present(store, authentication, now)
}

fn present(
    standing: Option<SessionStanding>,
    authentication: &Authentication,
    now: Timestamp,
) -> Option<Present> {
    let is_ours = |standing: &SessionStanding| {
        standing.is_alive(now)
            && standing.enterprise.id == authentication.enterprise_id
            && standing.key_lock.id == authentication.key_lock_id
            && standing.key_lock.enterprise_id == authentication.enterprise_id
    };
    standing.filter(is_ours).map(|standing| Present {
        authentication: authentication.clone(),
        session: standing.session,
        enterprise: standing.enterprise,
        key_lock: standing.key_lock,
    })
}
