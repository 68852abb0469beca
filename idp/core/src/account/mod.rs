//! Flow: an enterprise's own account (个人信息维护) besides its locks: its information, its consents, its
//! sign-ins.
//!
//! Owns what an enterprise may change by itself. What others rely on as registered (name, credit code,
//! legal representative, region) an operator changes, see [`crate::operate`].

mod consents;
mod information;
mod sessions;

pub use consents::revoke_consent;
pub use information::{Information, InformationForm, InformationOutcome, change_information};
pub use sessions::{SessionRefusal, end_other_sessions, end_session, is_theirs};

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::presence::Present;

fn event(cx: &Cx, caller: &Caller, present: &Present, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        enterprise_id: Some(present.enterprise.id.clone()),
        key_lock_id: Some(present.key_lock.id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    }
}
