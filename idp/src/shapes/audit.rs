//! Events of the audit trail as JSON.

use idp_core::audit::AuditEntry;
use idp_core::id::{
    ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId,
};
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One event.
pub fn event(entry: &AuditEntry) -> Value {
    let event = &entry.event;
    json!({
        "sequence": entry.sequence,
        "at": rfc3339(event.at),
        "at_ms": event.at.unix_millis(),
        "kind": event.kind.as_str(),
        "reason": event.reason,
        "operator": event.operator_id.as_ref().map(OperatorId::as_str),
        "enterprise": event.enterprise_id.as_ref().map(EnterpriseId::as_str),
        "lock": event.key_lock_id.as_ref().map(KeyLockId::as_str),
        "platform": event.platform_id.as_ref().map(PlatformId::as_str),
        "session": event.session_id.as_ref().map(SessionId::as_str),
        "consent": event.consent_id.as_ref().map(ConsentId::as_str),
        "grant": event.grant_id.as_ref().map(GrantId::as_str),
        "incident": event.incident_id.as_ref().map(IncidentId::as_str),
        "remote_address": event.remote_address,
        "detail": event.detail,
    })
}
