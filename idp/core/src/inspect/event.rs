//! One event, with its place in the log.

use super::EventNames;
use crate::audit::{AuditEntry, AuditEvent, AuditKind, AuditSalt};
use crate::id::{
    ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId,
};
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;
use crate::transparency::{AuditRecord, find_index};

/// An event as an auditor sees it.
#[derive(Clone, Debug)]
pub struct EventSight {
    /// The event.
    pub entry: AuditEntry,
    /// What it names.
    pub names: EventNames,
    /// Its line in the log; `None`: it has no place yet.
    pub index: Option<u64>,
    /// Whether its row still says what was written.
    pub is_as_written: bool,
}

/// Looks at the event of this number; `None`: there is none, or its row stands in a sealed segment.
pub fn look_at_event(
    store: &mut dyn Store,
    sequence: i64,
) -> Result<Option<EventSight>, StoreError> {
    let before = sequence.saturating_sub(1);
    let found = store.list_audit_records((before, sequence), 1)?;
    let Some(record) = found.into_iter().next() else {
        return Ok(None);
    };
    let is_as_written = record.is_as_written();
    let Some(event) = event(record) else {
        return Ok(None);
    };
    let entry = AuditEntry { sequence, event };
    Ok(Some(EventSight {
        names: EventNames::of(store, std::slice::from_ref(&entry))?,
        index: find_index(store, sequence)?,
        is_as_written,
        entry,
    }))
}

/// `None`: a kind that this program does not know.
fn event(record: AuditRecord) -> Option<AuditEvent> {
    Some(AuditEvent {
        at: Timestamp::from_unix_millis(record.at),
        kind: AuditKind::of_word(&record.kind)?,
        reason: record.reason,
        operator_id: record.operator_id.map(OperatorId::from_text),
        enterprise_id: record.enterprise_id.map(EnterpriseId::from_text),
        key_lock_id: record.key_lock_id.map(KeyLockId::from_text),
        platform_id: record.platform_id.map(PlatformId::from_text),
        session_id: record.session_id.map(SessionId::from_text),
        consent_id: record.consent_id.map(ConsentId::from_text),
        grant_id: record.grant_id.map(GrantId::from_text),
        incident_id: record.incident_id.map(IncidentId::from_text),
        remote_address: record.remote_address,
        detail: record.detail,
        salt: record
            .salt
            .and_then(|salt| salt.try_into().ok())
            .map(AuditSalt),
    })
}
