//! Finishing a login: from the browser's return to [`SignedIn`].
//!
//! Owns the pipeline of `OpenID` Connect Core §3.1.2.7, §3.1.3 and RFC 9207 §2.4, in an order that no
//! caller can change. Does not know cookies or pages.

use openidconnect::{OAuth2TokenResponse as _, TokenResponse as _};
use subtle::ConstantTimeEq as _;

use crate::adapter::Adapter;
use crate::callback::{AuthorizationRefusal, CallbackQuery, Code, MalformedCallback};
use crate::id_token::{self, Expected};
use crate::id_token_fault::IdTokenFault;
use crate::metadata::DiscoveryFault;
use crate::pending::{PendingLogin, StoreFailure};
use crate::signed_in::{SignedIn, Tokens};
use crate::token_endpoint::{Presented, TokenFault};
use crate::user_info::UserInfoFault;

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
    /// The code could not be exchanged.
    #[error("the code was not exchanged: {0}")]
    Token(#[source] TokenFault),
    /// No ID token.
    #[error("the provider issued no ID token")]
    IdTokenMissing,
    /// The ID token is wrong.
    #[error("the provider's ID token is refused: {0}")]
    IdToken(#[source] IdTokenFault),
    /// Userinfo is wrong or missing.
    #[error("the provider's userinfo is refused: {0}")]
    UserInfo(#[source] UserInfoFault),
    /// [`Sessions::begin`](crate::Sessions::begin) said so: for the platform's own page.
    #[error("the person signed out at the provider before signing in was complete; start again")]
    SignedOut,
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
        let presented = Presented::Code(&code, &pending.pkce_verifier);
        let answer = self.tokens_for(&provider, &presented).await?;
        // 3. Whose login is it?
        let provider = self.with_the_right_keys(provider, &answer).await;
        let id_token = answer.id_token().ok_or(LoginError::IdTokenMissing)?;
        let both = (id_token, answer.access_token());
        let verified = id_token::verify(&self.settings, &provider, Expected::Login(&pending), both)
            .map_err(LoginError::IdToken)?;
        // 4. What did they consent to tell?
        let claims = verified.claims();
        let tokens = Tokens::of(&answer, id_token.to_string(), self.settings.clock.now());
        let told = (self.tell(&provider, &tokens, claims.subject()).await)
            .map_err(LoginError::UserInfo)?;
        let missing = |claim| LoginError::IdToken(IdTokenFault::Missing(claim));
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
            tokens,
            target: pending.target,
            issued_at: claims.issue_time().timestamp(),
            nonce: pending.nonce,
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
}

impl From<TokenFault> for LoginError {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::IdToken(fault) => Self::IdToken(fault),
            other => Self::Token(other),
        }
    }
}
