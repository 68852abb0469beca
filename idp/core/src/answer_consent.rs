//! Flow: the answer on the consent page (确认授权 or 拒绝).
//!
//! Writes the record, the standing consent and, where a platform's request waits, the code that goes
//! out, in one transaction.

use crate::audit::{AuditEvent, AuditKind};
use crate::authorization::{AuthorizationCode, AuthorizationRequest};
use crate::consent::{
    CLAIMS_VERSION, ConsentOffer, ConsentOutcome, ConsentRecord, FreshConsent, StandingConsent,
    TEXT_VERSION,
};
use crate::cx::{Caller, Cx};
use crate::ending::end_grants_to;
use crate::id::ConsentId;
use crate::presence::{Present, hold_present};
use crate::store::{Store, StoreError};

/// What the answer led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The sign-in has ended since the request came: nothing was said. Written down.
    NotPresent,
    /// 拒绝. Written down.
    Refused,
    /// 确认授权 at the portal: the platform's request will be let through once.
    Fresh(FreshConsent),
    /// 确认授权 for a waiting request: the code that goes out.
    Code(Box<AuthorizationCode>),
}

/// Writes the answer down.
pub fn answer_consent(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (offer, outcome): (&ConsentOffer, ConsentOutcome),
    (present, request): (&Present, Option<&AuthorizationRequest>),
) -> Result<Answered, StoreError> {
    // Held: whoever ends the sign-in at this moment, or what it stands on, is waited for, or waits and finds it all.
    if hold_present(store, &present.authentication, cx.now)?.is_none() {
        store.append_audit(&not_present_event(cx, caller, offer, present))?;
        return Ok(Answered::NotPresent);
    }
    let record = record(cx, offer, outcome);
    store.insert_consent_record(&record)?;
    store.append_audit(&answered_event(cx, caller, present, &record))?;
    if outcome != ConsentOutcome::Granted {
        take_back(store, cx, &record)?;
        return Ok(Answered::Refused);
    }
    store.upsert_standing_consent(&StandingConsent {
        enterprise_id: record.enterprise_id.clone(),
        platform_id: record.platform_id.clone(),
        consent_id: record.id.clone(),
        scopes: record.scopes.clone(),
        claims: record.claims.clone(),
        claims_version: record.claims_version,
        granted_at: cx.now,
        revoked_at: None,
    })?;
    match request {
        Some(request) => {
            let code = AuthorizationCode::for_request(cx, request, present, &record.id);
            store.append_audit(&code.issued_event(cx, caller))?;
            Ok(Answered::Code(Box::new(code)))
        }
        None => Ok(Answered::Fresh(FreshConsent {
            consent_id: record.id,
            enterprise_id: record.enterprise_id,
            key_lock_id: record.key_lock_id,
            scopes: record.scopes,
            claims: record.claims,
        })),
    }
}

/// A refusal also ends what was given before, tokens included: the last word counts.
fn take_back(store: &mut dyn Store, cx: &Cx, record: &ConsentRecord) -> Result<(), StoreError> {
    let standing = store.find_standing_consent(&record.enterprise_id, &record.platform_id)?;
    if let Some(standing) = standing.filter(|consent| consent.revoked_at.is_none()) {
        store.upsert_standing_consent(&StandingConsent {
            revoked_at: Some(cx.now),
            ..standing
        })?;
    }
    // After the consent: whoever redeems a code at this moment holds it, and is waited for there.
    end_grants_to(store, cx, &record.enterprise_id, &record.platform_id)
}

fn record(cx: &Cx, offer: &ConsentOffer, outcome: ConsentOutcome) -> ConsentRecord {
    ConsentRecord {
        id: ConsentId::generate(&*cx.rng, cx.now),
        enterprise_id: offer.enterprise_id.clone(),
        key_lock_id: offer.key_lock_id.clone(),
        platform_id: offer.platform_id.clone(),
        scopes: offer.scopes.clone(),
        claims: offer.claims.clone(),
        claims_version: CLAIMS_VERSION,
        text_version: TEXT_VERSION,
        language: offer.language.clone(),
        outcome,
        at: cx.now,
    }
}

fn not_present_event(
    cx: &Cx,
    caller: &Caller,
    offer: &ConsentOffer,
    present: &Present,
) -> AuditEvent {
    AuditEvent {
        reason: Some("sign-in-ended".to_owned()),
        enterprise_id: Some(offer.enterprise_id.clone()),
        key_lock_id: Some(offer.key_lock_id.clone()),
        platform_id: Some(offer.platform_id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        incident_id: Some(caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::ConsentMisused)
    }
}

fn answered_event(
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    record: &ConsentRecord,
) -> AuditEvent {
    let kind = match record.outcome {
        ConsentOutcome::Granted => AuditKind::ConsentGranted,
        ConsentOutcome::Refused => AuditKind::ConsentRefused,
        ConsentOutcome::Revoked => AuditKind::ConsentRevoked,
    };
    AuditEvent {
        enterprise_id: Some(record.enterprise_id.clone()),
        key_lock_id: Some(record.key_lock_id.clone()),
        platform_id: Some(record.platform_id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        consent_id: Some(record.id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(
            format!("{} {}", record.scopes, record.claims)
                .trim_end()
                .to_owned(),
        ),
        ..AuditEvent::new(cx, kind)
    }
}
