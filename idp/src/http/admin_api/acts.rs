//! `/api/admin/v1/acts`: everything that is signed for. First what is signed, then that it is: the same act, the same rules
//! and the same four eyes as at the console.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::session::SessionKey;
use protocol::challenge::CHALLENGE_LIFETIME_SECONDS;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::read;
use super::caller::{Caller, Refused, answered_within};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::signed_act::{self, Answered, Signatory};
use crate::operating::{Act, Done, Prepared, prepare};

/// What was signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submitted {
    act: Act,
    nonce: String,
    proof: Proof,
}

/// What the key agent answers, as JSON or as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Proof {
    Text(String),
    Json(serde_json::Map<String, Value>),
}

/// `POST /api/admin/v1/acts/challenge`
pub async fn challenge(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    answered_within(&visit, &request, async |caller| {
        let act: Act = read(&request, &body)?;
        let prepared = prepared(&visit, caller, act).await?;
        let session = session(caller);
        let issued = signed_act::ask(&visit, signatory(caller, &session), &prepared).await?;
        Ok(json!({
            "purpose": issued.purpose.as_str(),
            "origin": visit.state.settings.origin,
            "nonce": issued.nonce,
            "statement": issued.statement,
            "expires_in": CHALLENGE_LIFETIME_SECONDS,
            "verb": prepared.verb(),
            "what": prepared.code,
            "subject": prepared.subject,
            "reason": prepared.reason,
            "digest": prepared.digest,
            // What is decided with it, where two persons decide.
            "change": prepared.change(),
            "act": prepared.act,
        }))
    })
    .await
}

/// `POST /api/admin/v1/acts`
pub async fn submit(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    answered_within(&visit, &request, async |caller| {
        let submitted: Submitted = read(&request, &body)?;
        let prepared = prepared(&visit, caller, submitted.act).await?;
        let session = session(caller);
        let proof = match submitted.proof {
            Proof::Text(text) => text,
            Proof::Json(members) => Value::Object(members).to_string(),
        };
        let answer = (submitted.nonce.as_str(), proof.as_str());
        let signatory = signatory(caller, &session);
        match signed_act::answer(&visit, signatory, (&prepared, answer)).await? {
            Answered::Done(done) => Ok(shown(&done)),
            Answered::Unsigned(code) => Err(Failure::refused(StatusCode::FORBIDDEN, code).into()),
            Answered::Refused(error) => Err(Failure::from(error).into()),
        }
    })
    .await
}

/// The act with what it asks of the caller, who may do it.
async fn prepared(visit: &Visit, caller: &Caller, act: Act) -> Result<Prepared, Refused> {
    let prepared = prepare(&visit.state.database, act)
        .await
        .map_err(Failure::from)?;
    caller.mandate(visit, prepared.right).await?;
    Ok(prepared)
}

/// A challenge is its operator's, whichever token it was asked with.
fn session(caller: &Caller) -> SessionKey {
    SessionKey::of_program(caller.on_duty().operator().id.as_str())
}

fn signatory<'a>(caller: &'a Caller, session: &'a SessionKey) -> Signatory<'a> {
    Signatory {
        on_duty: caller.on_duty(),
        authentication: caller.authentication(),
        session,
    }
}

fn shown(done: &Done) -> Value {
    match done {
        Done::Proposed(id) => json!({ "done": "proposed", "proposal": id.as_str() }),
        Done::Approved(id) => json!({ "done": "approved", "proposal": id.as_str() }),
        Done::Refused(id) => json!({ "done": "refused", "proposal": id.as_str() }),
        Done::Made => json!({ "done": "made" }),
        // Shown this once, as all that is secret.
        Done::RegistrationToken(id, text) => {
            json!({ "done": "made", "registration_token_id": id.as_str(), "secret": text })
        }
        Done::Secret(platform, secret) => {
            json!({ "done": "made", "platform": platform.as_str(), "secret": secret })
        }
    }
}
