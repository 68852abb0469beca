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
use crate::consent_statement::{ConsentSigner, ConsentStatement};
use crate::cx::{Caller, Cx};
use crate::ending::end_grants_to;
use crate::id::ConsentId;
use crate::presence::{Present, hold_present};
use crate::signed_consent::Agreed;
use crate::store::{Store, StoreError};
use crate::taking_back::note_withdrawn;

/// What the person said.
#[derive(Clone, Debug)]
pub enum Said {
    /// 确认授权, as the platform asks for it.
    Grant(Agreed),
    /// 拒绝
    Refuse,
}

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
    (offer, said): (&ConsentOffer, &Said),
    (present, request): (&Present, Option<&AuthorizationRequest>),
) -> Result<Answered, StoreError> {
    // Held: whoever ends the sign-in at this moment, or what it stands on, is waited for, or waits and finds it all.
    if hold_present(store, &present.authentication, cx.now)?.is_none() {
        store.append_audit(&not_present_event(cx, caller, offer, present))?;
        return Ok(Answered::NotPresent);
    }
    let Said::Grant(agreed) = said else {
        let record = record(cx, offer, ConsentOutcome::Refused);
        store.insert_consent_record(&record)?;
        store.append_audit(&AuditEvent {
            remote_address: caller.remote_address.clone(),
            detail: Some(what(&record)),
            ..event(cx, present, (&record, AuditKind::ConsentRefused))
        })?;
        take_back(store, cx, &record)?;
        return Ok(Answered::Refused);
    };
    let record = record(cx, offer, ConsentOutcome::Granted);
    store.insert_consent_record(&record)?;
    let signed_by = keep(store, cx, present, (&record, offer, agreed))?;
    store.upsert_standing_consent(&StandingConsent {
        enterprise_id: record.enterprise_id.clone(),
        platform_id: record.platform_id.clone(),
        consent_id: record.id.clone(),
        scopes: record.scopes.clone(),
        claims: record.claims.clone(),
        claims_version: record.claims_version,
        granted_at: cx.now,
        revoked_at: None,
        signed_by,
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
            signed_by,
        })),
    }
}

/// Keeps what was agreed to. Its event holds text and signature by their digests, and names no address: receipts show its
/// line, and the address stands with the code that goes out.
fn keep(
    store: &mut dyn Store,
    cx: &Cx,
    present: &Present,
    (record, offer, agreed): (&ConsentRecord, &ConsentOffer, &Agreed),
) -> Result<ConsentSigner, StoreError> {
    let statement = ConsentStatement {
        consent_id: record.id.clone(),
        text: offer.statement.clone(),
        signature: agreed.signature().cloned(),
    };
    store.insert_consent_statement(&statement)?;
    store.append_consent_audit(&AuditEvent {
        detail: Some(format!("{} {}", what(record), statement.words())),
        ..event(cx, present, (record, AuditKind::ConsentGranted))
    })?;
    Ok(statement.signer())
}

/// A refusal also ends what was given before, tokens included: the last word counts.
fn take_back(store: &mut dyn Store, cx: &Cx, record: &ConsentRecord) -> Result<(), StoreError> {
    let standing = store.find_standing_consent(&record.enterprise_id, &record.platform_id)?;
    if let Some(standing) = standing.filter(|consent| consent.revoked_at.is_none()) {
        note_withdrawn(store, cx, &standing)?;
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

fn event(cx: &Cx, present: &Present, (record, kind): (&ConsentRecord, AuditKind)) -> AuditEvent {
    AuditEvent {
        enterprise_id: Some(record.enterprise_id.clone()),
        key_lock_id: Some(record.key_lock_id.clone()),
        platform_id: Some(record.platform_id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        consent_id: Some(record.id.clone()),
        ..AuditEvent::new(cx, kind)
    }
}

/// What was asked for.
fn what(record: &ConsentRecord) -> String {
    let what = format!("{} {}", record.scopes, record.claims);
    what.trim_end().to_owned()
}
