//! Flow: an operator signs in to the console, and out.
//!
//! Owns who may and what is written when someone may not. Operators are known by the very certificate that was entered
//! for them, so no CA of the registry decides who works here.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::duty::{self, DutyRefusal, OperatorAuthentication};
use crate::key_lock::Thumbprint;
use crate::proof::{ProofRefusal, Proven};
use crate::store::{Store, StoreError};

/// Why a sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorRefusal {
    /// The proof is none.
    Proof(ProofRefusal),
    /// Whoever it is of is not let in.
    Duty(DutyRefusal),
}

impl OperatorRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proof(refusal) => refusal.code(),
            Self::Duty(refusal) => refusal.code(),
        }
    }
}

/// How a sign-in ended. Both ends are written down.
#[derive(Clone, Debug)]
pub enum OperatorOutcome {
    /// Signed in.
    SignedIn(OperatorAuthentication),
    /// Not.
    Refused(OperatorRefusal),
}

/// Decides and writes.
pub fn sign_in(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    proven: &Result<Proven, ProofRefusal>,
) -> Result<OperatorOutcome, StoreError> {
    let thumbprint = (proven.as_ref().ok())
        .map(|proven| Thumbprint(proven.certificate().thumbprint_sha256()).to_text());
    let event = AuditEvent {
        remote_address: caller.remote_address.clone(),
        detail: thumbprint.clone(),
        ..AuditEvent::new(cx, AuditKind::OperatorSignedIn)
    };
    let admitted = match proven {
        Ok(proven) => {
            duty::admit(store, proven.certificate(), cx.now)?.map_err(OperatorRefusal::Duty)
        }
        Err(refusal) => Err(OperatorRefusal::Proof(*refusal)),
    };
    match admitted {
        Ok(on_duty) => {
            let operator_id = on_duty.operator().id.clone();
            store.append_audit(&AuditEvent {
                operator_id: Some(operator_id.clone()),
                ..event
            })?;
            let authentication = OperatorAuthentication {
                operator_id,
                thumbprint: thumbprint.unwrap_or_default(),
                auth_time: cx.now,
            };
            Ok(OperatorOutcome::SignedIn(authentication))
        }
        Err(refusal) => {
            store.append_audit(&AuditEvent {
                kind: AuditKind::OperatorRefused,
                reason: Some(refusal.code().to_owned()),
                incident_id: Some(caller.incident_id.clone()),
                ..event
            })?;
            Ok(OperatorOutcome::Refused(refusal))
        }
    }
}

/// Writes down that an operator signed out.
pub fn sign_out(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    authentication: &OperatorAuthentication,
) -> Result<(), StoreError> {
    store.append_audit(&AuditEvent {
        operator_id: Some(authentication.operator_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::OperatorSignedOut)
    })
}
