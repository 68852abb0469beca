//! Flow: sign out of the provider in this browser. Platforms are told in a later version.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::session::{Authentication, SessionEnding, Which};
use crate::store::{Store, StoreError};

/// Ends the sign-in's record and writes down that the person did.
pub fn log_out(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    authentication: &Authentication,
) -> Result<(), StoreError> {
    let which = Which::One(&authentication.session_id);
    let ending = (cx.now, SessionEnding::SignedOut);
    store.end_sessions(&authentication.enterprise_id, which, ending)?;
    // What platforms received in it ends too (Back-Channel Logout §2.7).
    store.revoke_grants_of(&authentication.enterprise_id, which, cx.now)?;
    store.append_audit(&AuditEvent {
        enterprise_id: Some(authentication.enterprise_id.clone()),
        key_lock_id: Some(authentication.key_lock_id.clone()),
        session_id: Some(authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::LoggedOut)
    })
}
