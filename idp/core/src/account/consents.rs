//! Taking a consent back: what the platform was given ends at once, and a record stays.

use super::event;
use crate::audit::{AuditEvent, AuditKind};
use crate::consent::{ConsentOutcome, ConsentRecord, StandingConsent, TEXT_VERSION};
use crate::cx::{Caller, Cx};
use crate::id::{ConsentId, PlatformId};
use crate::presence::Present;
use crate::store::{Store, StoreError};

/// Takes back what the enterprise lets a platform have; `false` when there is no consent in force.
/// `language` is that of the page where it was done.
pub fn revoke_consent(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    (platform, language): (&PlatformId, &str),
) -> Result<bool, StoreError> {
    let standing = store.find_standing_consent(&present.enterprise.id, platform)?;
    let Some(standing) = standing.filter(|consent| consent.revoked_at.is_none()) else {
        return Ok(false);
    };
    let record = ConsentRecord {
        id: ConsentId::generate(&*cx.rng, cx.now),
        enterprise_id: present.enterprise.id.clone(),
        key_lock_id: present.key_lock.id.clone(),
        platform_id: platform.clone(),
        scopes: standing.scopes.clone(),
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
    store.revoke_grants_to(&present.enterprise.id, platform, cx.now)?;
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.clone()),
        consent_id: Some(record.id),
        detail: Some(record.scopes.to_string()),
        ..event(cx, caller, present, AuditKind::ConsentRevoked)
    })?;
    Ok(true)
}
