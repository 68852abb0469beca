//! Refreshing (RFC 6749 §6, `OpenID` Connect Core §12): new tokens for a session.
//!
//! Owns the exchange and the check that what comes is of the same person. Does not know where sessions are kept.

use openidconnect::{OAuth2TokenResponse as _, SubjectIdentifier, TokenResponse as _};

use crate::adapter::Adapter;
use crate::id_token::{self, Expected};
use crate::id_token_fault::IdTokenFault;
use crate::metadata::DiscoveryFault;
use crate::provider::TokenAnswer;
use crate::secret::Secret;
use crate::session::Session;
use crate::signed_in::Tokens;
use crate::token_endpoint::{Presented, TokenFault};
use crate::user_info::{UserInfo, UserInfoFault};

/// Why there are no new tokens.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The person signed out, or the lock, the consent or the enterprise ended: end the session.
    #[error("the provider has ended this session; the person must sign in again")]
    Ended,
    /// Register the platform for refresh tokens, or let the person sign in again.
    #[error("the provider issued no refresh token; is the platform registered for refresh tokens?")]
    NoRefreshToken,
    /// Metadata or keys: try again later.
    #[error("the provider cannot be used at the moment")]
    Provider(#[source] DiscoveryFault),
    /// The token endpoint: the source says what to do.
    #[error("the tokens were not refreshed: {0}")]
    Token(#[source] TokenFault),
    /// An attack, a broken provider, or keys that cannot be fetched at the moment.
    #[error("the provider's new ID token is refused: {fault}")]
    IdToken {
        /// What is wrong with it.
        #[source]
        fault: IdTokenFault,
        /// What came in the place of the session's refresh token, which is spent: give it to
        /// [`Session::keep_refresh_token`].
        refresh_token: Option<Secret>,
    },
}

impl Adapter {
    /// New tokens for `session`; [keep](Session::renew) them in the place of the old ones, whose refresh token is spent.
    pub async fn refresh(&self, session: &Session) -> Result<Tokens, RefreshError> {
        let refresh_token = session.tokens.refresh_token.as_ref();
        let refresh_token = refresh_token.ok_or(RefreshError::NoRefreshToken)?;
        let provider = self.provider().await.map_err(RefreshError::Provider)?;
        let presented = Presented::Refresh(refresh_token);
        let mut answer = self.tokens_for(&provider, &presented).await;
        // For a short while a provider gives the same successor again; later, asking would look like theft.
        if (answer.as_ref()).is_err_and(TokenFault::may_hide_an_answer) {
            answer = self.tokens_for(&provider, &presented).await;
        }
        let answer = answer?;
        let provider = self.with_the_right_keys(provider, &answer).await;
        // §12.2: an ID token may come; then it must continue the session.
        let id_token = match answer.id_token() {
            None if session.owes_id_token => {
                return Err(RefreshError::id_token(IdTokenFault::Absent, &answer));
            }
            None => session.tokens.id_token.reveal().to_owned(),
            Some(id_token) => {
                let both = (id_token, answer.access_token());
                let expected = Expected::Session(session);
                id_token::verify(&self.settings, &provider, expected, both)
                    .map_err(|fault| RefreshError::id_token(fault, &answer))?;
                id_token.to_string()
            }
        };
        let mut tokens = Tokens::of(&answer, id_token, self.settings.clock.now());
        // RFC 6749 §6: without a new one the old one stays.
        if tokens.refresh_token.is_none() {
            tokens
                .refresh_token
                .clone_from(&session.tokens.refresh_token);
        }
        Ok(tokens)
    }

    /// Asks userinfo again: names and locks change.
    pub async fn user_info(&self, session: &Session) -> Result<UserInfo, UserInfoError> {
        let provider = self.provider().await.map_err(UserInfoError::Provider)?;
        let subject = SubjectIdentifier::new(session.sub.clone());
        let told = self.tell(&provider, &session.tokens, &subject).await;
        told.map_err(UserInfoError::UserInfo)
    }
}

/// Why userinfo told nothing.
#[derive(Debug, thiserror::Error)]
pub enum UserInfoError {
    /// Metadata or keys: try again later.
    #[error("the provider cannot be used at the moment")]
    Provider(#[source] DiscoveryFault),
    /// 401: refresh the tokens, or let the person sign in again.
    #[error("the provider's userinfo is refused: {0}")]
    UserInfo(#[source] UserInfoFault),
}

impl RefreshError {
    /// What is wrong with the ID token of `answer`, whose refresh token counts whatever that is.
    fn id_token(fault: IdTokenFault, answer: &TokenAnswer) -> Self {
        let refresh_token = answer.refresh_token().map(|it| it.secret().as_str());
        Self::IdToken {
            fault,
            refresh_token: refresh_token.map(Secret::from),
        }
    }
}

impl From<TokenFault> for RefreshError {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::GrantRefused => Self::Ended,
            // The answer is malformed: nothing of it counts.
            TokenFault::IdToken(fault) => Self::IdToken {
                fault,
                refresh_token: None,
            },
            other => Self::Token(other),
        }
    }
}
