//! Flow: 企业登录. From a proven, recognised certificate to a sign-in.
//!
//! Owns who may come in and what is written when someone may not. Does not check the proof
//! ([`crate::proof`]) nor the certificate ([`crate::recognition`]).

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::enterprise::EnterpriseState;
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
    /// A newer certificate has taken this one's place.
    CertificateSuperseded,
    /// Bound, but the certificate bears a name that the enterprise no longer has.
    NameOutdated,
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
            Self::CertificateSuperseded => "certificate-superseded",
            Self::NameOutdated => "certificate-name-outdated",
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
            authentication: begin(store, cx, caller, attempt, key_lock)?,
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
    key_lock: KeyLock,
) -> Result<Authentication, StoreError> {
    let authentication = Authentication {
        enterprise_id: key_lock.enterprise_id,
        key_lock_id: key_lock.id,
        auth_time: cx.now,
        session_id: SessionId::generate(&*cx.rng),
    };
    if let Some(old) = &attempt.replaces {
        let replaced = (cx.now, SessionEnding::Replaced);
        store.end_sessions(&old.enterprise_id, Which::One(&old.session_id), replaced)?;
    }
    let address = caller.remote_address.clone();
    let agent = attempt.user_agent.as_deref();
    store.insert_session(&SessionRecord::begin(&authentication, address, agent))?;
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
    let Some(key_lock) = store.find_key_lock_by_thumbprint(recognised.thumbprint())? else {
        return admit_unbound(store, cx, caller, (recognised, attempt));
    };
    if key_lock.state != KeyLockState::Active {
        return Ok(Err(LoginRefusal::LockNotActive));
    }
    match store.find_enterprise(&key_lock.enterprise_id)? {
        Some(enterprise) if enterprise.state == EnterpriseState::Active => {
            // Platforms are told that the name is proven by the certificate.
            if enterprise.name != recognised.holder_name() {
                return Ok(Err(LoginRefusal::NameOutdated));
            }
            Ok(Ok(Admitted {
                key_lock,
                renewed: false,
            }))
        }
        Some(_) | None => Ok(Err(LoginRefusal::EnterpriseSuspended)),
    }
}

/// An unbound certificate continues a lock, or is told what stands in its way: nothing yet, FAQ 3 or FAQ 6.
fn admit_unbound(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (recognised, attempt): (&Recognised, &LoginAttempt),
) -> Result<Result<Admitted, LoginRefusal>, StoreError> {
    let thumbprint = recognised.thumbprint();
    if store.find_superseded_certificate(thumbprint)?.is_some() {
        return Ok(Err(LoginRefusal::CertificateSuperseded));
    }
    let continued = match find_continued(store, recognised, cx.now)? {
        Continuation::Renews(key_lock) => key_lock,
        Continuation::Renamed => return Ok(Err(LoginRefusal::EnterpriseRenamed)),
        Continuation::OtherLock => return Ok(Err(LoginRefusal::CreditCodeBound)),
        Continuation::Unbound => return Ok(Err(LoginRefusal::NotBound)),
    };
    let enterprise = store.find_enterprise(&continued.enterprise_id)?;
    if enterprise.is_none_or(|e| e.state != EnterpriseState::Active) {
        return Ok(Err(LoginRefusal::EnterpriseSuspended));
    }
    let shown = (recognised, attempt.media_number.as_deref());
    if let Some(key_lock) = renew(store, cx, caller, &continued, shown)? {
        return Ok(Ok(Admitted {
            key_lock,
            renewed: true,
        }));
    }
    // Another request renewed or ended the lock in the same moment.
    let standing = store.find_key_lock_by_thumbprint(thumbprint)?;
    let standing = standing.filter(|lock| lock.state == KeyLockState::Active);
    Ok(standing
        .map(|key_lock| Admitted {
            key_lock,
            renewed: true,
        })
        .ok_or(LoginRefusal::LockNotActive))
}
