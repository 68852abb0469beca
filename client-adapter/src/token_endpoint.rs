//! The token endpoint (RFC 6749 §4.1.3, §6): a code or a refresh token for tokens.
//!
//! Owns the request, its one repetition with a nonce (RFC 9449 §8) and the names of its failures. Does not
//! know whose tokens they are: the ID token is checked by whoever asked.

use std::time::Duration;

use openidconnect::core::{CoreErrorResponseType, CoreTokenType};
use openidconnect::{
    AuthorizationCode, OAuth2TokenResponse as _, PkceCodeVerifier, RefreshToken, RequestTokenError,
};
use serde_json::Value;

use crate::adapter::Adapter;
use crate::callback::{self, Code};
use crate::client_assertion::ASSERTION_TYPE;
use crate::http::HttpFailure;
use crate::id_token_fault::{IdTokenFault, explain};
use crate::provider::{Provider, TokenAnswer, TokenRefusal};
use crate::proving_http::ProvingHttp;
use crate::secret::Secret;
use crate::settings::SenderConstraint;

/// A refresh that is not answered so soon may have been heard. Short, so that asking once more still comes within the
/// ten seconds or so in which a provider gives the same successor again.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(4);

/// Why the provider issued no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// The token endpoint gave no answer.
    #[error("the provider's token endpoint did not answer")]
    Unreachable(#[source] HttpFailure),
    /// 429, 503 or `temporarily_unavailable`: later.
    #[error("the provider is too busy to issue tokens at the moment")]
    Busy,
    /// `invalid_grant`: used, expired, ended, or not ours.
    #[error("the code or refresh token is no longer valid")]
    GrantRefused,
    /// `invalid_client`: look at client id and key.
    #[error(
        "the provider does not accept this platform's client authentication; compare client_id, secret or key, and the clock, with what is registered"
    )]
    ClientRefused,
    /// Any other error of the token endpoint, in printable ASCII.
    #[error("the provider refused to issue tokens: {0}")]
    Refused(String),
    /// Not what a token endpoint answers.
    #[error("the provider's token answer cannot be read")]
    Malformed,
    /// `token_type` is not the one asked for.
    #[error("the provider issued an access token of another type than this platform asks for")]
    Type,
    /// The private key cannot sign.
    #[error("this platform's private key cannot sign")]
    PrivateKey(#[source] jsonwebtoken::errors::Error),
    /// The ID token is wrong.
    #[error("the provider's ID token is refused: {0}")]
    IdToken(#[source] IdTokenFault),
}

/// What is exchanged for tokens.
pub(crate) enum Presented<'a> {
    /// A code, with the verifier of the request behind it.
    Code(&'a Code, &'a Secret),
    /// A refresh token.
    Refresh(&'a Secret),
}

impl Adapter {
    /// Exchanges what is presented.
    pub(crate) async fn tokens_for(
        &self,
        provider: &Provider,
        presented: &Presented<'_>,
    ) -> Result<TokenAnswer, TokenFault> {
        let http = match presented {
            Presented::Code(..) => self.http.clone(),
            Presented::Refresh(_) => self.http.within(REFRESH_TIMEOUT),
        };
        let http = ProvingHttp::new(&http, self.prover.as_ref(), None);
        let mut answer = self.ask(provider, &http, presented).await;
        if http.is_asked_for_a_nonce() {
            answer = self.ask(provider, &http, presented).await;
        }
        let answer = answer.map_err(|fault| match fault {
            TokenFault::Unreachable(_) => fault,
            _ if http.is_told_to_wait() => TokenFault::Busy,
            _ => fault,
        })?;
        let is_right = match (&self.settings.sender_constraint, answer.token_type()) {
            (SenderConstraint::Bearer, it) => *it == CoreTokenType::Bearer,
            // RFC 9449 §5: a bearer's token in place of a bound one is a downgrade.
            (SenderConstraint::Dpop(_), it) => it.as_ref().eq_ignore_ascii_case("dpop"),
        };
        is_right.then_some(answer).ok_or(TokenFault::Type)
    }

    async fn ask(
        &self,
        provider: &Provider,
        http: &ProvingHttp<'_>,
        presented: &Presented<'_>,
    ) -> Result<TokenAnswer, TokenFault> {
        let assertion = self.assertion().map_err(TokenFault::PrivateKey)?;
        let proof = assertion.into_iter().flat_map(|assertion| {
            [
                ("client_assertion_type", ASSERTION_TYPE.to_owned()),
                ("client_assertion", assertion),
            ]
        });
        let answer = match presented {
            Presented::Code(code, verifier) => {
                let mut request = provider
                    .client
                    .exchange_code(AuthorizationCode::new(code.0.clone()))
                    .map_err(|_checked_at_discovery| TokenFault::Malformed)?
                    .set_pkce_verifier(PkceCodeVerifier::new(verifier.reveal().to_owned()));
                for (name, value) in proof {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(http).await
            }
            Presented::Refresh(token) => {
                let token = RefreshToken::new(token.reveal().to_owned());
                let mut request = (provider.client.exchange_refresh_token(&token))
                    .map_err(|_checked_at_discovery| TokenFault::Malformed)?;
                for (name, value) in proof {
                    request = request.add_extra_param(name, value);
                }
                request.request_async(http).await
            }
        };
        answer.map_err(TokenFault::from)
    }
}

impl TokenFault {
    /// Whether the provider may have answered, so that what was presented is spent and what came for it in nobody's
    /// hands.
    pub(crate) fn may_hide_an_answer(&self) -> bool {
        use HttpFailure::{TimedOut, Unreachable};
        matches!(self, Self::Unreachable(TimedOut(_) | Unreachable(_)))
    }
}

impl From<RequestTokenError<HttpFailure, TokenRefusal>> for TokenFault {
    fn from(error: RequestTokenError<HttpFailure, TokenRefusal>) -> Self {
        match error {
            RequestTokenError::ServerResponse(refusal) => match refusal.error() {
                CoreErrorResponseType::InvalidGrant => Self::GrantRefused,
                CoreErrorResponseType::InvalidClient => Self::ClientRefused,
                other => {
                    let why = refusal.error_description().map(String::as_str);
                    Self::Refused(callback::refusal(other.as_ref(), why))
                }
            },
            RequestTokenError::Request(failure) => Self::Unreachable(failure),
            // The crate reads the ID token with the answer around it: say which of the two it was.
            RequestTokenError::Parse(_, body) => {
                let body: Option<Value> = serde_json::from_slice(&body).ok();
                let has = |name| body.as_ref().and_then(|body| body.get(name));
                match has("id_token").and_then(Value::as_str) {
                    Some(token) if has("access_token").is_some() && has("token_type").is_some() => {
                        Self::IdToken(explain(token))
                    }
                    _ => Self::Malformed,
                }
            }
            RequestTokenError::Other(_) => Self::Malformed,
        }
    }
}
