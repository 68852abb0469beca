//! Flow: sign out of the provider in this browser, and of the platforms that were entered from it.

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::{Told, end_session};
use crate::session::{Authentication, SessionEnding};
use crate::store::{Store, StoreError};

/// Ends the sign-in's record with what platforms received in it (Back-Channel Logout §2.7), and writes down that the
/// person did. Whoever calls this sends what is answered, once it is durable.
pub fn log_out(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    authentication: &Authentication,
) -> Result<Vec<Told>, StoreError> {
    let told = end_session(store, cx, authentication, SessionEnding::SignedOut)?;
    store.append_audit(&AuditEvent {
        enterprise_id: Some(authentication.enterprise_id.clone()),
        key_lock_id: Some(authentication.key_lock_id.clone()),
        session_id: Some(authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: (!told.is_empty()).then(|| format!("{} platforms", told.len())),
        ..AuditEvent::new(cx, AuditKind::LoggedOut)
    })?;
    Ok(told)
}
