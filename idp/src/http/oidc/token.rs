//! `POST /oauth2/token` (RFC 6749 §3.2): form to typed request, one call, answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::authorization::{AuthorizationCode, code_sha256};
use idp_core::ephemeral::{Spent, TypedEphemeral as _};
use idp_core::id::{KeyLockId, PlatformId};
use idp_core::platform::Platform;
use idp_core::refresh_token::refresh_token_sha256;
use idp_core::token::authorization_code::{Redeemed, Redemption, redeem};
use idp_core::token::mint::{TokenResponse, mint};
use idp_core::token::refresh::{Refreshed, Refreshing, refresh};
use idp_core::token::{GrantType, TokenRefusal, note_refusal};

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::client::{Unproven, authenticated, single};
use crate::http::extract::form::pairs;
use crate::http::extract::{Visit, revoked};

/// Why no tokens come.
enum Ended {
    Refused(TokenRefusal, Option<PlatformId>),
    /// Refused and written down already.
    Written(TokenRefusal),
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

/// `POST /oauth2/token`
pub async fn token(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match answered(&visit, &request, &pairs(&body)).await {
        Ok(tokens) => answer::begin(&visit, StatusCode::OK).json(tokens),
        Err(Ended::Written(refusal)) => refusal_answer(&visit, refusal),
        Err(Ended::Refused(refusal, platform)) => refuse(&visit, refusal, platform).await,
        Err(Ended::Failed(failure)) => answer::fail(&visit, &failure),
    }
}

async fn answered(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<TokenResponse, Ended> {
    let parameter = |name: &str| single(form, name);
    // 1. Authenticate the client.
    let platform = authenticated(visit, request, form).await?;
    let id = platform.id.clone();
    let refused = |refusal| Ended::Refused(refusal, Some(id.clone()));
    // 2. Is the grant type known?
    let grant_type = parameter("grant_type")
        .map_err(refused)?
        .ok_or(TokenRefusal::InvalidRequest("grant_type is missing"))
        .map_err(refused)?;
    match GrantType::of_word(&grant_type) {
        // 3. The grant type's own part; 4. written there.
        Some(GrantType::AuthorizationCode) => {
            let code = parameter("code")
                .map_err(refused)?
                .ok_or(TokenRefusal::InvalidRequest("code is missing"))
                .map_err(refused)?;
            let redirect_uri = parameter("redirect_uri").map_err(refused)?;
            let code_verifier = parameter("code_verifier").map_err(refused)?;
            let sent = Sent {
                code,
                redirect_uri,
                code_verifier,
                resources: all(form, "resource"),
            };
            authorization_code(visit, platform, sent).await
        }
        Some(GrantType::RefreshToken) => {
            let text = parameter("refresh_token")
                .map_err(refused)?
                .ok_or(TokenRefusal::InvalidRequest("refresh_token is missing"))
                .map_err(refused)?;
            let asked = Refreshing {
                lock_is_over: refreshed_lock_is_over(visit, &text).await?,
                text,
                scope: parameter("scope").map_err(refused)?,
                resources: all(form, "resource"),
            };
            refresh_token(visit, platform, asked).await
        }
        None => Err(refused(TokenRefusal::UnsupportedGrantType)),
    }
}

/// Every value of a parameter that may come more than once, each once.
fn all(form: &[(String, String)], name: &str) -> Vec<String> {
    let named = form.iter().filter(|(n, v)| n == name && !v.is_empty());
    let mut values: Vec<String> = named.map(|(_, value)| value.clone()).collect();
    values.sort();
    values.dedup();
    values
}

/// What comes with a code.
struct Sent {
    code: String,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    resources: Vec<String>,
}

async fn authorization_code(
    visit: &Visit,
    platform: Arc<Platform>,
    sent: Sent,
) -> Result<TokenResponse, Ended> {
    let code_sha256 = code_sha256(&sent.code);
    let code = visit
        .state
        .ephemeral
        .spend_record::<AuthorizationCode>(&code_sha256)
        .await?;
    let redemption = Redemption {
        lock_is_over: match &code {
            Spent::Won(code) => lock_is_over(visit, &code.key_lock_id).await?,
            Spent::Before(_) | Spent::Unknown => false,
        },
        code,
        code_sha256,
        redirect_uri: sent.redirect_uri,
        code_verifier: sent.code_verifier,
        resources: sent.resources,
    };
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let redeemed = visit
        .state
        .database
        .write(move |store| redeem(store, &cx, &caller, &platform, &redemption))
        .await
        .map_err(Failure::from)?;
    match redeemed {
        // 5. Mint, now that the grant is durable.
        Redeemed::Granted(granted) => mint(&visit.cx, &*visit.state.keys, &granted)
            .map_err(|error| Ended::Failed(Failure::internal(error))),
        Redeemed::Refused(refusal) => Err(Ended::Written(refusal)),
        Redeemed::Replayed => Err(Ended::Written(TokenRefusal::InvalidGrant(
            "the code was used before",
        ))),
    }
}

async fn refresh_token(
    visit: &Visit,
    platform: Arc<Platform>,
    asked: Refreshing,
) -> Result<TokenResponse, Ended> {
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let refreshed = visit
        .state
        .database
        .write(move |store| refresh(store, &cx, &caller, &platform, &asked))
        .await
        .map_err(Failure::from)?;
    match refreshed {
        Refreshed::Granted(granted) => mint(&visit.cx, &*visit.state.keys, &granted)
            .map_err(|error| Ended::Failed(Failure::internal(error))),
        Refreshed::Refused(refusal) => Err(Ended::Written(refusal)),
        Refreshed::Reused => Err(Ended::Written(TokenRefusal::InvalidGrant(
            "the refresh token was used before",
        ))),
    }
}

/// As [`lock_is_over`], for the grant behind a refresh token. Where there is none, refreshing says so.
async fn refreshed_lock_is_over(visit: &Visit, text: &str) -> Result<bool, Failure> {
    let sha256 = refresh_token_sha256(text);
    let standing = visit
        .state
        .database
        .read(move |store| match store.find_refresh_token(&sha256)? {
            Some(token) => store.find_grant_standing(&token.grant_id),
            None => Ok(None),
        })
        .await?;
    match standing {
        Some(standing) => revoked::is_over(visit, &standing.key_lock).await,
        None => Ok(false),
    }
}

/// The lists, or the registry, may have changed in the minute since the code went out.
async fn lock_is_over(visit: &Visit, id: &KeyLockId) -> Result<bool, Failure> {
    let id = id.clone();
    let found = visit
        .state
        .database
        .read(move |store| store.find_key_lock(&id))
        .await?;
    match found {
        Some(key_lock) => revoked::is_over(visit, &key_lock).await,
        None => Ok(true),
    }
}

async fn refuse(
    visit: &Visit,
    refusal: TokenRefusal,
    platform: Option<PlatformId>,
) -> HttpResponse {
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let written = visit
        .state
        .database
        .write(move |store| note_refusal(store, &cx, &caller, platform.as_ref(), refusal))
        .await;
    match written {
        Ok(()) => refusal_answer(visit, refusal),
        Err(error) => answer::fail(visit, &Failure::from(error)),
    }
}

fn refusal_answer(visit: &Visit, refusal: TokenRefusal) -> HttpResponse {
    let begun = match refusal {
        TokenRefusal::InvalidClient(_) => {
            let mut begun = answer::begin(visit, StatusCode::UNAUTHORIZED);
            answer::ask_for_client(&mut begun);
            begun
        }
        TokenRefusal::InvalidRequest(_)
        | TokenRefusal::InvalidGrant(_)
        | TokenRefusal::UnsupportedGrantType
        | TokenRefusal::InvalidTarget
        | TokenRefusal::InvalidScope(_) => answer::begin(visit, StatusCode::BAD_REQUEST),
    };
    let told = ("token", refusal.code(), refusal.description());
    answer::refuse(visit, begun, told)
}
