//! Flow: the token endpoint (RFC 6749 §3.2). A numbered pipeline that no grant type can skip:
//!
//! 1. authenticate the client — [`client_authentication`], [`certificate_authentication`], before the transaction
//! 2. is the grant type known — [`GrantType::of_word`]
//! 3. the grant type's own part — [`authorization_code`], [`refresh`], [`client_credentials`]
//! 4. write the grant and the event, one transaction
//!    ([`operator_grant`]: operators have no client, and their own key stands for step 1 too)
//! 5. mint the tokens — [`mint`], after the grant is durable

mod assertion_claims;
pub mod authorization_code;
pub mod certificate_authentication;
pub mod client_authentication;
pub mod client_credentials;
pub mod granted;
pub mod mint;
pub mod operator_assertion;
pub mod operator_grant;
pub mod refresh;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::id::PlatformId;
use crate::store::{Store, StoreError};

/// Grant types this endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 §4.1.3.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
}

impl GrantType {
    /// Every grant type.
    pub const ALL: [Self; 3] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// The grant type a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.as_str() == word)
    }
}

/// Why a token request is refused (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// A parameter is missing or came twice.
    InvalidRequest(&'static str),
    /// The client did not prove itself.
    InvalidClient(&'static str),
    /// The code, its redirect URI or its verifier are wrong.
    InvalidGrant(&'static str),
    /// A client that proved itself and may not ask for this (RFC 6749 §5.2).
    UnauthorizedClient(&'static str),
    /// A grant type nobody here knows.
    UnsupportedGrantType,
    /// A `resource` beyond what was granted (RFC 8707 §2).
    InvalidTarget,
    /// No `DPoP` proof where one is needed, or one that proves nothing (RFC 9449 §5).
    InvalidDpopProof(&'static str),
    /// A `DPoP` proof without a nonce of ours (RFC 9449 §8).
    UseDpopNonce,
    /// A `scope` beyond what was granted.
    InvalidScope(&'static str),
}

impl TokenRefusal {
    /// The word on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient(_) => "invalid_client",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::UnauthorizedClient(_) => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidScope(_) => "invalid_scope",
            Self::InvalidDpopProof(_) => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }

    /// For the platform's developer; ASCII without `"` and `\`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest(text)
            | Self::InvalidClient(text)
            | Self::InvalidGrant(text)
            | Self::UnauthorizedClient(text)
            | Self::InvalidScope(text)
            | Self::InvalidDpopProof(text) => text,
            Self::UseDpopNonce => "the DPoP proof needs the nonce of the DPoP-Nonce header",
            Self::UnsupportedGrantType => {
                "grant_type must be authorization_code, refresh_token or client_credentials"
            }
            Self::InvalidTarget => "a resource was not granted",
        }
    }
}

/// Writes down that a token request was refused.
pub fn note_refusal(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform_id: Option<&PlatformId>,
    refusal: TokenRefusal,
) -> Result<(), StoreError> {
    store.append_audit(&AuditEvent {
        reason: Some(refusal.code().to_owned()),
        detail: Some(refusal.description().to_owned()),
        platform_id: platform_id.cloned(),
        incident_id: Some(caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::TokenRefused)
    })
}
