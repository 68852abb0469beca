//! Trail: refusals that no flow of the core sees, written down before they are answered.
//!
//! Owns how such an event looks: the visit's incident and address are always in it. Does not know why
//! something was refused.

use idp_core::audit::{AuditEvent, AuditKind};

use super::error::Failure;
use super::extract::Visit;

/// An event of this visit; the caller adds what else it knows.
pub fn event(visit: &Visit, kind: AuditKind, reason: &str) -> AuditEvent {
    let caller = visit.caller();
    AuditEvent {
        reason: Some(reason.to_owned()),
        incident_id: Some(caller.incident_id),
        remote_address: caller.remote_address,
        ..AuditEvent::new(&visit.cx, kind)
    }
}

/// Writes it down.
pub async fn write(visit: &Visit, event: AuditEvent) -> Result<(), Failure> {
    visit
        .state
        .database
        .write(move |store| store.append_audit(&event))
        .await
        .map_err(Failure::from)
}

/// Writes it down; answers `refusal`, or why it can't be written.
pub async fn refused(visit: &Visit, event: AuditEvent, refusal: Failure) -> Failure {
    match write(visit, event).await {
        Ok(()) => refusal,
        Err(failure) => failure,
    }
}
