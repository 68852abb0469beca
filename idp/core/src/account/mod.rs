//! Flow: an enterprise's own account (个人信息维护) besides its locks: its information, its consents, its
//! sign-ins.
//!
//! Owns what an enterprise may change by itself. What others rely on as registered (name, credit code,
//! legal representative, region) an operator changes, see [`crate::operate`]. Each change reads anew who is
//! present: a sign-in that ended while its request was under way, or is ended at that moment, changes nothing.

mod consents;
mod information;
mod sessions;

pub use consents::revoke_consent;
pub use information::{Information, InformationForm, InformationOutcome, change_information};
pub use sessions::{ToEnd, end_sessions, is_theirs};

use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::cx::{Caller, Cx};
use crate::presence::{Present, hold_present_alone};
use crate::session::Authentication;
use crate::store::{Store, StoreError};

/// Why a change is refused. Each refusal is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountRefusal {
    /// The sign-in has ended since the request came.
    NotPresent,
    /// No sign-in that this one may end, or it has ended.
    SessionUnknown,
    /// There is no consent in force for this platform.
    ConsentNotInForce,
}

impl AccountRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPresent => "session-expired",
            Self::SessionUnknown => "session-unknown",
            Self::ConsentNotInForce => "consent-not-in-force",
        }
    }
}

/// Who is present as of now, read in the transaction that writes and held until it has.
fn present_now(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    authentication: &Authentication,
) -> Result<Result<Present, AccountRefusal>, StoreError> {
    if let Some(present) = hold_present_alone(store, authentication, cx.now)? {
        return Ok(Ok(present));
    }
    let refused = (authentication, AccountRefusal::NotPresent, "");
    refuse(store, cx, caller, refused)
}

/// Writes a refusal down with what was named in the request: a stranger's words, bounded.
fn refuse<T>(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (authentication, refusal, named): (&Authentication, AccountRefusal, &str),
) -> Result<Result<T, AccountRefusal>, StoreError> {
    store.append_audit(&AuditEvent {
        reason: Some(refusal.code().to_owned()),
        incident_id: Some(caller.incident_id.clone()),
        detail: (!named.is_empty()).then(|| operator_words(named)),
        ..event(cx, caller, authentication, AuditKind::AccountRefused)
    })?;
    Ok(Err(refusal))
}

fn event(cx: &Cx, caller: &Caller, authentication: &Authentication, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        enterprise_id: Some(authentication.enterprise_id.clone()),
        key_lock_id: Some(authentication.key_lock_id.clone()),
        session_id: Some(authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    }
}
