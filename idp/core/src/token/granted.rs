//! Granted: what tokens are minted from, whichever way led there.

use protocol::claims::Confirmation;
use protocol::scope::ScopeSet;
use serde_json::{Map, Value};

use super::TokenRefusal;
use crate::authorization::RequestedClaims;
use crate::disclosure::disclose_chosen;
use crate::enterprise::Enterprise;
use crate::grant::Grant;
use crate::key_lock::KeyLock;
use crate::platform::{Client, JwsAlgorithm, SecurityProfile, SenderConstraint};

/// A durable grant and what its tokens need. Holds a token: `Debug` tells the grant alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Granted {
    /// The grant.
    pub grant: Grant,
    /// Who the enterprise is to the client.
    pub subject: String,
    /// What this access token opens: all that was granted, or less.
    pub scopes: ScopeSet,
    /// Where this access token is of use; none: at userinfo.
    pub resources: Vec<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// For the ID token.
    pub id_token_alg: JwsAlgorithm,
    /// Claims that the ID token was asked to hold.
    pub told: Map<String, Value>,
    /// Who alone may use this access token; none: its bearer.
    pub confirmation: Option<Confirmation>,
    /// Goes out with the tokens.
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for Granted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Granted")
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

/// To whom tokens are bound: the key of the proof that came (`jkt`), or the certificate that was shown (`x5t`), as the client
/// is registered. A certificate may be shown for other reasons, so it binds where it is wanted alone.
pub fn confirmation(
    client: &Client,
    jkt: Option<String>,
    x5t: Option<String>,
) -> Option<Confirmation> {
    let key = jkt.map(Confirmation::Key);
    let certificate = x5t.map(Confirmation::Certificate);
    match (client.tokens.sender_constraint, client.profile) {
        (SenderConstraint::Mtls, _) => certificate,
        (SenderConstraint::None, SecurityProfile::Fapi2) => key.or(certificate),
        (SenderConstraint::Dpop, _) | (SenderConstraint::None, SecurityProfile::Standard) => key,
    }
}

/// Whether tokens may go to whoever asks: where a client's tokens are bound, it must show what to.
pub fn check_sender(
    client: &Client,
    confirmation: Option<&Confirmation>,
) -> Result<(), TokenRefusal> {
    let is_shown = match (client.tokens.sender_constraint, client.profile) {
        (SenderConstraint::Dpop, _) => matches!(confirmation, Some(Confirmation::Key(_))),
        (SenderConstraint::Mtls, _) => matches!(confirmation, Some(Confirmation::Certificate(_))),
        // FAPI 2.0 §5.3.2.1: one or the other.
        (SenderConstraint::None, SecurityProfile::Fapi2) => confirmation.is_some(),
        (SenderConstraint::None, SecurityProfile::Standard) => true,
    };
    is_shown
        .then_some(())
        .ok_or(match client.tokens.sender_constraint {
            // RFC 8705 has no word of its own for it.
            SenderConstraint::Mtls => TokenRefusal::InvalidRequest(
                "tokens of this client are bound to its certificate, and none was shown",
            ),
            SenderConstraint::Dpop | SenderConstraint::None => TokenRefusal::InvalidDpopProof(
                "tokens of this client are bound to a key or certificate, and none was shown",
            ),
        })
}

/// What was granted, or a part of that (RFC 8707 §2.2). `None`: more was asked.
pub fn narrowed(granted: &[String], asked: &[String]) -> Option<Vec<String>> {
    match asked {
        [] => Some(granted.to_vec()),
        asked => (asked.iter().all(|asked| granted.contains(asked))).then(|| asked.to_vec()),
    }
}

/// Claims that the request asked into the ID token, `sub` apart: that is told anyway.
pub fn told(
    claims: &RequestedClaims,
    enterprise: &Enterprise,
    key_lock: &KeyLock,
) -> Map<String, Value> {
    if claims.id_token.is_empty() {
        return Map::new();
    }
    let opened = (&ScopeSet::default(), &claims.id_token);
    let mut told = disclose_chosen(String::new(), opened, enterprise, key_lock);
    told.remove("sub");
    told
}
