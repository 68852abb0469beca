//! Authorization code: what it stands for until it is redeemed.

use protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::request::AuthorizationRequest;
use super::words::{Assurance, RequestedClaims};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::id::{ConsentId, EnterpriseId, KeyLockId, PlatformId, SessionId};
use crate::presence::Present;
use crate::timestamp::Timestamp;

/// What an authorization code stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// To whom it was given.
    pub platform_id: PlatformId,
    /// Where it was sent; must come back the same (RFC 6749 §4.1.3).
    pub redirect_uri: String,
    /// What it opens.
    pub scopes: ScopeSet,
    /// What it opens beyond scopes.
    pub claims: RequestedClaims,
    /// Where the access token may be of use.
    pub resources: Vec<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// PKCE.
    pub code_challenge: Option<String>,
    /// The key it is for (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    /// How sure the sign-in was.
    pub assurance: Assurance,
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
            claims: request.claims.clone(),
            resources: request.resources.clone(),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
            assurance: request.assurance,
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
