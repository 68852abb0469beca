//! `POST /oauth2/introspect` (RFC 7662, RFC 9701) and `POST /oauth2/revoke` (RFC 7009).

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::PlatformId;
use idp_core::platform::{Client, JwsAlgorithm, Platform};
use idp_core::token::TokenRefusal;
use idp_core::token_status::{Footing, Introspection, find, introspect, read, revoke};
use serde_json::json;

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::client::{Unproven, authenticated, single};
use crate::http::extract::form::pairs;
use crate::http::extract::{Visit, revoked};
use crate::signing::signing;

/// RFC 9701 §5
const JWT: &str = "application/token-introspection+jwt";
/// `typ` of that answer.
const JWT_TYP: &str = "token-introspection+jwt";

/// A question about a token, by a client that proved itself.
struct Asked {
    platform: Arc<Platform>,
    token: String,
}

/// Why nothing is told or done.
enum Ended {
    Refused(TokenRefusal, Option<PlatformId>),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unproven> for Ended {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::Refused(refusal, platform) => Self::Refused(refusal, platform),
            Unproven::Failed(failure) => Self::Failed(failure),
        }
    }
}

async fn asked(visit: &Visit, request: &HttpRequest, body: &[u8]) -> Result<Asked, Ended> {
    let form = pairs(body);
    let platform = authenticated(visit, request, &form).await?;
    let refused = |refusal| Ended::Refused(refusal, Some(platform.id.clone()));
    let token = single(&form, "token").map_err(refused)?;
    let token = token
        .ok_or(TokenRefusal::InvalidRequest("token is missing"))
        .map_err(refused)?;
    Ok(Asked { platform, token })
}

/// `POST /oauth2/revoke`: 200 whether or not there was such a token (RFC 7009 §2.2).
pub async fn give_up(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match given_up(&visit, &request, &body).await {
        Ok(()) => answer::begin(&visit, StatusCode::OK).finish(),
        Err(ended) => refuse(&visit, "revoke", ended).await,
    }
}

async fn given_up(visit: &Visit, request: &HttpRequest, body: &[u8]) -> Result<(), Ended> {
    let asked = asked(visit, request, body).await?;
    let token = read(&visit.cx, &*visit.state.keys, &asked.token);
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let written = visit
        .state
        .database
        .write(move |store| revoke(store, &cx, &caller, &asked.platform, &token));
    Ok(written.await?)
}

/// `POST /oauth2/introspect`
pub async fn look(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match looked(&visit, &request, &body).await {
        Ok((told, platform)) => tell(&visit, &request, &told, &platform).await,
        Err(ended) => refuse(&visit, "introspect", ended).await,
    }
}

async fn looked(
    visit: &Visit,
    request: &HttpRequest,
    body: &[u8],
) -> Result<(Introspection, Arc<Platform>), Ended> {
    let asked = asked(visit, request, body).await?;
    // RFC 7662 §2.1: whoever needs nothing to be taken for the client could ask about every token there is.
    if !asked
        .platform
        .active_client()
        .is_some_and(Client::is_confidential)
    {
        let refusal = TokenRefusal::InvalidClient("a public client may not introspect");
        return Err(Ended::Refused(refusal, Some(asked.platform.id.clone())));
    }
    let token = read(&visit.cx, &*visit.state.keys, &asked.token);
    let named = token.clone();
    let footing = visit
        .state
        .database
        .read(move |store| find(store, &named))
        .await?;
    let is_over = match &footing {
        Footing::Grant(found) => revoked::is_over(visit, &found.standing.key_lock).await?,
        Footing::Itself | Footing::Nothing => false,
    };
    let told = introspect(&visit.cx, &asked.platform, &token, &footing, is_over);
    Ok((told, asked.platform))
}

async fn tell(
    visit: &Visit,
    request: &HttpRequest,
    told: &Introspection,
    platform: &Platform,
) -> HttpResponse {
    let accepted = request.headers().get(header::ACCEPT);
    let wants_jwt = accepted
        .and_then(|a| a.to_str().ok())
        .is_some_and(|a| a.contains(JWT));
    let mut begun = answer::begin(visit, StatusCode::OK);
    if !wants_jwt {
        return begun.json(told);
    }
    let claims = json!({
        "iss": visit.state.settings.issuer,
        "aud": platform.id.as_str(),
        "iat": visit.cx.now.unix_seconds(),
        "token_introspection": told,
    });
    let alg = platform
        .active_client()
        .map_or(JwsAlgorithm::Es256, |client| client.id_token_alg);
    let signed = signing(&visit.state.keys, move |signer| {
        signer.sign(alg, JWT_TYP, claims.to_string().as_bytes())
    });
    match signed.await.flatten() {
        Ok(jwt) => begun.insert_header((header::CONTENT_TYPE, JWT)).body(jwt),
        Err(error) => answer::fail(visit, &error.into()),
    }
}

async fn refuse(visit: &Visit, endpoint: &'static str, ended: Ended) -> HttpResponse {
    let (refusal, platform) = match ended {
        Ended::Refused(refusal, platform) => (refusal, platform),
        Ended::Failed(failure) => return answer::fail(visit, &failure),
    };
    answer::refuse_client(visit, endpoint, (refusal, platform)).await
}
