//! `/oauth2/userinfo` (`OpenID` Connect Core §5.3, RFC 6750): a token opens what was granted.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::userinfo::{UserinfoRefusal, answer, note, read_access_token, user_info};
use protocol::claims::{AccessTokenClaims, UserInfo};
use serde_json::json;

use super::cors;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::extract::form::pairs;
use crate::http::extract::revoked;

enum Ended {
    /// No token came: the challenge carries no error (RFC 6750 §3.1).
    NoToken,
    /// By query, or by header and body at once.
    Malformed,
    Refused(UserinfoRefusal, Option<Box<AccessTokenClaims>>),
    Failed(Failure),
}

/// `GET /oauth2/userinfo`
pub async fn by_header(visit: Visit, request: HttpRequest) -> HttpResponse {
    answered(visit, &request, &[]).await
}

/// `POST /oauth2/userinfo`
pub async fn by_header_or_body(
    visit: Visit,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    answered(visit, &request, &pairs(&body)).await
}

async fn answered(visit: Visit, request: &HttpRequest, form: &[(String, String)]) -> HttpResponse {
    match disclosed(&visit, request, form).await {
        Ok(info) => cors::open(&mut HttpResponse::Ok())
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(info),
        Err(Ended::NoToken) => challenge(401, "Bearer"),
        Err(Ended::Malformed) => challenge(400, r#"Bearer error="invalid_request""#),
        Err(Ended::Refused(refusal, claims)) => refuse(&visit, refusal, claims).await,
        Err(Ended::Failed(failure)) => failed(&visit, &failure),
    }
}

async fn disclosed(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<UserInfo, Ended> {
    let token = bearer(request, form)?;
    let claims = read_access_token(&visit.cx, &*visit.state.keys, &token)
        .map_err(|refusal| Ended::Refused(refusal, None))?;
    let claims = Box::new(claims);
    let (asked, cx) = (claims.clone(), visit.cx.clone());
    let found = visit
        .state
        .database
        .read(move |store| answer(store, &cx, &asked))
        .await
        .map_err(|error| Ended::Failed(error.into()))?;
    let standing = match found {
        Ok(standing) => standing,
        Err(refusal) => return Err(Ended::Refused(refusal, Some(claims))),
    };
    // A list that came in since the sign-in counts at once.
    if revoked::is_revoked(visit, &standing.key_lock)
        .await
        .map_err(Ended::Failed)?
    {
        return Err(Ended::Refused(UserinfoRefusal::Revoked, Some(claims)));
    }
    // The event that a platform received the data is written at its first reading.
    if !visit.state.delivered.contains_key(&claims.grant_id) {
        write(visit, Some(claims.clone()), None)
            .await
            .map_err(Ended::Failed)?;
        visit.state.delivered.insert(claims.grant_id.clone(), ());
    }
    Ok(user_info(&standing))
}

/// The one token of a request. Never from the query (RFC 9700 §4.3.2).
fn bearer(request: &HttpRequest, form: &[(String, String)]) -> Result<String, Ended> {
    if pairs(request.query_string().as_bytes())
        .iter()
        .any(|(name, _)| name == "access_token")
    {
        return Err(Ended::Malformed);
    }
    let by_body: Vec<&String> = form
        .iter()
        .filter(|(name, _)| name == "access_token")
        .map(|(_, token)| token)
        .collect();
    let by_header = request.headers().get(header::AUTHORIZATION);
    match (by_header, by_body.as_slice()) {
        (None, []) => Err(Ended::NoToken),
        (Some(value), []) => value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned())
            .ok_or(Ended::NoToken),
        (None, [token]) => Ok((*token).clone()),
        _ => Err(Ended::Malformed),
    }
}

async fn write(
    visit: &Visit,
    claims: Option<Box<AccessTokenClaims>>,
    refusal: Option<UserinfoRefusal>,
) -> Result<(), Failure> {
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    visit
        .state
        .database
        .write(move |store| note(store, &cx, &caller, claims.as_deref(), refusal))
        .await
        .map_err(Failure::from)
}

async fn refuse(
    visit: &Visit,
    refusal: UserinfoRefusal,
    claims: Option<Box<AccessTokenClaims>>,
) -> HttpResponse {
    if let Err(failure) = write(visit, claims, Some(refusal)).await {
        return failed(visit, &failure);
    }
    let text = format!(
        r#"Bearer error="invalid_token", error_description="{}""#,
        refusal.description()
    );
    challenge(401, &text)
}

fn challenge(status: u16, text: &str) -> HttpResponse {
    let mut answer = match status {
        400 => HttpResponse::BadRequest(),
        _ => HttpResponse::Unauthorized(),
    };
    cors::open(&mut answer)
        .insert_header((header::WWW_AUTHENTICATE, text))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn failed(visit: &Visit, failure: &Failure) -> HttpResponse {
    failure.log(&visit.incident_id);
    cors::open(&mut HttpResponse::build(failure.status))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "error": "temporarily_unavailable", "error_description": visit.incident_id.as_str() }))
}
