//! Shared step: ending what stands on a lock, a session or an enterprise, at once.
//!
//! Presence and userinfo read the lock's state anyway; the records are ended too, so that nothing comes
//! back to life when the lock or the enterprise is put in force again.
//!
//! The other side of it is [`Store::hold_enterprise`] and its like: whoever begins a sign-in or gives a grant
//! holds what it stands on, so that an ending waits for it and then finds it.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::id::EnterpriseId;
use crate::key_lock::KeyLock;
use crate::session::{SessionEnding, Which};
use crate::store::{Store, StoreError};

/// Ends sign-ins of an enterprise, and the grants that were given in them; answers how many sign-ins.
pub fn end_standing(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    ending: (Which<'_>, SessionEnding),
) -> Result<usize, StoreError> {
    let (sessions, _grants) = end_both(store, cx, enterprise, ending)?;
    Ok(sessions)
}

/// Ends the sign-ins of a lock that stays bound and the grants that were given in them; where anything ended, that is
/// written down with this reason. A grant outlives a sign-out: it may be all there is.
pub fn end_by_lock(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (key_lock, reason): (&KeyLock, &str),
) -> Result<(), StoreError> {
    let ending = (Which::OfLock(&key_lock.id), SessionEnding::LockEnded);
    let (sessions, grants) = end_both(store, cx, &key_lock.enterprise_id, ending)?;
    if (sessions, grants) == (0, 0) {
        return Ok(());
    }
    store.append_audit(&AuditEvent {
        reason: Some(reason.to_owned()),
        enterprise_id: Some(key_lock.enterprise_id.clone()),
        key_lock_id: Some(key_lock.id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(format!("{sessions} sign-ins, {grants} grants")),
        ..AuditEvent::new(cx, AuditKind::SessionsEnded)
    })
}

/// Answers how many sign-ins and how many grants.
fn end_both(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    (which, ending): (Which<'_>, SessionEnding),
) -> Result<(usize, usize), StoreError> {
    // In this order: whoever is giving a grant holds its sign-in, and is waited for here.
    let sessions = store.end_sessions(enterprise, which, (cx.now, ending))?;
    let grants = store.revoke_grants_of(enterprise, which, cx.now)?;
    Ok((sessions, grants))
}
