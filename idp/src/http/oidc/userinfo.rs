//! `/oauth2/userinfo` (`OpenID` Connect Core §5.3, RFC 6750): a token opens what was granted.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::grant::GrantStanding;
use idp_core::userinfo::{
    self, UserInfoAnswer, UserinfoRefusal, check_sender, note, read_access_token, signed, user_info,
};
use protocol::claims::AccessTokenClaims;

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::access_token::{Malformed, Presented, access_token};
use crate::http::extract::client_certificate::client_certificate;
use crate::http::extract::form::pairs;
use crate::http::extract::revoked;
use crate::http::extract::{Visit, dpop};
use crate::http::routes;
use crate::signing::signing;

/// What a proof may be signed with (RFC 9449 §7.1).
const ALGORITHMS: &str = r#"algs="ES256 PS256""#;

/// What goes out.
enum Told {
    Plain(UserInfoAnswer),
    Signed(String),
}

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
    let answer = match disclosed(&visit, request, form).await {
        Ok(Told::Plain(info)) => answer::begin(&visit, StatusCode::OK).json(info),
        Ok(Told::Signed(jwt)) => answer::begin(&visit, StatusCode::OK)
            .insert_header((header::CONTENT_TYPE, "application/jwt"))
            .body(jwt),
        Err(Ended::NoToken) => ask_for_token(&visit),
        Err(Ended::Refused(refusal, claims)) => refuse(&visit, refusal, claims).await,
        Err(Ended::Failed(failure)) => answer::fail(&visit, &failure),
    };
    dpop::with_nonce(&visit, request, answer).await
}

async fn disclosed(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<Told, Ended> {
    let presented = match access_token(request, form) {
        Ok(Some(presented)) => presented,
        Ok(None) => return Err(Ended::NoToken),
        Err(Malformed) => return Err(Ended::Refused(UserinfoRefusal::InvalidRequest, None)),
    };
    let jkt = proven_key(visit, request, &presented).await?;
    let claims = read_access_token(&visit.cx, &*visit.state.keys, &presented.text)
        .map_err(|refusal| Ended::Refused(refusal, None))?;
    let claims = Box::new(claims);
    // One that can't be read is none that a token is bound to.
    let shown = client_certificate(&visit.state, request).ok().flatten();
    let x5t = shown.map(|shown| shown.thumbprint());
    if let Err(refusal) = check_sender(&claims, jkt.as_deref(), x5t.as_deref()) {
        return Err(Ended::Refused(refusal, Some(claims)));
    }
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
    let grant_id = standing.grant.id.as_str();
    if !visit.state.delivered.contains_key(grant_id) {
        write(visit, Some(claims.clone()), None)
            .await
            .map_err(Ended::Failed)?;
        visit.state.delivered.insert(grant_id.to_owned(), ());
    }
    told(visit, &standing, &claims).await
}

/// As the client registered: signed, or not.
async fn told(
    visit: &Visit,
    standing: &GrantStanding,
    claims: &AccessTokenClaims,
) -> Result<Told, Ended> {
    let (cx, platform) = (&visit.cx, &standing.platform);
    let client = platform
        .active_client()
        .ok_or(Ended::Refused(UserinfoRefusal::Revoked, None))?;
    let info = user_info(cx, standing, client, claims);
    if client.tokens.userinfo_alg.is_none() {
        return Ok(Told::Plain(info));
    }
    let (cx, id, client) = (cx.clone(), platform.id.clone(), client.clone());
    let jwt = signing(&visit.state.keys, move |signer| {
        signed(&cx, signer, (id.as_str(), &client), &info).ok_or(info)
    });
    match jwt.await.map_err(|error| Ended::Failed(error.into()))? {
        Err(info) => Ok(Told::Plain(info)),
        Ok(Ok(jwt)) => Ok(Told::Signed(jwt)),
        Ok(Err(error)) => Err(Ended::Failed(error.into())),
    }
}

/// The key that was proven, where the token was presented with one (RFC 9449 §7.1).
async fn proven_key(
    visit: &Visit,
    request: &HttpRequest,
    presented: &Presented,
) -> Result<Option<String>, Ended> {
    let refused = |refusal| Ended::Refused(refusal, None);
    let proven = dpop::proven_key(visit, request, (routes::USERINFO, presented)).await;
    proven.map_err(|unproven| match unproven {
        dpop::Unproven::Invalid(why) => refused(UserinfoRefusal::InvalidDpopProof(why)),
        dpop::Unproven::NoNonce => refused(UserinfoRefusal::UseDpopNonce),
        dpop::Unproven::Failed(failure) => Ended::Failed(failure),
    })
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
        _ => StatusCode::UNAUTHORIZED,
    };
    let (error, description) = (refusal.code(), refusal.description());
    let told = format!(r#"error="{error}", error_description="{description}""#);
    let mut answer = answer::begin(visit, status);
    // RFC 9449 §7.1: both ways are named, each in a header of its own.
    answer.append_header((header::WWW_AUTHENTICATE, format!("Bearer {told}")));
    answer.append_header((
        header::WWW_AUTHENTICATE,
        format!("DPoP {told}, {ALGORITHMS}"),
    ));
    answer::refuse(visit, answer, ("userinfo", error, description))
}

/// Nothing was presented, so nothing was refused: a line in the log, no event, and no error in the answer
/// (RFC 6750 §3.1).
fn ask_for_token(visit: &Visit) -> HttpResponse {
    tracing::info!(incident = %visit.incident_id, endpoint = "userinfo", "no token came");
    answer::begin(visit, StatusCode::UNAUTHORIZED)
        .append_header((header::WWW_AUTHENTICATE, "Bearer"))
        .append_header((header::WWW_AUTHENTICATE, format!("DPoP {ALGORITHMS}")))
        .finish()
}
