//! `POST /oauth2/token` (RFC 6749 §3.2): form to typed request, one call, answer. One file a grant type.

mod client_credentials;
mod code;
mod operator;
mod refresh;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use idp_core::signer::Recipient;
use idp_core::token::granted::{Granted, confirmation};
use idp_core::token::mint::{MintError, TokenResponse, mint};
use idp_core::token::{GrantType, TokenRefusal, note_refusal};
use protocol::claims::Confirmation;

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::client::{self, authenticated, single};
use crate::http::extract::client_certificate::client_certificate;
use crate::http::extract::form::pairs;
use crate::http::extract::{Visit, dpop};
use crate::http::routes;
use crate::signing::signing;

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

impl From<client::Unproven> for Ended {
    fn from(unproven: client::Unproven) -> Self {
        match unproven {
            client::Unproven::Refused(refusal, platform) => Self::Refused(refusal, platform),
            client::Unproven::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// A token request whose client proved itself.
struct Asked<'a> {
    visit: &'a Visit,
    platform: Arc<Platform>,
    form: &'a [(String, String)],
    /// Who asks, if tokens are to be bound to them.
    confirmation: Option<Confirmation>,
    /// To whom ID tokens are encrypted, if they are.
    recipient: Option<Recipient>,
}

/// `POST /oauth2/token`
pub async fn token(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let answer = match answered(&visit, &request, &pairs(&body)).await {
        Ok(tokens) => answer::begin(&visit, StatusCode::OK).json(tokens),
        Err(Ended::Written(refusal)) => refusal_answer(&visit, refusal),
        Err(Ended::Refused(refusal, platform)) => refuse(&visit, refusal, platform).await,
        Err(Ended::Failed(failure)) => answer::fail(&visit, &failure),
    };
    dpop::with_nonce(&visit, &request, answer).await
}

async fn answered(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<TokenResponse, Ended> {
    // Operators have no client.
    if let Some(by) = operator::asked_for(visit, request, form) {
        return operator::granted(visit, request, (by, form)).await;
    }
    // 1. Authenticate the client.
    let platform = authenticated(visit, request, form).await?;
    let id = platform.id.clone();
    let refused = |refusal| Ended::Refused(refusal, Some(id.clone()));
    let confirmation = match dpop::proof(visit, request, (routes::TOKEN, None)).await {
        Ok(proof) => confirmed(visit, request, &platform, proof.map(|proof| proof.jkt)),
        Err(dpop::Unproven::Invalid(why)) => {
            return Err(refused(TokenRefusal::InvalidDpopProof(why)));
        }
        Err(dpop::Unproven::NoNonce) => return Err(refused(TokenRefusal::UseDpopNonce)),
        Err(dpop::Unproven::Failed(failure)) => return Err(Ended::Failed(failure)),
    };
    let recipient = match client::recipient(visit, &platform).await {
        Ok(recipient) => recipient,
        Err(refusal) => return Err(refused(refusal)),
    };
    let asked = Asked {
        visit,
        platform,
        form,
        confirmation,
        recipient,
    };
    // What is granted is spent: not while nothing can be signed.
    if visit.state.keys.is_out_of_reach() {
        return Err(Ended::Failed(Failure::no_signature()));
    }
    // 2. Is the grant type known?
    match GrantType::of_word(&asked.needed("grant_type", "grant_type is missing")?) {
        // 3. The grant type's own part; 4. written there.
        Some(GrantType::AuthorizationCode) => code::redeemed(asked).await,
        Some(GrantType::RefreshToken) => refresh::refreshed(asked).await,
        Some(GrantType::ClientCredentials) => client_credentials::granted(asked).await,
        None => Err(refused(TokenRefusal::UnsupportedGrantType)),
    }
}

/// To whom the tokens are bound.
fn confirmed(
    visit: &Visit,
    request: &HttpRequest,
    platform: &Platform,
    jkt: Option<String>,
) -> Option<Confirmation> {
    // One that can't be read was refused with the client.
    let shown = client_certificate(&visit.state, request).ok().flatten();
    let x5t = shown.map(|shown| shown.thumbprint());
    confirmation(platform.active_client()?, jkt, x5t)
}

impl Asked<'_> {
    fn refused(&self, refusal: TokenRefusal) -> Ended {
        Ended::Refused(refusal, Some(self.platform.id.clone()))
    }

    fn parameter(&self, name: &str) -> Result<Option<String>, Ended> {
        single(self.form, name).map_err(|refusal| self.refused(refusal))
    }

    fn needed(&self, name: &str, missing: &'static str) -> Result<String, Ended> {
        let found = self.parameter(name)?;
        found.ok_or_else(|| self.refused(TokenRefusal::InvalidRequest(missing)))
    }

    /// `resource` may come more than once (RFC 8707 §2); each once.
    fn resources(&self) -> Vec<String> {
        let named = self
            .form
            .iter()
            .filter(|(n, v)| n == "resource" && !v.is_empty());
        let mut values: Vec<String> = named.map(|(_, value)| value.clone()).collect();
        values.sort();
        values.dedup();
        values
    }

    /// 5. Mint, now that the grant is durable.
    async fn minted(&self, granted: Granted) -> Result<TokenResponse, Ended> {
        let (cx, recipient) = (self.visit.cx.clone(), self.recipient.clone());
        let keys = &self.visit.state.keys;
        let minted = signing(keys, move |signer| {
            mint(&cx, signer, &granted, recipient.as_ref())
        });
        minted.await?.map_err(|error| match error {
            MintError::NotSigned(error) => Ended::Failed(error.into()),
            MintError::UnusableKey(_) => self.refused(client::NO_RECIPIENT),
        })
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
        | TokenRefusal::UnauthorizedClient(_)
        | TokenRefusal::UnsupportedGrantType
        | TokenRefusal::InvalidTarget
        | TokenRefusal::InvalidDpopProof(_)
        | TokenRefusal::UseDpopNonce
        | TokenRefusal::InvalidScope(_) => answer::begin(visit, StatusCode::BAD_REQUEST),
    };
    let told = ("token", refusal.code(), refusal.description());
    answer::refuse(visit, begun, told)
}
