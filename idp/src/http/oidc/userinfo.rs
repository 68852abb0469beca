//! `/oauth2/userinfo` (`OpenID` Connect Core §5.3, RFC 6750): a token opens what was granted.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::userinfo::{
    self, UserInfoAnswer, UserinfoRefusal, note, read_access_token, user_info,
};
use protocol::claims::AccessTokenClaims;

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::extract::form::pairs;
use crate::http::extract::revoked;

enum Ended {
    /// No token came: the challenge carries no error (RFC 6750 §3.1).
    NoToken,
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
        Ok(info) => answer::begin(&visit, StatusCode::OK).json(info),
        Err(Ended::NoToken) => ask_for_token(&visit),
        Err(Ended::Refused(refusal, claims)) => refuse(&visit, refusal, claims).await,
        Err(Ended::Failed(failure)) => answer::fail(&visit, &failure),
    }
}

async fn disclosed(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<UserInfoAnswer, Ended> {
    let token = bearer(request, form)?;
    let claims = read_access_token(&visit.cx, &*visit.state.keys, &token)
        .map_err(|refusal| Ended::Refused(refusal, None))?;
    let claims = Box::new(claims);
    let (asked, cx) = (claims.clone(), visit.cx.clone());
    let found = visit
        .state
        .database
        .read(move |store| userinfo::answer(store, &cx, &asked))
        .await
        .map_err(|error| Ended::Failed(error.into()))?;
    let standing = match found {
        Ok(standing) => standing,
        Err(refusal) => return Err(Ended::Refused(refusal, Some(claims))),
    };
    // A list that came in since the sign-in counts at once, and a change of the registry too.
    if revoked::is_over(visit, &standing.key_lock)
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
    Ok(user_info(&standing, &claims))
}

/// The one token of a request (RFC 6750 §2). Never from the query (RFC 9700 §4.3.2).
fn bearer(request: &HttpRequest, form: &[(String, String)]) -> Result<String, Ended> {
    let malformed = || Ended::Refused(UserinfoRefusal::InvalidRequest, None);
    if pairs(request.query_string().as_bytes())
        .iter()
        .any(|(name, _)| name == "access_token")
    {
        return Err(malformed());
    }
    let by_body: Vec<&String> = form
        .iter()
        .filter(|(name, _)| name == "access_token")
        .map(|(_, token)| token)
        .collect();
    let by_header: Vec<_> = request.headers().get_all(header::AUTHORIZATION).collect();
    match (by_header.as_slice(), by_body.as_slice()) {
        ([], []) => Err(Ended::NoToken),
        ([value], []) => value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned())
            .ok_or(Ended::NoToken),
        ([], [token]) => Ok((*token).clone()),
        _ => Err(malformed()),
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
        return answer::fail(visit, &failure);
    }
    let status = match refusal {
        UserinfoRefusal::InvalidRequest => StatusCode::BAD_REQUEST,
        UserinfoRefusal::InvalidToken | UserinfoRefusal::Expired | UserinfoRefusal::Revoked => {
            StatusCode::UNAUTHORIZED
        }
    };
    let (error, description) = (refusal.code(), refusal.description());
    let challenge = format!(r#"Bearer error="{error}", error_description="{description}""#);
    let mut answer = answer::begin(visit, status);
    answer.insert_header((header::WWW_AUTHENTICATE, challenge));
    answer::refuse(visit, answer, ("userinfo", error, description))
}

/// Nothing was presented, so nothing was refused: a line in the log, no event, and no error in the answer
/// (RFC 6750 §3.1).
fn ask_for_token(visit: &Visit) -> HttpResponse {
    tracing::info!(incident = %visit.incident_id, endpoint = "userinfo", "no token came");
    answer::begin(visit, StatusCode::UNAUTHORIZED)
        .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
        .finish()
}
