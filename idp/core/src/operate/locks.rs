//! Locks that their enterprise can't manage any more: lost (FAQ 10), to be removed, to be the primary one.

use pki::holder::credit_code::CreditCode;
use protocol::claims::LockRole;

use super::{OperateError, OperateRefusal, Order, event, exchange, find};
use crate::announce::announce;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::ending::end_standing;
use crate::enterprise::Enterprise;
use crate::id::KeyLockId;
use crate::key_lock::{KeyLock, KeyLockState};
use crate::notification::{Happening, LockFacts};
use crate::session::{SessionEnding, Which};
use crate::store::Store;

/// Marks a lock lost, for ever. A removed one too: it must not be activated again.
pub fn lock_lost(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (id, order): (&KeyLockId, &Order),
) -> Result<(), OperateError> {
    let from = [KeyLockState::Active, KeyLockState::Removed];
    let to = (KeyLockState::Lost, AuditKind::LockLost);
    end(store, cx, (code, id, order), (&from, to))
}

/// Removes a lock, primary or not. Its enterprise may activate it again by its primary lock.
pub fn remove_lock(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (id, order): (&KeyLockId, &Order),
) -> Result<(), OperateError> {
    let to = (KeyLockState::Removed, AuditKind::LockRemoved);
    end(store, cx, (code, id, order), (&[KeyLockState::Active], to))
}

/// Makes a secondary lock the primary one of an enterprise that has none in force any more. Re-binding
/// closes with it.
pub fn promote_lock(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (id, order): (&KeyLockId, &Order),
) -> Result<(), OperateError> {
    let (enterprise, lock) = find_lock(store, code, (id, &[KeyLockState::Active]))?;
    if lock.role == LockRole::Primary {
        return Err(OperateRefusal::Nothing("it is the primary lock").into());
    }
    if let Some(unfit) = lock.unfit(&enterprise.name, cx.now) {
        return Err(OperateRefusal::Unfit(lock.id, unfit).into());
    }
    let locks = store.list_key_locks(&enterprise.id)?;
    if let Some(primary) = locks.into_iter().find(KeyLock::is_active_primary) {
        return Err(OperateRefusal::HasPrimary(primary.id).into());
    }
    // Before the lock: whoever binds a new primary one at this moment changes the enterprise too.
    let closed = Enterprise {
        rebinding_until: None,
        ..enterprise
    };
    exchange(store, &closed)?;
    let primary = KeyLock {
        role: LockRole::Primary,
        ..lock.clone()
    };
    if !store.exchange_key_lock(&lock, &primary)? {
        return Err(OperateError::Raced);
    }
    note(store, cx, &closed, (order, id, AuditKind::LockPromoted))
}

/// A lock of the enterprise that is in one of these states.
fn find_lock(
    store: &mut dyn Store,
    code: &CreditCode,
    (id, states): (&KeyLockId, &[KeyLockState]),
) -> Result<(Enterprise, KeyLock), OperateError> {
    let enterprise = find(store, code)?;
    let lock = store.find_key_lock(id)?;
    let lock = lock.filter(|lock| lock.enterprise_id == enterprise.id);
    let lock = lock.ok_or_else(|| OperateRefusal::UnknownLock(id.clone()))?;
    if !states.contains(&lock.state) {
        let (id, state) = (lock.id, lock.state.as_str());
        return Err(OperateRefusal::LockState { id, state }.into());
    }
    Ok((enterprise, lock))
}

/// Ends a lock that is in one of these states, and what lives by it.
fn end(
    store: &mut dyn Store,
    cx: &Cx,
    (code, id, order): (&CreditCode, &KeyLockId, &Order),
    (from, (to, kind)): (&[KeyLockState], (KeyLockState, AuditKind)),
) -> Result<(), OperateError> {
    let (enterprise, lock) = find_lock(store, code, (id, from))?;
    // First, as everywhere.
    store.hold_enterprise(&enterprise.id)?;
    if !store.exchange_key_lock(&lock, &lock.ended(to, cx.now))? {
        return Err(OperateError::Raced);
    }
    let ending = (Which::OfLock(id), SessionEnding::LockEnded);
    end_standing(store, cx, &enterprise.id, ending)?;
    let lock = LockFacts::of(&lock);
    let happening = match to {
        KeyLockState::Lost => Happening::LockLost { lock },
        _ => Happening::LockRemoved { lock },
    };
    announce(store, cx, &enterprise, &happening)?;
    note(store, cx, &enterprise, (order, id, kind))
}

fn note(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &Enterprise,
    (order, id, kind): (&Order, &KeyLockId, AuditKind),
) -> Result<(), OperateError> {
    store.append_audit(&AuditEvent {
        key_lock_id: Some(id.clone()),
        ..event(cx, enterprise, order, (kind, ""))
    })?;
    Ok(())
}
