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
use crate::revocation;
use crate::session::Authentication;
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
}

/// How a sign-in ended. Both ends are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    /// Signed in.
    SignedIn(Authentication),
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
        Ok(key_lock) => {
            let authentication = Authentication {
                enterprise_id: key_lock.enterprise_id,
                key_lock_id: key_lock.id,
                auth_time: cx.now,
                session_id: SessionId::generate(&*cx.rng),
            };
            store.append_audit(&AuditEvent {
                enterprise_id: Some(authentication.enterprise_id.clone()),
                key_lock_id: Some(authentication.key_lock_id.clone()),
                session_id: Some(authentication.session_id.clone()),
                remote_address: caller.remote_address.clone(),
                detail: attempt.thumbprint.map(Thumbprint::to_text),
                ..AuditEvent::new(cx, AuditKind::LoginSucceeded)
            })?;
            Ok(LoginOutcome::SignedIn(authentication))
        }
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

fn admit(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    attempt: &LoginAttempt,
) -> Result<Result<KeyLock, LoginRefusal>, StoreError> {
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
        return Ok(Err(refusal_of_unbound(store, recognised)?));
    };
    if key_lock.state != KeyLockState::Active {
        return Ok(Err(LoginRefusal::LockNotActive));
    }
    let enterprise = store.find_enterprise(&key_lock.enterprise_id)?;
    Ok(match enterprise.map(|e| e.state) {
        Some(EnterpriseState::Active) => Ok(key_lock),
        Some(EnterpriseState::Suspended) | None => Err(LoginRefusal::EnterpriseSuspended),
    })
}

/// An unbound lock is told what stands in its way: nothing yet, FAQ 3 or FAQ 6.
fn refusal_of_unbound(
    store: &mut dyn Store,
    recognised: &Recognised,
) -> Result<LoginRefusal, StoreError> {
    let Some(credit_code) = recognised.credit_code() else {
        return Ok(LoginRefusal::NotBound);
    };
    Ok(match store.find_enterprise_by_credit_code(credit_code)? {
        None => LoginRefusal::NotBound,
        Some(enterprise) if enterprise.name == recognised.holder_name() => {
            LoginRefusal::CreditCodeBound
        }
        Some(_) => LoginRefusal::EnterpriseRenamed,
    })
}
