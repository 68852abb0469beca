//! 删除 and 设为主锁: what the primary lock does with a secondary one.

use protocol::claims::LockRole;

use super::hold_primary;
use crate::announce::announce;
use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::cx::{Caller, Cx};
use crate::ending::end_standing;
use crate::id::KeyLockId;
use crate::key_lock::{KeyLock, KeyLockState, Thumbprint, Unfit};
use crate::notification::{Happening, LockFacts};
use crate::presence::Present;
use crate::proof::ProofRefusal;
use crate::session::{SessionEnding, Which};
use crate::store::{Store, StoreError};

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// The session was not opened by the primary lock.
    NotPrimary,
    /// The proof is none.
    Proof(ProofRefusal),
    /// The proof is another lock's than this session's.
    OtherLock,
    /// This enterprise has no such lock in force.
    Unknown,
    /// The primary lock can't be removed this way.
    IsPrimary,
    /// It could not sign in as the primary one.
    Unfit(Unfit),
}

impl ChangeRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPrimary => "not-primary-lock",
            Self::Proof(refusal) => refusal.code(),
            Self::OtherLock => "not-the-primary-signature",
            Self::Unknown => "lock-unknown",
            Self::IsPrimary => "primary-lock-stays",
            Self::Unfit(Unfit::Expired) => "certificate-expired",
            Self::Unfit(Unfit::NameOutdated) => "certificate-name-outdated",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another request changed one of the locks in the same moment: ask again.
    #[error("one of the locks was changed in the same moment")]
    Raced,
}

/// Removes a secondary lock; its sign-ins and tokens end with it.
pub fn remove(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    id: &KeyLockId,
) -> Result<Result<(), ChangeRefusal>, StoreError> {
    let key_lock = match changeable(store, cx, present, id)? {
        Ok((_, key_lock)) => key_lock,
        Err(refusal) => return refuse(store, cx, caller, present, (id, refusal)),
    };
    let removed = key_lock.ended(KeyLockState::Removed, cx.now);
    // It was promoted, renewed or ended in the same moment.
    if !store.exchange_key_lock(&key_lock, &removed)? {
        return refuse(store, cx, caller, present, (id, ChangeRefusal::Unknown));
    }
    let ending = (Which::OfLock(id), SessionEnding::LockEnded);
    end_standing(store, cx, &present.enterprise.id, ending)?;
    note(store, cx, caller, present, (id, AuditKind::LockRemoved))?;
    let lock = LockFacts::of(&key_lock);
    announce(
        store,
        cx,
        &present.enterprise,
        &Happening::LockRemoved { lock },
    )?;
    Ok(Ok(()))
}

/// What the checks before the store found.
#[derive(Clone, Debug)]
pub struct PromoteAttempt {
    /// Which lock shall be the primary one.
    pub key_lock_id: KeyLockId,
    /// Whose key agreed to exactly that.
    pub signed_by: Result<Thumbprint, ProofRefusal>,
}

/// Makes a secondary lock the primary one, by the signature of the one that is. That becomes secondary.
pub fn promote(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    attempt: &PromoteAttempt,
) -> Result<Result<(), ChangeRefusal>, ChangeError> {
    let id = &attempt.key_lock_id;
    let (primary, secondary) = match promotable(store, cx, present, attempt)? {
        Ok(pair) => pair,
        Err(refusal) => return Ok(refuse(store, cx, caller, present, (id, refusal))?),
    };
    let with_role = |lock: &KeyLock, role| KeyLock {
        role,
        ..lock.clone()
    };
    // In this order: an enterprise never has two primary locks in force.
    let done = store.exchange_key_lock(&primary, &with_role(&primary, LockRole::Secondary))?
        && store.exchange_key_lock(&secondary, &with_role(&secondary, LockRole::Primary))?;
    if !done {
        return Err(ChangeError::Raced);
    }
    note(store, cx, caller, present, (id, AuditKind::LockPromoted))?;
    Ok(Ok(()))
}

fn promotable(
    store: &mut dyn Store,
    cx: &Cx,
    present: &Present,
    attempt: &PromoteAttempt,
) -> Result<Result<(KeyLock, KeyLock), ChangeRefusal>, StoreError> {
    let pair = match changeable(store, cx, present, &attempt.key_lock_id)? {
        Ok(pair) => pair,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(unfit) = pair.1.unfit(&present.enterprise.name, cx.now) {
        return Ok(Err(ChangeRefusal::Unfit(unfit)));
    }
    Ok(match attempt.signed_by {
        Err(refusal) => Err(ChangeRefusal::Proof(refusal)),
        Ok(thumbprint) if thumbprint != pair.0.thumbprint => Err(ChangeRefusal::OtherLock),
        Ok(_) => Ok(pair),
    })
}

/// The primary lock of the session and the secondary lock of the same enterprise that it speaks of.
fn changeable(
    store: &mut dyn Store,
    cx: &Cx,
    present: &Present,
    id: &KeyLockId,
) -> Result<Result<(KeyLock, KeyLock), ChangeRefusal>, StoreError> {
    let Some((primary, _)) = hold_primary(store, cx.now, present)? else {
        return Ok(Err(ChangeRefusal::NotPrimary));
    };
    if primary.id == *id {
        return Ok(Err(ChangeRefusal::IsPrimary));
    }
    let found = store.find_key_lock(id)?;
    let ours = found.filter(|lock| {
        lock.enterprise_id == primary.enterprise_id
            && lock.state == KeyLockState::Active
            && lock.role == LockRole::Secondary
    });
    Ok(ours
        .map(|secondary| (primary, secondary))
        .ok_or(ChangeRefusal::Unknown))
}

fn refuse(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    (id, refusal): (&KeyLockId, ChangeRefusal),
) -> Result<Result<(), ChangeRefusal>, StoreError> {
    let event = event(cx, caller, present, (id, AuditKind::LockChangeRefused));
    // What names no lock of theirs is a stranger's word, bounded.
    let is_unknown = refusal == ChangeRefusal::Unknown;
    store.append_audit(&AuditEvent {
        reason: Some(refusal.code().to_owned()),
        incident_id: Some(caller.incident_id.clone()),
        key_lock_id: event.key_lock_id.filter(|_| !is_unknown),
        detail: is_unknown.then(|| operator_words(id.as_str())),
        ..event
    })?;
    Ok(Err(refusal))
}

fn note(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    what: (&KeyLockId, AuditKind),
) -> Result<(), StoreError> {
    store.append_audit(&event(cx, caller, present, what))
}

/// The lock that was changed is the event's; the one that did it is behind the session.
fn event(
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    (id, kind): (&KeyLockId, AuditKind),
) -> AuditEvent {
    AuditEvent {
        enterprise_id: Some(present.enterprise.id.clone()),
        key_lock_id: Some(id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    }
}
