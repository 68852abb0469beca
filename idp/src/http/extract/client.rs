//! Client: the platform that a program's request comes from, once it proved itself. Shared by every endpoint where
//! platforms speak for themselves.

use std::sync::Arc;

use actix_web::HttpRequest;
use idp_core::ephemeral::Ephemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ClientAuthentication, Platform};
use idp_core::signer::Recipient;
use idp_core::token::TokenRefusal;
use idp_core::token::client_authentication::{Authenticated, Presented, authenticate};

use super::client_auth::{Credentials, credentials};
use super::client_certificate::{Unreadable, client_certificate};
use super::{Visit, dpop};
use crate::http::error::Failure;
use crate::http::limit;

/// Kind of the replay set of client assertions.
const ASSERTIONS: &str = "assertion";

/// Why a client is not taken for who it says it is.
pub enum Unproven {
    /// Refused; whose it would be, where that is known.
    Refused(TokenRefusal, Option<PlatformId>),
    /// Something of ours failed.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Unproven {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Authenticates the client of a request.
pub async fn authenticated(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<Arc<Platform>, Unproven> {
    let parameter = |name: &str| single(form, name);
    let credentials =
        credentials(request, parameter).map_err(|refusal| Unproven::Refused(refusal, None))?;
    let platform = found(visit, &credentials).await?;
    let client = platform.as_deref().and_then(Platform::known_client);
    let certificate = client_certificate(&visit.state, request);
    let certificate = certificate.map_err(|Unreadable| {
        let why = "the client certificate can't be read";
        Unproven::Refused(TokenRefusal::InvalidRequest(why), None)
    })?;
    let sets = &visit.state.client_keys;
    let shown = certificate.as_ref().map(|c| c.shown(&visit.state));
    let keys = match (client, &credentials.presented, &shown) {
        (Some(client), Presented::Assertion(jwt), _)
            if client.authentication == ClientAuthentication::PrivateKeyJwt =>
        {
            sets.for_jwt(client, jwt).await
        }
        (Some(client), _, Some(shown))
            if client.authentication == ClientAuthentication::SelfSignedTlsClientAuth =>
        {
            sets.for_certificate(client, shown.certificate).await
        }
        _ => None,
    };
    let refused = |refusal| {
        Unproven::Refused(
            refusal,
            platform.as_deref().map(|platform| platform.id.clone()),
        )
    };
    let proven = authenticate(
        &visit.cx,
        platform.as_deref(),
        &credentials.presented,
        keys.as_deref(),
        shown.as_ref(),
    )
    .map_err(refused)?;
    spend_assertion(visit, request, (&credentials.client_id, &proven))
        .await?
        .map_err(refused)?;
    // Only now: a stranger in its name must not use up what a platform may ask for.
    if let Some(platform) = platform.as_deref()
        && client.is_some_and(Client::is_confidential)
    {
        limit::of_platform(visit, &platform.id).await?;
    }
    platform.ok_or_else(|| {
        Unproven::Failed(Failure::internal(
            "an authenticated client without a platform",
        ))
    })
}

/// An assertion serves once.
async fn spend_assertion(
    visit: &Visit,
    request: &HttpRequest,
    (client_id, proven): (&str, &Authenticated),
) -> Result<Result<(), TokenRefusal>, Failure> {
    let Some((jti, expires)) = proven.assertion_jti() else {
        return Ok(Ok(()));
    };
    // What only lacks our nonce may come again as it is but for the proof: its assertion is not used up by this.
    if dpop::lacks_nonce(visit, request).await? {
        return Ok(Err(TokenRefusal::UseDpopNonce));
    }
    let name = format!("{client_id}:{jti}");
    let lifetime = expires.since(visit.cx.now);
    let ephemeral = &visit.state.ephemeral;
    let is_new = ephemeral
        .put_if_absent(ASSERTIONS, &name, vec![1], lifetime)
        .await?;
    Ok(is_new.then_some(()).ok_or(TokenRefusal::InvalidClient(
        "client_assertion was used before",
    )))
}

async fn found(visit: &Visit, credentials: &Credentials) -> Result<Option<Arc<Platform>>, Failure> {
    let id = PlatformId::from_text(&credentials.client_id);
    Ok(visit.state.database.find_platform(&id).await?)
}

/// Where a client wants its ID tokens encrypted and has no key for that.
pub const NO_RECIPIENT: TokenRefusal =
    TokenRefusal::InvalidRequest("the client has no key that its ID token can be encrypted to");

/// To whom the ID tokens of a client are encrypted; `None`: they are not.
pub async fn recipient(
    visit: &Visit,
    platform: &Platform,
) -> Result<Option<Recipient>, TokenRefusal> {
    let Some(client) = platform.active_client() else {
        return Ok(None);
    };
    let Some(encryption) = client.tokens.id_token_encryption else {
        return Ok(None);
    };
    let keys = visit.state.client_keys.of(client).await;
    let found = keys.and_then(|keys| Recipient::among(encryption, &keys));
    found.map(Some).ok_or(NO_RECIPIENT)
}

/// The one value of a parameter. `Err`: it came more than once (RFC 6749 §3.2).
pub fn single(form: &[(String, String)], name: &str) -> Result<Option<String>, TokenRefusal> {
    let mut values = form.iter().filter(|(n, _)| n == name);
    let first = values.next();
    if values.next().is_some() {
        return Err(TokenRefusal::InvalidRequest(
            "a parameter came more than once",
        ));
    }
    Ok(first.map(|(_, v)| v.clone()).filter(|v| !v.is_empty()))
}
