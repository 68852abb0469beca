//! Flow: 企业登录. From a proven, recognised certificate to a sign-in.
//!
//! Owns who may come in and what is written when someone may not. Does not check the proof
//! ([`crate::proof`]) nor the certificate ([`crate::recognition`]).

use crate::announce::announce_place;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_standing;
use crate::enterprise::{Enterprise, EnterpriseState};
use crate::id::SessionId;
use crate::key_lock::{KeyLock, KeyLockState, Thumbprint};
use crate::proof::ProofRefusal;
use crate::recognition::{CertificateRefusal, Recognised};
use crate::renewal::{Continuation, find_continued, renew};
use crate::revocation;
use crate::session::{Authentication, SessionEnding, SessionRecord, Which};
use crate::store::{Store, StoreError};

/// Why a sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRefusal {
    /// The proof is none.
    Proof(ProofRefusal),
    /// The certificate does not count.
    Certificate(CertificateRefusal),
    /// This lock is not bound; bind first.
    NotBound,
    /// Not bound, but the enterprise is, with another lock (FAQ 3).
    CreditCodeBound,
    /// Not bound; its credit code is, under another name (FAQ 6).
    EnterpriseRenamed,
    /// Removed, lost or revoked.
    LockNotActive,
    /// Not bound, but its key is, to another enterprise.
    BoundElsewhere,
    /// A newer certificate has taken this one's place.
    CertificateSuperseded,
    /// Bound, but the certificate bears a name that the enterprise no longer has.
    NameOutdated,
    /// Bound, but the certificate names another enterprise by its credit code.
    CreditCodeDiffers,
    /// An operator froze the enterprise.
    EnterpriseSuspended,
}

impl LoginRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proof(refusal) => refusal.code(),
            Self::Certificate(refusal) => refusal.code(),
            Self::NotBound => "not-bound",
            Self::CreditCodeBound => "credit-code-bound",
            Self::EnterpriseRenamed => "enterprise-renamed",
            Self::LockNotActive => "lock-not-active",
            Self::BoundElsewhere => "lock-bound-elsewhere",
            Self::CertificateSuperseded => "certificate-superseded",
            Self::NameOutdated => "certificate-name-outdated",
            Self::CreditCodeDiffers => "certificate-credit-code-differs",
            Self::EnterpriseSuspended => "enterprise-suspended",
        }
    }
}

/// What the checks before the store found.
#[derive(Clone, Debug)]
pub struct LoginAttempt {
    /// The verdict so far.
    pub verdict: Result<Recognised, LoginRefusal>,
    /// Of the certificate, where one was proven.
    pub thumbprint: Option<Thumbprint>,
    /// 硬件介质号 from the proof.
    pub media_number: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// Who was signed in in this browser until now.
    pub replaces: Option<Authentication>,
}

/// How a sign-in ended. Both ends are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    /// Signed in.
    SignedIn {
        /// As whom.
        authentication: Authentication,
        /// Whether the lock has a new certificate from now on.
        renewed: bool,
    },
    /// Not.
    Refused(LoginRefusal),
}

/// Decides and writes.
pub fn log_in(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    attempt: &LoginAttempt,
) -> Result<LoginOutcome, StoreError> {
    match admit(store, cx, caller, attempt)? {
        Ok(Admitted { key_lock, renewed }) => Ok(LoginOutcome::SignedIn {
            authentication: begin(store, cx, caller, attempt, &key_lock)?,
            renewed,
        }),
        Err(refusal) => {
            store.append_audit(&AuditEvent {
                reason: Some(refusal.code().to_owned()),
                remote_address: caller.remote_address.clone(),
                incident_id: Some(caller.incident_id.clone()),
                detail: attempt.thumbprint.map(Thumbprint::to_text),
                ..AuditEvent::new(cx, AuditKind::LoginRefused)
            })?;
            Ok(LoginOutcome::Refused(refusal))
        }
    }
}

/// A lock that may sign in.
struct Admitted {
    key_lock: KeyLock,
    renewed: bool,
}

