//! Ending every grant that a platform holds, once two operators agreed on it: mass revocation. The platform stays.

use super::change::DirectoryError;
use super::check::RegistrationRefusal;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::ending::end_grants_held_by;
use crate::hand::Hand;
use crate::proposal::{Approved, Change};
use crate::store::Store;

/// Ends them; answers how many.
pub fn end_grants(
    store: &mut dyn Store,
    cx: &Cx,
    approved: &Approved,
) -> Result<usize, DirectoryError> {
    let Change::EndGrants { platform } = approved.change() else {
        return Err(RegistrationRefusal::Nothing("this change is not of platforms").into());
    };
    if store.hold_platform_alone(platform)?.is_none() {
        return Err(RegistrationRefusal::Unknown(platform.clone()).into());
    }
    let ended = end_grants_held_by(store, cx, platform)?;
    let hand = Hand::of(approved);
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id,
        platform_id: Some(platform.clone()),
        reason: hand.reason,
        detail: Some(format!("by {}: {ended} grants ended", hand.by)),
        ..AuditEvent::new(cx, AuditKind::GrantsEnded)
    })?;
    Ok(ended)
}
