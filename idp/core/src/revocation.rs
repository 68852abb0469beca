//! Shared step: a certificate was seen revoked; remembered for ever (CERTIFICATES §8).
//!
//! Each use of a session or a token reads the lock; they are ended on record too, so that the account shows them so.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_standing;
use crate::key_lock::{KeyLockState, Thumbprint};
use crate::session::{SessionEnding, Which};
use crate::store::{Store, StoreError};

/// Marks the lock with this certificate, if it is bound and in force.
pub fn remember(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    thumbprint: Thumbprint,
) -> Result<(), StoreError> {
    let Some(key_lock) = store.find_key_lock_by_thumbprint(thumbprint)? else {
        return Ok(());
    };
    let (active, revoked) = (KeyLockState::Active, KeyLockState::Revoked);
    if !store.exchange_key_lock_state(&key_lock.id, active, revoked)? {
        return Ok(());
    }
    let ending = (Which::OfLock(&key_lock.id), SessionEnding::LockEnded);
    end_standing(store, cx, &key_lock.enterprise_id, ending)?;
    store.append_audit(&AuditEvent {
        enterprise_id: Some(key_lock.enterprise_id),
        key_lock_id: Some(key_lock.id),
        remote_address: caller.remote_address.clone(),
        detail: Some(thumbprint.to_text()),
        ..AuditEvent::new(cx, AuditKind::LockRevoked)
    })
}
