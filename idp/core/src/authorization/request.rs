//! A request that waits, or goes on at once.

use protocol::scope::{ClaimSet, ScopeSet};
use serde::{Deserialize, Serialize};

use super::words::{Assurance, Prompt, RequestedClaims, ResponseMode};
use crate::id::PlatformId;
use crate::platform::Client;
use crate::timestamp::Timestamp;

/// A request that passed every check which needs no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// `client_id`.
    pub platform_id: PlatformId,
    /// One of the registered ones, to the character.
    pub redirect_uri: String,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Known scopes among those asked, cut to what the platform may have; holds `openid`.
    pub scopes: ScopeSet,
    /// Given back as it came.
    pub state: Option<String>,
    /// Put into the ID token.
    pub nonce: Option<String>,
    /// Claims named one by one, within what the platform may have.
    pub claims: RequestedClaims,
    /// Where its access token is to be of use (RFC 8707); none: at the provider's own userinfo.
    pub resources: Vec<String>,
    /// PKCE, S256 (RFC 7636 §4.2); absent only where the client may leave it out.
    pub code_challenge: Option<String>,
    /// Thumbprint of the key that the code is for (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    /// How sure the platform wants to be.
    pub assurance: Assurance,
    /// Words of `prompt`.
    pub prompt: Prompt,
    /// Seconds since the last signature that are still good enough.
    pub max_age: Option<u64>,
    /// Shown on the login page.
    pub login_hint: Option<String>,
    /// `sub` of `id_token_hint`: the enterprise the platform expects, and no other.
    pub expected_subject: Option<String>,
    /// Languages the platform asks for, BCP 47.
    pub ui_locales: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// The `request_uri` under which it was pushed (RFC 9126): answered once.
    pub pushed_as: Option<String>,
}

impl AuthorizationRequest {
    /// Whether its client might ask for this now: what was registered when it came may be gone.
    pub fn is_still_registered(&self, client: &Client) -> bool {
        client.has_redirect_uri(&self.redirect_uri)
            && client.scopes.includes(&self.scopes)
            && self
                .claims
                .all()
                .is_within(&client.scopes, &ClaimSet::default())
    }
}

/// A request that its platform left here beforehand (RFC 9126): checked, and sent for by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedRequest(pub AuthorizationRequest);
