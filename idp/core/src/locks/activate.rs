//! 激活: a second lock of the enterprise becomes a secondary lock, by its own signature (FAQ 8).

use protocol::claims::LockRole;

use super::hold_primary;
use crate::announce::announce;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::enterprise::Enterprise;
use crate::id::KeyLockId;
use crate::key_lock::{KeyLock, KeyLockState, Thumbprint};
use crate::notification::{Happening, LockFacts};
use crate::presence::{Present, find_present};
use crate::proof::ProofRefusal;
use crate::recognition::{CertificateRefusal, Recognised};
use crate::revocation;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// Why an activation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivateRefusal {
    /// The session was not opened by the primary lock.
    NotPrimary,
    /// The proof is none.
    Proof(ProofRefusal),
    /// The certificate does not count.
    Certificate(CertificateRefusal),
    /// It is in force for this enterprise already.
    AlreadyActive,
    /// It is bound to another enterprise, or was.
    BoundElsewhere,
    /// It was reported lost, or seen revoked.
    LockEnded,
    /// A newer certificate has taken this one's place.
    CertificateSuperseded,
    /// 主锁与副锁单位名称不一致.
    NameDiffers,
    /// The certificate names another enterprise by its credit code.
    CreditCodeDiffers,
}

impl ActivateRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPrimary => "not-primary-lock",
            Self::Proof(refusal) => refusal.code(),
            Self::Certificate(refusal) => refusal.code(),
            Self::AlreadyActive => "lock-already-active",
            Self::BoundElsewhere => "lock-bound-elsewhere",
            Self::LockEnded => "lock-ended-for-ever",
            Self::CertificateSuperseded => "certificate-superseded",
            Self::NameDiffers => "lock-name-differs",
            Self::CreditCodeDiffers => "lock-credit-code-differs",
        }
    }
}

/// What the checks before the store found.
#[derive(Clone, Debug)]
pub struct ActivateAttempt {
    /// The verdict so far.
    pub verdict: Result<Recognised, ActivateRefusal>,
    /// Of the certificate, where one was proven.
    pub thumbprint: Option<Thumbprint>,
    /// 硬件介质号 from the proof.
    pub media_number: Option<String>,
}

/// How an activation ended. Both ends are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activated {
    /// The lock may sign in from now on.
    Active(KeyLockId),
    /// It may not.
    Refused(ActivateRefusal),
}

