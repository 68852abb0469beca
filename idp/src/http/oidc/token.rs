//! `POST /oauth2/token` (RFC 6749 §3.2): form to typed request, one call, answer.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::authorization::{AuthorizationCode, code_sha256};
use idp_core::ephemeral::{Ephemeral as _, Spent, TypedEphemeral as _};
use idp_core::id::{KeyLockId, PlatformId};
use idp_core::platform::Platform;
use idp_core::token::authorization_code::{Redeemed, Redemption, redeem};
use idp_core::token::client_authentication::authenticate;
use idp_core::token::mint::{TokenResponse, mint};
use idp_core::token::{GrantType, TokenRefusal, note_refusal};

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::client_auth::{Credentials, credentials};
use crate::http::extract::form::pairs;
use crate::http::extract::{Visit, revoked};

/// Kind of the replay set of client assertions.
const ASSERTIONS: &str = "assertion";

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
    let refused = |refusal| Ended::Refused(refusal, None);
    // 1. Authenticate the client.
    let credentials = credentials(request, parameter).map_err(refused)?;
    let platform = authenticated(visit, &credentials).await?;
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
            let sent = (code, redirect_uri, code_verifier);
            authorization_code(visit, platform, sent).await
        }
        None => Err(refused(TokenRefusal::UnsupportedGrantType)),
    }
}

fn single(form: &[(String, String)], name: &str) -> Result<Option<String>, TokenRefusal> {
    let mut values = form.iter().filter(|(n, _)| n == name);
    let first = values.next();
    if values.next().is_some() {
        return Err(TokenRefusal::InvalidRequest(
            "a parameter came more than once",
        ));
    }
    Ok(first.map(|(_, v)| v.clone()).filter(|v| !v.is_empty()))
}

async fn authenticated(visit: &Visit, credentials: &Credentials) -> Result<Arc<Platform>, Ended> {
    let id = PlatformId::from_text(&credentials.client_id);
    let platform = visit
        .state
        .database
        .find_platform(&id)
        .await
        .map_err(Failure::from)?;
    let refused = |refusal, platform: Option<&Platform>| {
        Ended::Refused(refusal, platform.map(|p| p.id.clone()))
    };
    let authenticated = authenticate(&visit.cx, platform.as_deref(), &credentials.presented)
        .map_err(|refusal| refused(refusal, platform.as_deref()))?;
    if let Some((jti, expires)) = authenticated.assertion_jti() {
        let name = format!("{}:{jti}", credentials.client_id);
        let lifetime = expires.since(visit.cx.now);
        let ephemeral = &visit.state.ephemeral;
        if !ephemeral
            .put_if_absent(ASSERTIONS, &name, vec![1], lifetime)
            .await?
        {
            let replayed = TokenRefusal::InvalidClient("client_assertion was used before");
            return Err(refused(replayed, platform.as_deref()));
        }
    }
    platform.ok_or_else(|| {
        Ended::Failed(Failure::internal(
            "an authenticated client without a platform",
        ))
    })
}

async fn authorization_code(
    visit: &Visit,
    platform: Arc<Platform>,
    (code, redirect_uri, code_verifier): (String, Option<String>, Option<String>),
) -> Result<TokenResponse, Ended> {
    let code_sha256 = code_sha256(&code);
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
        redirect_uri,
        code_verifier,
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
    let answer = match refusal {
        TokenRefusal::InvalidClient(_) => {
            let mut answer = answer::begin(visit, StatusCode::UNAUTHORIZED);
            // RFC 6749 §5.2: where the client tried a scheme, it is named; naming it always is harmless.
            answer.insert_header((header::WWW_AUTHENTICATE, r#"Basic realm="token""#));
            answer
        }
        TokenRefusal::InvalidRequest(_)
        | TokenRefusal::InvalidGrant(_)
        | TokenRefusal::UnsupportedGrantType => answer::begin(visit, StatusCode::BAD_REQUEST),
    };
    let told = ("token", refusal.code(), refusal.description());
    answer::refuse(visit, answer, told)
}
