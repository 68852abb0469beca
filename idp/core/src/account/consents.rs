//! Taking a consent back: what the platform was given ends at once, and a record stays.

use super::{AccountRefusal, event, present_now, refuse};
use crate::audit::{AuditEvent, AuditKind};
use crate::consent::{ConsentOutcome, ConsentRecord, StandingConsent, TEXT_VERSION};
use crate::cx::{Caller, Cx};
use crate::ending::end_grants_to;
use crate::id::{ConsentId, PlatformId};
use crate::session::Authentication;
use crate::store::{Store, StoreError};

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
    let record = ConsentRecord {
        id: ConsentId::generate(&*cx.rng, cx.now),
        enterprise_id: present.enterprise.id.clone(),
        key_lock_id: present.key_lock.id.clone(),
        platform_id: platform.clone(),
        scopes: standing.scopes.clone(),
        claims: standing.claims.clone(),
        claims_version: standing.claims_version,
        text_version: TEXT_VERSION,
        language: language.to_owned(),
        outcome: ConsentOutcome::Revoked,
        at: cx.now,
    };
    store.insert_consent_record(&record)?;
    store.upsert_standing_consent(&StandingConsent {
        revoked_at: Some(cx.now),
        ..standing
    })?;
    end_grants_to(store, cx, &present.enterprise.id, platform)?;
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.clone()),
        consent_id: Some(record.id),
        detail: Some(record.scopes.to_string()),
        ..event(cx, caller, authentication, AuditKind::ConsentRevoked)
    })?;
    Ok(Ok(()))
}
