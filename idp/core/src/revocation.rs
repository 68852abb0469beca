//! Shared step: a bound certificate counts no more. Seen revoked, it is remembered for ever (CERTIFICATES §8);
//! no longer recognised by the CA registry, or under a CA that was revoked, what lives by it ends.
//!
//! Each use of a session or a token reads the lock; they are ended on record too, so that the account shows them so.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::{end_by_lock, end_standing};
use crate::key_lock::{KeyLock, KeyLockState, Thumbprint};
use crate::recognition::CertificateRefusal;
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
    // First, as everywhere.
    store.hold_enterprise(&key_lock.enterprise_id)?;
    let revoked = (KeyLockState::Revoked, cx.now);
    if !store.exchange_key_lock_state(&key_lock.id, KeyLockState::Active, revoked)? {
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

/// Ends the sign-ins and grants of a lock whose certificate is refused now for what is not its own: by the CA registry, or
/// for a revoked CA above it. The lock stays bound: once it is recognised again it signs in anew.
pub fn end_unrecognised(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (key_lock, refusal): (&KeyLock, CertificateRefusal),
) -> Result<(), StoreError> {
    // First, as everywhere.
    store.hold_enterprise(&key_lock.enterprise_id)?;
    end_by_lock(store, cx, caller, (key_lock, refusal.code()))
}

/// Why nothing was ended.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The registry is another by now than the one that refused.
    #[error("the CA registry has changed since it was judged by")]
    JudgedByAnother,
}

/// As [`end_unrecognised`], where the registry that refused is the one that stands. A process that has not followed a
/// change yet pauses what it does not recognise, and ends nothing for good.
pub fn end_unrecognised_by(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (key_lock, refusal): (&KeyLock, CertificateRefusal),
    registry_version: i64,
) -> Result<(), EndError> {
    end_unrecognised(store, cx, caller, (key_lock, refusal))?;
    // After the ending: a sign-in that it met began before this, so what recognised it is counted here.
    if store.ca_registry_version()? != registry_version {
        return Err(EndError::JudgedByAnother);
    }
    Ok(())
}
