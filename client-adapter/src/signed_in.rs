//! Who arrived.
//!
//! Owns the outcome of a login. Only the pipeline of [`crate::Adapter::finish_login`] makes one, so
//! holding a [`SignedIn`] is the proof that every check passed.

use openidconnect::OAuth2TokenResponse as _;
use protocol::claims::{CertificateClaims, ContactClaims, EnterpriseClaims};
use serde::{Deserialize, Serialize};

use crate::provider::TokenAnswer;
use crate::secret::Secret;
use crate::target::Target;

/// A person who has just signed in for an enterprise.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Names the enterprise at this provider, for good: the key of your own record of it.
    pub sub: String,
    /// The provider's session (`sid`); a logout notice will name it.
    pub session_id: String,
    /// When the lock signed, seconds since the Unix epoch.
    pub auth_time: i64,
    /// How: usually [`protocol::claims::ACR_KEY_LOCK`].
    pub acr: String,
    /// With what (RFC 8176).
    pub amr: Vec<String>,
    /// Who it is; with scope `enterprise`.
    pub enterprise: Option<EnterpriseClaims>,
    /// The lock; with scope `certificate`.
    pub certificate: Option<CertificateClaims>,
    /// How to reach it; with scope `contact`.
    pub contact: Option<ContactClaims>,
    /// What the provider issued.
    pub tokens: Tokens,
    /// The page the person wanted.
    pub target: Option<Target>,
    /// When the ID token was issued.
    pub(crate) issued_at: i64,
    /// Of the login; a refreshed ID token that has one has this.
    pub(crate) nonce: Secret,
}

/// What the provider issued. Holds secrets: keep it at the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tokens {
    /// For userinfo. Of use to this platform's `DPoP` key alone, where it has one.
    pub access_token: Secret,
    /// When the access token ends, seconds since the Unix epoch, if the provider said.
    pub expires_at: Option<i64>,
    /// For new tokens, if this platform is registered for it.
    pub refresh_token: Option<Secret>,
    /// The newest ID token as it came, for `id_token_hint` at logout.
    pub id_token: Secret,
}

impl Tokens {
    /// Of an answer whose ID token was checked.
    pub(crate) fn of(answer: &TokenAnswer, id_token: String, now: i64) -> Self {
        let lifetime = answer.expires_in().map(|it| it.as_secs());
        let refresh_token = answer.refresh_token().map(|it| it.secret().as_str());
        Self {
            access_token: Secret::new(answer.access_token().secret().as_str()),
            expires_at: lifetime.map(|seconds| {
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                now.saturating_add(seconds)
            }),
            refresh_token: refresh_token.map(Secret::from),
            id_token: Secret::new(id_token),
        }
    }
}
