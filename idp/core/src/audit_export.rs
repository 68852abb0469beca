//! Flow: what happened is given out as a file. That it was, to whom and what of it, is an event itself.

use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::cx::{Caller, Cx};
use crate::hand::Hand;
use crate::listing::AuditFilter;
use crate::store::{Store, StoreError};

/// Writes down that events are given out. Before the first of them goes.
pub fn note_audit_export(
    store: &mut dyn Store,
    cx: &Cx,
    (hand, caller): (&Hand, Option<&Caller>),
    (filter, format): (&AuditFilter, &str),
) -> Result<(), StoreError> {
    let what = format!("by {}: {format} {}", hand.by, filter.to_words());
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id.clone(),
        reason: hand.reason.clone(),
        detail: Some(operator_words(what.trim_end())),
        incident_id: caller.map(|caller| caller.incident_id.clone()),
        remote_address: caller.and_then(|caller| caller.remote_address.clone()),
        ..AuditEvent::new(cx, AuditKind::AuditExported)
    })
}
