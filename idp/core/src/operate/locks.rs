//! Locks that their enterprise can't manage any more: lost (FAQ 10), to be removed, to be the primary one.

use pki::holder::credit_code::CreditCode;
use protocol::claims::LockRole;

use super::{OperateError, OperateRefusal, Order, event, exchange, find};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::ending::end_standing;
use crate::enterprise::Enterprise;
use crate::id::KeyLockId;
use crate::key_lock::{KeyLock, KeyLockState};
use crate::session::{SessionEnding, Which};
use crate::store::Store;

/// Marks a lock lost, for ever. A removed one too: it must not be activated again.
pub fn lock_lost(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (id, order): (&KeyLockId, &Order),
) -> Result<(), OperateError> {
    let (enterprise, lock) = find_lock(store, code, id)?;
    if !matches!(lock.state, KeyLockState::Active | KeyLockState::Removed) {
        return Err(in_state(&lock));
    }
    end(store, cx, (&enterprise, &lock), KeyLockState::Lost)?;
    note(store, cx, &enterprise, (order, id, AuditKind::LockLost))
}

/// Removes a lock, primary or not. Its enterprise may activate it again by its primary lock.
pub fn remove_lock(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (id, order): (&KeyLockId, &Order),
) -> Result<(), OperateError> {
    let (enterprise, lock) = find_lock(store, code, id)?;
    if lock.state != KeyLockState::Active {
        return Err(in_state(&lock));
    }
    end(store, cx, (&enterprise, &lock), KeyLockState::Removed)?;
    note(store, cx, &enterprise, (order, id, AuditKind::LockRemoved))
}

/// Makes a secondary lock the primary one of an enterprise that has none in force any more. Re-binding
/// closes with it.
pub fn promote_lock(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (id, order): (&KeyLockId, &Order),
) -> Result<(), OperateError> {
    let (enterprise, lock) = find_lock(store, code, id)?;
    if lock.state != KeyLockState::Active {
        return Err(in_state(&lock));
    }
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

fn find_lock(
    store: &mut dyn Store,
    code: &CreditCode,
    id: &KeyLockId,
) -> Result<(Enterprise, KeyLock), OperateError> {
    let enterprise = find(store, code)?;
    let lock = store.find_key_lock(id)?;
    let lock = lock.filter(|lock| lock.enterprise_id == enterprise.id);
    let lock = lock.ok_or_else(|| OperateRefusal::UnknownLock(id.clone()))?;
    Ok((enterprise, lock))
}

fn in_state(lock: &KeyLock) -> OperateError {
    let (id, state) = (lock.id.clone(), lock.state.as_str());
    OperateRefusal::LockState { id, state }.into()
}

fn end(
    store: &mut dyn Store,
    cx: &Cx,
    (enterprise, lock): (&Enterprise, &KeyLock),
    state: KeyLockState,
) -> Result<(), OperateError> {
    let ended = KeyLock {
        state,
        ..lock.clone()
    };
    if !store.exchange_key_lock(lock, &ended)? {
        return Err(OperateError::Raced);
    }
    let ending = (Which::OfLock(&lock.id), SessionEnding::LockEnded);
    end_standing(store, cx, &enterprise.id, ending)?;
    Ok(())
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