/// Decides and writes.
pub fn activate(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    attempt: &ActivateAttempt,
) -> Result<Activated, StoreError> {
    let decided = decide(store, cx, present, attempt)?;
    let revoked = Err(ActivateRefusal::Certificate(CertificateRefusal::Revoked));
    if let (true, Some(thumbprint)) = (decided == revoked, attempt.thumbprint) {
        revocation::remember(store, cx, caller, thumbprint)?;
    }
    let event = match &decided {
        Ok(id) => AuditEvent {
            key_lock_id: Some(id.clone()),
            ..AuditEvent::new(cx, AuditKind::LockActivated)
        },
        Err(refusal) => AuditEvent {
            reason: Some(refusal.code().to_owned()),
            incident_id: Some(caller.incident_id.clone()),
            key_lock_id: Some(present.key_lock.id.clone()),
            ..AuditEvent::new(cx, AuditKind::LockActivationRefused)
        },
    };
    store.append_audit(&AuditEvent {
        enterprise_id: Some(present.enterprise.id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: attempt.thumbprint.map(Thumbprint::to_text),
        ..event
    })?;
    Ok(match decided {
        Ok(id) => Activated::Active(id),
        Err(refusal) => Activated::Refused(refusal),
    })
}

fn decide(
    store: &mut dyn Store,
    cx: &Cx,
    present: &Present,
    attempt: &ActivateAttempt,
) -> Result<Result<KeyLockId, ActivateRefusal>, StoreError> {
    let recognised = match &attempt.verdict {
        Ok(recognised) => recognised,
        Err(refusal) => return refused_before(store, cx, present, *refusal).map(Err),
    };
    let Some((primary, enterprise)) = hold_primary(store, cx.now, present)? else {
        return Ok(Err(ActivateRefusal::NotPrimary));
    };
    let known = store.find_key_lock_by_thumbprint(recognised.thumbprint())?;
    if let Some(refusal) = refusal_of_known(known.as_ref(), &enterprise) {
        return Ok(Err(refusal));
    }
    if (store.find_superseded_certificate(recognised.thumbprint())?).is_some() {
        return Ok(Err(ActivateRefusal::CertificateSuperseded));
    }
    if let Err(refusal) = speaks_for(recognised, &enterprise) {
        return Ok(Err(refusal));
    }
    let of_key = store.list_key_locks_by_key_number(recognised.ca_id(), recognised.key_number())?;
    let mut others = of_key.iter().filter(|lock| known.as_ref() != Some(*lock));
    if let Some(refusal) = others.find_map(|lock| refusal_of_key(lock, &enterprise)) {
        return Ok(Err(refusal));
    }
    let fresh = secondary(cx, recognised, attempt, &primary);
    let won = match &known {
        Some(removed) => {
            let active = KeyLock {
                id: removed.id.clone(),
                ca_platform: removed.ca_platform.clone(),
                ..fresh.clone()
            };
            store.exchange_key_lock(removed, &active)?
        }
        None => store.insert_key_lock(&fresh)?,
    };
    if won {
        let lock = LockFacts {
            id: known.map_or_else(|| fresh.id.clone(), |lock| lock.id),
            ..LockFacts::of(&fresh)
        };
        let id = lock.id.clone();
        announce(store, cx, &enterprise, &Happening::LockActivated { lock })?;
        return Ok(Ok(id));
    }
    // Another request activated, bound or ended it, or has its key by another certificate, in the same moment.
    let standing = store.find_key_lock_by_thumbprint(recognised.thumbprint())?;
    if let Some(refusal) = refusal_of_known(standing.as_ref(), &enterprise) {
        return Ok(Err(refusal));
    }
    let of_key = store.list_key_locks_by_key_number(recognised.ca_id(), recognised.key_number())?;
    let refusal = (of_key.iter()).find_map(|lock| refusal_of_key(lock, &enterprise));
    Ok(Err(refusal.unwrap_or(ActivateRefusal::BoundElsewhere)))
}

/// A refusal of the proof or the certificate, told to a primary lock alone. Nothing begins by it, so nothing is held:
/// a revoked lock, anybody's, may be marked after.
fn refused_before(
    store: &mut dyn Store,
    cx: &Cx,
    present: &Present,
    refusal: ActivateRefusal,
) -> Result<ActivateRefusal, StoreError> {
    let found = find_present(store, &present.authentication, cx.now)?;
    let is_primary = found.is_some_and(|found| found.key_lock.is_active_primary());
    Ok(Some(refusal)
        .filter(|_| is_primary)
        .unwrap_or(ActivateRefusal::NotPrimary))
}

/// A certificate that is bound, or was: a removed one of the same enterprise may come again.
fn refusal_of_known(known: Option<&KeyLock>, enterprise: &Enterprise) -> Option<ActivateRefusal> {
    let known = known?;
    if known.enterprise_id != enterprise.id {
        return Some(ActivateRefusal::BoundElsewhere);
    }
    match known.state {
        KeyLockState::Active => Some(ActivateRefusal::AlreadyActive),
        KeyLockState::Lost | KeyLockState::Revoked => Some(ActivateRefusal::LockEnded),
        KeyLockState::Removed => None,
    }
}

/// Another certificate of the same key: in force here it is renewed by signing in; in force elsewhere, or
/// lost, it is no lock to add.
fn refusal_of_key(same_key: &KeyLock, enterprise: &Enterprise) -> Option<ActivateRefusal> {
    let is_ours = same_key.enterprise_id == enterprise.id;
    match (same_key.state, is_ours) {
        (KeyLockState::Active, true) => Some(ActivateRefusal::AlreadyActive),
        (KeyLockState::Active, false) => Some(ActivateRefusal::BoundElsewhere),
        (KeyLockState::Lost | KeyLockState::Revoked, _) => Some(ActivateRefusal::LockEnded),
        (KeyLockState::Removed, _) => None,
    }
}

/// 主锁与副锁单位名称一致, and the credit code too where the certificate has one. A certificate without one
/// counts by its name alone, as at binding: whoever adds it holds the primary lock.
fn speaks_for(recognised: &Recognised, enterprise: &Enterprise) -> Result<(), ActivateRefusal> {
    if recognised.holder_name() != enterprise.name {
        return Err(ActivateRefusal::NameDiffers);
    }
    let code = recognised.credit_code();
    if code.is_some_and(|code| *code != enterprise.credit_code) {
        return Err(ActivateRefusal::CreditCodeDiffers);
    }
    Ok(())
}

/// Who bound the primary lock answers for the secondary one; where that was bought nobody typed.
fn secondary(
    cx: &Cx,
    recognised: &Recognised,
    attempt: &ActivateAttempt,
    primary: &KeyLock,
) -> KeyLock {
    let certificate = recognised.certificate();
    KeyLock {
        id: KeyLockId::generate(&*cx.rng, cx.now),
        enterprise_id: primary.enterprise_id.clone(),
        role: LockRole::Secondary,
        state: KeyLockState::Active,
        certificate_der: certificate.der().to_vec(),
        thumbprint: recognised.thumbprint(),
        ca_id: recognised.ca_id().clone(),
        ca_name: recognised.ca_name().to_owned(),
        holder_name: recognised.holder_name().to_owned(),
        ca_platform: String::new(),
        serial_number: certificate.serial_number().to_owned(),
        key_number: recognised.key_number().to_owned(),
        media_number: attempt.media_number.clone(),
        not_before: Timestamp::from_unix_seconds(certificate.not_before()),
        not_after: Timestamp::from_unix_seconds(certificate.not_after()),
        bound_by: primary.bound_by.clone(),
        bound_at: cx.now,
        ended_at: None,
    }
}
