//! Taking a consent back: what the platform was given ends at once, and a record stays.

use super::{AccountRefusal, event, present_now, refuse};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::id::PlatformId;
use crate::session::Authentication;
use crate::store::{Store, StoreError};
use crate::taking_back::take_back;

/// Takes back what the enterprise lets a platform have. `language` is that of the page where it was done.
pub fn revoke_consent(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    authentication: &Authentication,
    (platform, language): (&PlatformId, &str),
) -> Result<Result<(), AccountRefusal>, StoreError> {
    let present = match present_now(store, cx, caller, authentication)? {
        Ok(present) => present,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let standing = store.find_standing_consent(&present.enterprise.id, platform)?;
    let Some(standing) = standing.filter(|consent| consent.revoked_at.is_none()) else {
        let refusal = AccountRefusal::ConsentNotInForce;
        return refuse(
            store,
            cx,
            caller,
            (authentication, refusal, platform.as_str()),
        );
    };
    let with = (&present.key_lock.id, language);
    let record = take_back(store, cx, standing, with)?;
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.clone()),
        consent_id: Some(record.id),
        detail: Some(record.scopes.to_string()),
        ..event(cx, caller, authentication, AuditKind::ConsentRevoked)
    })?;
    Ok(Ok(()))
}
