//! Authorization request and authorization code, both short-lived (ephemeral port).

use protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::id::{ConsentId, EnterpriseId, KeyLockId, PlatformId, SessionId};
use crate::platform::Client;
use crate::presence::Present;
use crate::timestamp::Timestamp;

/// `prompt` (`OpenID` Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the parameter is a set of four words"
)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// Sign again even when signed in.
    pub login: bool,
    /// Ask again even when remembered.
    pub consent: bool,
    /// Choose the lock again.
    pub select_account: bool,
}

/// A request that passed every check which needs no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// `client_id`.
    pub platform_id: PlatformId,
    /// One of the registered ones, to the character.
    pub redirect_uri: String,
    /// Known scopes among those asked, cut to what the platform may have; holds `openid`.
    pub scopes: ScopeSet,
    /// Given back as it came.
    pub state: Option<String>,
    /// Put into the ID token.
    pub nonce: Option<String>,
    /// PKCE, S256 (RFC 7636 §4.2).
    pub code_challenge: String,
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
}

impl AuthorizationRequest {
    /// Whether its client might ask for this now: what was registered when it came may be gone.
    pub fn is_still_registered(&self, client: &Client) -> bool {
        client.redirect_uris.contains(&self.redirect_uri) && client.scopes.includes(&self.scopes)
    }
}

/// What an authorization code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// To whom it was given.
    pub platform_id: PlatformId,
    /// Where it was sent; must come back the same (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// What it opens.
    pub scopes: ScopeSet,
    /// For the ID token.
    pub nonce: Option<String>,
    /// PKCE.
    pub code_challenge: String,
    /// Who.
    pub enterprise_id: EnterpriseId,
    /// With which lock.
    pub key_lock_id: KeyLockId,
    /// On which consent.
    pub consent_id: ConsentId,
    /// In which session.
    pub session_id: SessionId,
    /// When the lock signed.
    pub auth_time: Timestamp,
    /// When it was made.
    pub issued_at: Timestamp,
}

/// SHA-256 of a code, hexadecimal: its name in the ephemeral port and in the grant.
pub fn code_sha256(code: &str) -> String {
    hex::encode(Sha256::digest(code.as_bytes()))
}

impl AuthorizationCode {
    /// What a code for this request, this person and this consent stands for.
    pub fn for_request(
        cx: &Cx,
        request: &AuthorizationRequest,
        present: &Present,
        consent_id: &ConsentId,
    ) -> Self {
        Self {
            platform_id: request.platform_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
            enterprise_id: present.enterprise.id.clone(),
            key_lock_id: present.key_lock.id.clone(),
            consent_id: consent_id.clone(),
            session_id: present.authentication.session_id.clone(),
            auth_time: present.authentication.auth_time,
            issued_at: cx.now,
        }
    }

    /// The event that it goes out.
    pub fn issued_event(&self, cx: &Cx, caller: &Caller) -> AuditEvent {
        AuditEvent {
            enterprise_id: Some(self.enterprise_id.clone()),
            key_lock_id: Some(self.key_lock_id.clone()),
            platform_id: Some(self.platform_id.clone()),
            session_id: Some(self.session_id.clone()),
            consent_id: Some(self.consent_id.clone()),
            remote_address: caller.remote_address.clone(),
            ..AuditEvent::new(cx, AuditKind::CodeIssued)
        }
    }
}