/// Puts the sign-in on record, in place of the one this browser had before.
fn begin(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    attempt: &LoginAttempt,
    key_lock: &KeyLock,
) -> Result<Authentication, StoreError> {
    let authentication = Authentication {
        enterprise_id: key_lock.enterprise_id.clone(),
        key_lock_id: key_lock.id.clone(),
        auth_time: cx.now,
        session_id: SessionId::generate(&*cx.rng),
    };
    let address = caller.remote_address.clone();
    let agent = attempt.user_agent.as_deref();
    let mut session = SessionRecord::begin(&authentication, address, agent);
    // After enterprise and lock, as everywhere: whoever redeems a code of the old sign-in holds them before it.
    if let Some(old) = &attempt.replaces
        && let Some(former) = replace(store, cx, old, &authentication)?
    {
        session = session.continuing(&former);
    }
    announce_place(store, cx, &session, key_lock)?;
    store.insert_session(&session)?;
    store.append_audit(&AuditEvent {
        enterprise_id: Some(authentication.enterprise_id.clone()),
        key_lock_id: Some(authentication.key_lock_id.clone()),
        session_id: Some(authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: attempt.thumbprint.map(Thumbprint::to_text),
        ..AuditEvent::new(cx, AuditKind::LoginSucceeded)
    })?;
    Ok(authentication)
}

/// Ends the sign-in that this browser had. Where the same enterprise signed again, what it was given in it goes on, and
/// ends with the new one; another enterprise's ends now.
fn replace(
    store: &mut dyn Store,
    cx: &Cx,
    old: &Authentication,
    new: &Authentication,
) -> Result<Option<SessionRecord>, StoreError> {
    let which = Which::One(&old.session_id);
    if old.enterprise_id != new.enterprise_id {
        let ending = (which, SessionEnding::Replaced);
        end_standing(store, cx, &old.enterprise_id, ending)?;
        return Ok(None);
    }
    let former = store.find_session_standing(&old.session_id)?;
    store.end_sessions(&old.enterprise_id, which, (cx.now, SessionEnding::Replaced))?;
    let former = former.map(|standing| standing.session);
    Ok(former.filter(|session| session.ended.is_none()))
}

fn admit(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    attempt: &LoginAttempt,
) -> Result<Result<Admitted, LoginRefusal>, StoreError> {
    let recognised = match &attempt.verdict {
        Ok(recognised) => recognised,
        Err(refusal) => {
            let revoked = LoginRefusal::Certificate(CertificateRefusal::Revoked);
            if let (true, Some(thumbprint)) = (*refusal == revoked, attempt.thumbprint) {
                revocation::remember(store, cx, caller, thumbprint)?;
            }
            return Ok(Err(*refusal));
        }
    };
    let Some(bound) = store.find_key_lock_by_thumbprint(recognised.thumbprint())? else {
        return admit_unbound(store, cx, caller, (recognised, attempt));
    };
    if bound.state != KeyLockState::Active {
        return Ok(Err(LoginRefusal::LockNotActive));
    }
    // Held from here on: whoever ends one of the two at this moment finds the sign-in that begins.
    let enterprise = store.hold_enterprise(&bound.enterprise_id)?;
    let Some(enterprise) = enterprise.filter(is_active) else {
        return Ok(Err(LoginRefusal::EnterpriseSuspended));
    };
    let held = store.hold_key_lock(&bound.id)?;
    let as_found =
        |lock: &KeyLock| (lock.state, lock.thumbprint) == (bound.state, bound.thumbprint);
    let Some(key_lock) = held.filter(as_found) else {
        return Ok(Err(LoginRefusal::LockNotActive));
    };
    Ok(speaks_for(recognised, &enterprise).map(|()| Admitted {
        key_lock,
        renewed: false,
    }))
}

/// Whether it may sign in.
fn is_active(enterprise: &Enterprise) -> bool {
    enterprise.state == EnterpriseState::Active
}

/// Platforms are told that the certificate proves the name, and the credit code where it has one. Neither need
/// be what it was at the binding: an operator changes the name, and a CA's profile may read a code where none
/// was read before.
fn speaks_for(recognised: &Recognised, enterprise: &Enterprise) -> Result<(), LoginRefusal> {
    if enterprise.name != recognised.holder_name() {
        return Err(LoginRefusal::NameOutdated);
    }
    let code = recognised.credit_code();
    if code.is_some_and(|code| *code != enterprise.credit_code) {
        return Err(LoginRefusal::CreditCodeDiffers);
    }
    Ok(())
}

/// An unbound certificate continues a lock, or is told what stands in its way: nothing yet, FAQ 3 or FAQ 6.
fn admit_unbound(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (recognised, attempt): (&Recognised, &LoginAttempt),
) -> Result<Result<Admitted, LoginRefusal>, StoreError> {
    if let Some(refusal) = refusal_of_superseded(store, recognised)? {
        return Ok(Err(refusal));
    }
    let shown = (recognised, attempt.media_number.as_deref());
    let key_lock = match continued(find_continued(store, shown, cx.now)?) {
        Ok(key_lock) => key_lock,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // Alone: a renewal ends what stands on the former key, grants too, before the sign-in that this browser had.
    let enterprise = store.hold_enterprise_alone(&key_lock.enterprise_id)?;
    let Some(enterprise) = enterprise.filter(is_active) else {
        return Ok(Err(LoginRefusal::EnterpriseSuspended));
    };
    // Renamed in this moment.
    if let Err(refusal) = speaks_for(recognised, &enterprise) {
        return Ok(Err(refusal));
    }
    if let Some(key_lock) = renew(store, cx, caller, &key_lock, shown)? {
        return Ok(Ok(Admitted {
            key_lock,
            renewed: true,
        }));
    }
    // Another request renewed or ended the lock, or took the key, in the same moment.
    if let Some(standing) = store.find_key_lock_by_thumbprint(recognised.thumbprint())? {
        let held = store.hold_key_lock(&standing.id)?;
        let as_found = |lock: &KeyLock| {
            lock.state == KeyLockState::Active
                && lock.thumbprint == standing.thumbprint
                && lock.enterprise_id == enterprise.id
        };
        let admitted = held.filter(as_found).map(|key_lock| Admitted {
            key_lock,
            renewed: true,
        });
        return Ok(admitted.ok_or(LoginRefusal::LockNotActive));
    }
    let refusal = continued(find_continued(store, shown, cx.now)?).err();
    Ok(Err(refusal.unwrap_or(LoginRefusal::LockNotActive)))
}

/// The lock that an unbound certificate continues, or what is told instead.
fn continued(continuation: Continuation) -> Result<Box<KeyLock>, LoginRefusal> {
    match continuation {
        Continuation::Renews(key_lock) => Ok(key_lock),
        Continuation::Renamed => Err(LoginRefusal::EnterpriseRenamed),
        Continuation::OtherLock => Err(LoginRefusal::CreditCodeBound),
        Continuation::Elsewhere(KeyLockState::Active) => Err(LoginRefusal::BoundElsewhere),
        Continuation::Elsewhere(_) => Err(LoginRefusal::LockNotActive),
        Continuation::Unbound => Err(LoginRefusal::NotBound),
    }
}

/// A certificate that a lock had before. Where the one it has now brought a new name, that is what to say.
fn refusal_of_superseded(
    store: &mut dyn Store,
    recognised: &Recognised,
) -> Result<Option<LoginRefusal>, StoreError> {
    let Some(old) = store.find_superseded_certificate(recognised.thumbprint())? else {
        return Ok(None);
    };
    let now = store.find_key_lock(&old.key_lock_id)?;
    let is_renamed = now.is_some_and(|lock| lock.holder_name != old.holder_name);
    Ok(Some(if is_renamed {
        LoginRefusal::NameOutdated
    } else {
        LoginRefusal::CertificateSuperseded
    }))
}
