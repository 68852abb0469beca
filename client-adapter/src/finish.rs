//! Finishing a login: from the browser's return to [`SignedIn`].
//!
//! Owns the pipeline of `OpenID` Connect Core §3.1.2.7, §3.1.3 and RFC 9207 §2.4, in an order that no
//! caller can change. Does not know cookies or pages.

use openidconnect::core::{CoreErrorResponseType, CoreTokenType};
use openidconnect::{
    AuthorizationCode, OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError,
    TokenResponse as _,
};
use serde_json::Value;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

use crate::adapter::Adapter;
use crate::callback::{AuthorizationRefusal, CallbackQuery, Code, MalformedCallback, printable};
use crate::client_assertion::ASSERTION_TYPE;
use crate::http::HttpFailure;
use crate::id_token::{self, IdTokenFault};
use crate::pending::{PendingLogin, StoreFailure};
use crate::provider::{DiscoveryFault, Provider, TokenAnswer, TokenRefusal};
use crate::secret::Secret;
use crate::signed_in::SignedIn;
use crate::user_info::{self, UserInfoFault};

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The query is no provider's answer.
    #[error("the answer cannot be read: {0}")]
    MalformedCallback(#[from] MalformedCallback),
    /// No such login here: finished already, too old, or started elsewhere.
    #[error("this login is not known here; it was finished already or has expired; start again")]
    UnknownLogin,
    /// Another browser started it.
    #[error("this login was started in another browser; start again in this one")]
    OtherBrowser,
    /// Longer than [`PENDING_LOGIN_SECONDS`](crate::PENDING_LOGIN_SECONDS).
    #[error("signing in took too long; start again")]
    Expired,
    /// RFC 6749 §10.12.
    #[error("the answer belongs to another login")]
    State,
    /// RFC 9207 §2.4: the provider always names itself.
    #[error("the answer does not say which provider it is from")]
    IssuerMissing,
    /// RFC 9207 §2.4: a mix-up.
    #[error("the answer is from another provider than the one this login was started at")]
    Issuer,
    /// The provider says no.
    #[error("the provider did not let the person in: {0}")]
    Refused(#[source] AuthorizationRefusal),
    /// Neither a code nor an error.
    #[error("the answer holds no code")]
    CodeMissing,
    /// Metadata or keys.
    #[error("the provider cannot be used at the moment")]
    Provider(#[source] DiscoveryFault),
    /// The token endpoint gave no answer.
    #[error("the provider did not answer when the code was exchanged")]
    TokenEndpoint(#[source] HttpFailure),
    /// `invalid_grant`: used, expired, or not for this login.
    #[error("the code is no longer valid; start again")]
    CodeRefused,
    /// `invalid_client`, `unauthorized_client`: look at client id and key.
    #[error("the provider does not accept this platform's client authentication")]
    ClientRefused,
    /// Any other error of the token endpoint, in printable ASCII.
    #[error("the provider refused to exchange the code: {0}")]
    TokenRefused(String),
    /// Not what a token endpoint answers.
    #[error("the provider's token answer cannot be read")]
    TokenAnswer,
    /// `token_type` is not `Bearer`.
    #[error("the provider issued an access token of an unknown type")]
    TokenType,
    /// The private key cannot sign.
    #[error("this platform's private key cannot sign")]
    PrivateKey(#[source] jsonwebtoken::errors::Error),
    /// No ID token.
    #[error("the provider issued no ID token")]
    IdTokenMissing,
    /// The ID token is wrong.
    #[error("the provider's ID token is refused: {0}")]
    IdToken(#[source] IdTokenFault),
    /// Userinfo is wrong or missing.
    #[error("the provider's userinfo is refused: {0}")]
    UserInfo(#[source] UserInfoFault),
    /// Pending logins cannot be kept or found.
    #[error("logins cannot be remembered at the moment")]
    Store(#[from] StoreFailure),
}

impl Adapter {
    /// Checks what the browser brought against the login it belongs to, exchanges the code and asks
    /// who arrived. `pending` is consumed: a login finishes once.
    pub async fn finish_login(
        &self,
        query: CallbackQuery,
        pending: PendingLogin,
    ) -> Result<SignedIn, LoginError> {
        // 1. Is it the answer to this login, from this provider, in time?
        let code = self.accept_callback(query, &pending)?;
        // 2. Code for tokens.
        let provider = self.provider().await.map_err(LoginError::Provider)?;
        let answer = self.exchange(&provider, code, &pending).await?;
        // 3. Whose login is it?
        let (provider, answer) = self.with_the_right_keys(provider, answer).await;
        let id_token = answer.id_token().ok_or(LoginError::IdTokenMissing)?;
        let access_token = answer.access_token();
        let tokens = (id_token, access_token);
        let verified = id_token::verify(&self.settings, &provider, &pending, tokens)
            .map_err(LoginError::IdToken)?;
        // 4. What did they consent to tell?
        let claims = verified.claims();
        let subject = claims.subject().clone();
        let told = user_info::fetch(&self.http, &provider, access_token.clone(), subject)
            .await
            .map_err(LoginError::UserInfo)?;
        let missing = |claim| LoginError::IdToken(IdTokenFault::Missing(claim));
        let lifetime = answer.expires_in().map(|it| it.as_secs());
        Ok(SignedIn {
            sub: claims.subject().as_str().to_owned(),
            session_id: (claims.additional_claims().sid.clone()).ok_or_else(|| missing("sid"))?,
            auth_time: (claims.auth_time())
                .ok_or_else(|| missing("auth_time"))?
                .timestamp(),
            acr: (claims.auth_context_ref())
                .ok_or_else(|| missing("acr"))?
                .to_string(),
            amr: (claims.auth_method_refs().into_iter().flatten())
                .map(|word| word.to_string())
                .collect(),
            enterprise: told.enterprise,
            certificate: told.certificate,
            contact: told.contact,
            id_token: Secret::new(id_token.to_string()),
            access_token_expires_at: lifetime.map(|seconds| {
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                self.settings.clock.now().saturating_add(seconds)
            }),
            target: pending.target,
        })
    }

    fn accept_callback(
        &self,
        query: CallbackQuery,
        pending: &PendingLogin,
    ) -> Result<Code, LoginError> {
        if !pending.is_live(self.settings.clock.now()) {
            return Err(LoginError::Expired);
        }
        let state = query.state.as_deref().unwrap_or_default();
        if !pending.state.matches(state) {
            return Err(LoginError::State);
        }
        // RFC 9207 §2.4 also for error answers, before anything in them is believed.
        let iss = query.iss.as_deref().ok_or(LoginError::IssuerMissing)?;
        let same = |issuer: &str| bool::from(iss.as_bytes().ct_eq(issuer.as_bytes()));
        if !same(&pending.issuer) || !same(&self.settings.issuer) {
            return Err(LoginError::Issuer);
        }
        if let Some(refusal) = query.refusal() {
            return Err(LoginError::Refused(refusal));
        }
        (query.code)
            .filter(|code| !code.0.is_empty())
            .ok_or(LoginError::CodeMissing)
    }

    async fn exchange(
        &self,
        provider: &Provider,
        code: Code,
        pending: &PendingLogin,
    ) -> Result<TokenAnswer, LoginError> {
        let mut request = provider
            .client
            .exchange_code(AuthorizationCode::new(code.0))
            .map_err(|_checked_at_discovery| LoginError::TokenAnswer)?
            .set_pkce_verifier(PkceCodeVerifier::new(
                pending.pkce_verifier.reveal().to_owned(),
            ));
        if let Some(key) = &self.assertion_key {
            let now = self.settings.clock.now();
            let assertion = key
                .assertion(&self.settings.client_id, &self.settings.issuer, now)
                .map_err(LoginError::PrivateKey)?;
            request = request
                .add_extra_param("client_assertion_type", ASSERTION_TYPE)
                .add_extra_param("client_assertion", assertion);
        }
        let answer = request.request_async(&self.http).await?;
        if *answer.token_type() != CoreTokenType::Bearer {
            return Err(LoginError::TokenType);
        }
        Ok(answer)
    }

    /// An ID token may be signed with a key newer than the ones we know (Core §10.1.1): then, and
    /// only then, the provider is asked again.
    async fn with_the_right_keys(
        &self,
        provider: Arc<Provider>,
        answer: TokenAnswer,
    ) -> (Arc<Provider>, TokenAnswer) {
        let unknown_key = (answer.id_token())
            .is_some_and(|id_token| id_token::is_of_unknown_key(&provider, id_token));
        if unknown_key && let Some(newer) = self.source.with_newer_keys(&provider).await {
            return (newer, answer);
        }
        (provider, answer)
    }
}

impl From<RequestTokenError<HttpFailure, TokenRefusal>> for LoginError {
    fn from(error: RequestTokenError<HttpFailure, TokenRefusal>) -> Self {
        match error {
            RequestTokenError::ServerResponse(refusal) => match refusal.error() {
                CoreErrorResponseType::InvalidGrant => Self::CodeRefused,
                CoreErrorResponseType::InvalidClient
                | CoreErrorResponseType::UnauthorizedClient => Self::ClientRefused,
                other => Self::TokenRefused(printable(other.as_ref())),
            },
            RequestTokenError::Request(failure) => Self::TokenEndpoint(failure),
            // The crate reads the ID token with the answer around it: say which of the two it was.
            RequestTokenError::Parse(_, body) => {
                let body: Option<Value> = serde_json::from_slice(&body).ok();
                let has = |name| body.as_ref().and_then(|body| body.get(name));
                match has("id_token").and_then(Value::as_str) {
                    Some(token) if has("access_token").is_some() && has("token_type").is_some() => {
                        Self::IdToken(id_token::explain(token))
                    }
                    _ => Self::TokenAnswer,
                }
            }
            RequestTokenError::Other(_) => Self::TokenAnswer,
        }
    }
}
