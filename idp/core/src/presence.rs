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
    let is_ours = |standing: &SessionStanding| {
        standing.is_alive(now)
            && standing.enterprise.id == authentication.enterprise_id
            && standing.key_lock.id == authentication.key_lock_id
            && standing.key_lock.enterprise_id == authentication.enterprise_id
    };
    Ok(found.filter(is_ours).map(|standing| Present {
        authentication: authentication.clone(),
        session: standing.session,
        enterprise: standing.enterprise,
        key_lock: standing.key_lock,
    }))
}
