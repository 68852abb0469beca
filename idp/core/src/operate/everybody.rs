//! Ending every sign-in of everybody, once two operators agreed on it: mass revocation, for the day on which nobody knows whose
//! sign-ins can still be believed. Enterprises, locks and consents stay: everybody signs in anew.

use super::{OperateError, OperateRefusal};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::ending::end_everything;
use crate::hand::Hand;
use crate::proposal::{Approved, Change};
use crate::store::Store;

/// Ends them, and what was given in them; answers how many of each.
pub fn end_every_sign_in(
    store: &mut dyn Store,
    cx: &Cx,
    approved: &Approved,
) -> Result<(usize, usize), OperateError> {
    let Change::EndEverySignIn {} = approved.change() else {
        return Err(OperateRefusal::Nothing("this change is not of everybody's sign-ins").into());
    };
    let (sign_ins, grants) = end_everything(store, cx)?;
    let hand = Hand::of(approved);
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id,
        reason: hand.reason,
        detail: Some(format!(
            "by {}: every one, {sign_ins} sign-ins, {grants} grants",
            hand.by
        )),
        ..AuditEvent::new(cx, AuditKind::SessionsEnded)
    })?;
    Ok((sign_ins, grants))
}
