//! Shared step: a consent is taken back, by its enterprise or by an operator: what the platform was given ends at once, and a record
//! stays.

use crate::audit::{AuditEvent, AuditKind};
use crate::consent::{ConsentOutcome, ConsentRecord, StandingConsent, TEXT_VERSION};
use crate::cx::Cx;
use crate::ending::end_grants_to;
use crate::id::{ConsentId, KeyLockId};
use crate::store::{Store, StoreError};

/// Takes a consent in force back. `key_lock`: with which lock it was done, or given; `language`: of the page where it was.
pub(crate) fn take_back(
    store: &mut dyn Store,
    cx: &Cx,
    standing: StandingConsent,
    (key_lock, language): (&KeyLockId, &str),
) -> Result<ConsentRecord, StoreError> {
    let record = ConsentRecord {
        id: ConsentId::generate(&*cx.rng, cx.now),
        enterprise_id: standing.enterprise_id.clone(),
        key_lock_id: key_lock.clone(),
        platform_id: standing.platform_id.clone(),
        scopes: standing.scopes.clone(),
        claims: standing.claims.clone(),
        claims_version: standing.claims_version,
        text_version: TEXT_VERSION,
        language: language.to_owned(),
        outcome: ConsentOutcome::Revoked,
        at: cx.now,
    };
    store.insert_consent_record(&record)?;
    let (enterprise, platform) = (&record.enterprise_id, &record.platform_id);
    note_withdrawn(store, cx, &standing)?;
    store.upsert_standing_consent(&StandingConsent {
        revoked_at: Some(cx.now),
        ..standing
    })?;
    end_grants_to(store, cx, enterprise, platform)?;
    Ok(record)
}

/// The line that receipts of this consent, and of those before it, show. It names nobody's address: receipts are handed on.
pub(crate) fn note_withdrawn(
    store: &mut dyn Store,
    cx: &Cx,
    standing: &StandingConsent,
) -> Result<(), StoreError> {
    store.append_consent_audit(&AuditEvent {
        enterprise_id: Some(standing.enterprise_id.clone()),
        platform_id: Some(standing.platform_id.clone()),
        consent_id: Some(standing.consent_id.clone()),
        ..AuditEvent::new(cx, AuditKind::ConsentWithdrawn)
    })
}
