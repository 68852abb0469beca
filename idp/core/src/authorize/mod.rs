//! Flow: the authorization endpoint (RFC 6749 §4.1, `OpenID` Connect Core §3.1.2).
//!
//! Reading the request is in [`request`]; here is what happens next: sign in, ask, answer with a code,
//! or refuse. Does not know how a page looks nor how a redirect is written.

pub mod answer;
mod asked;
pub mod claims;
pub mod error;
pub mod object;
pub mod request;

use std::time::Duration;

use crate::audit::{AuditEvent, AuditKind};
use crate::authorization::{Assurance, AuthorizationCode, AuthorizationRequest};
use crate::consent::{FreshConsent, StandingConsent};
use crate::cx::{Caller, Cx};
use crate::id::ConsentId;
use crate::platform::{Client, ConsentPolicy};
use crate::presence::Present;
use crate::store::{Store, StoreError};
use crate::subject::subject;

pub use answer::{Answer, AnswerTo};
pub use error::{ErrorCode, RequestRefusal};

/// What stands in for a question on the consent page.
#[derive(Clone, Debug, Default)]
pub struct ConsentAtHand {
    /// Just given at the portal; already taken from the ephemeral port.
    pub fresh: Option<FreshConsent>,
    /// Given earlier.
    pub standing: Option<StandingConsent>,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A lock has to sign.
    LogIn,
    /// The person has to be asked.
    Ask,
    /// A code can be issued on this consent.
    Issue(ConsentId),
    /// The platform gets an error.
    Refuse(ErrorCode),
}

/// Whether a lock has to sign (again) before this request can go on.
pub fn needs_login(
    cx: &Cx,
    request: &AuthorizationRequest,
    client: &Client,
    present: Option<&Present>,
) -> bool {
    let Some(present) = present else {
        return true;
    };
    let auth_time = present.authentication.auth_time;
    if is_another(cx, request, client, present) {
        return true;
    }
    // Signed for this request: nothing is fresher, however long the person then reads.
    if auth_time >= request.received_at {
        return false;
    }
    let again = request.prompt.login
        || request.prompt.select_account
        || request.assurance == Assurance::KeyLockFresh;
    again
        || request
            .max_age
            .is_some_and(|max_age| cx.now.since(auth_time) > Duration::from_secs(max_age))
}

/// Whether somebody else is present than the one `id_token_hint` names.
fn is_another(cx: &Cx, request: &AuthorizationRequest, client: &Client, present: &Present) -> bool {
    let expected = request.expected_subject.as_deref();
    expected.is_some_and(|sub| sub != subject(cx, client, &present.enterprise.id))
}

/// Decides. `present` and `consent` are what was found now, not when the request came.
pub fn decide(
    cx: &Cx,
    request: &AuthorizationRequest,
    client: &Client,
    present: Option<&Present>,
    consent: &ConsentAtHand,
) -> Decision {
    let Some(present) = present.filter(|p| !needs_login(cx, request, client, Some(p))) else {
        // Whoever signed for this request and is not who the platform expects won't become so by signing
        // once more.
        let signed_as_another = present.is_some_and(|p| {
            is_another(cx, request, client, p) && p.authentication.auth_time >= request.received_at
        });
        return if request.prompt.none || signed_as_another {
            Decision::Refuse(ErrorCode::LoginRequired)
        } else {
            Decision::LogIn
        };
    };
    match consent_for(cx, request, client, present, consent) {
        Some(consent_id) => Decision::Issue(consent_id),
        None if request.prompt.none => Decision::Refuse(ErrorCode::ConsentRequired),
        None => Decision::Ask,
    }
}

fn consent_for(
    cx: &Cx,
    request: &AuthorizationRequest,
    client: &Client,
    present: &Present,
    consent: &ConsentAtHand,
) -> Option<ConsentId> {
    if request.prompt.consent {
        return None;
    }
    let asked = request.claims.all();
    // The portal's own question, just answered by this enterprise with this lock.
    if let Some(fresh) = &consent.fresh
        && fresh.enterprise_id == present.enterprise.id
        && fresh.key_lock_id == present.key_lock.id
        && fresh.signed_by.is_enough_for(client.consent_signature)
        && fresh.scopes.includes(&request.scopes)
        && asked.is_within(&fresh.scopes, &fresh.claims)
    {
        return Some(fresh.consent_id.clone());
    }
    match (client.consent, &consent.standing) {
        (ConsentPolicy::RememberDays(days), Some(standing))
            if standing.signed_by.is_enough_for(client.consent_signature)
                && standing.covers((&request.scopes, &asked), days, cx.now) =>
        {
            Some(standing.consent_id.clone())
        }
        _ => None,
    }
}

/// Makes the code and writes down that it goes out. The caller puts the code where it waits.
pub fn issue_code(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    request: &AuthorizationRequest,
    (present, consent_id): (&Present, &ConsentId),
) -> Result<AuthorizationCode, StoreError> {
    let code = AuthorizationCode::for_request(cx, request, present, consent_id);
    store.append_audit(&code.issued_event(cx, caller))?;
    Ok(code)
}

/// Writes down that a platform got an error.
pub fn note_refusal(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    request: &AuthorizationRequest,
    error: ErrorCode,
) -> Result<(), StoreError> {
    store.append_audit(&AuditEvent {
        reason: Some(error.as_str().to_owned()),
        platform_id: Some(request.platform_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::AuthorizationRefused)
    })
}
