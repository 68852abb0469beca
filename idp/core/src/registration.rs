//! Registration tokens (the initial access tokens of RFC 7591 §1.2), by which an operator lets platforms register themselves,
//! and what such a platform then holds (RFC 7592).
//!
//! Owns what a token is good for. Its text is kept nowhere: whoever has it is told by its digest.

use protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::id::{PlatformId, RegistrationTokenId};
use crate::platform::{Client, ClientAuthentication, SecurityProfile, Zone};
use crate::region::RegionCode;
use crate::timestamp::Timestamp;

/// What platforms get that register by a token: what no metadata says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationTerms {
    /// The most they may ask for.
    pub scopes: ScopeSet,
    /// The rules they are held to.
    pub profile: SecurityProfile,
    /// They are in force at once, and whatever they change later; else an operator looks at them first.
    pub trusted: bool,
    /// They may leave PKCE out, where they are confidential.
    pub pkce_optional: bool,
    /// They may ask for tokens in their own name.
    pub client_credentials: bool,
    /// Where they are.
    pub region_code: RegionCode,
    /// Where the portal lists them.
    pub zone: Zone,
}

impl RegistrationTerms {
    /// What metadata is read within.
    pub fn client(&self) -> Client {
        let mut client = Client::standard(ClientAuthentication::None, Vec::new());
        client.scopes = self.scopes.clone();
        client.profile = self.profile;
        client.requests.pkce_optional = self.pkce_optional;
        client.tokens.client_credentials = self.client_credentials;
        client
    }
}

/// A registration token, as it is stored: without its text.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistrationToken {
    /// By which operators know it.
    pub id: RegistrationTokenId,
    /// SHA-256 of its text, hexadecimal.
    pub sha256: String,
    /// What platforms get by it.
    pub terms: RegistrationTerms,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: Timestamp,
    /// Refused from here on.
    pub expires_at: Timestamp,
    /// How many platforms may register by it.
    pub uses: u32,
    /// How many did.
    pub used: u32,
    /// When an operator took it back.
    pub revoked_at: Option<Timestamp>,
}

impl RegistrationToken {
    /// Whether a platform may register by it now.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at && self.used < self.uses
    }

    /// In a word: `good`, or why not.
    pub fn standing(&self, now: Timestamp) -> &'static str {
        if self.is_good(now) {
            "good"
        } else if self.revoked_at.is_some() {
            "revoked"
        } else if self.used >= self.uses {
            "spent"
        } else {
            "expired"
        }
    }
}

impl std::fmt::Debug for RegistrationToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistrationToken")
            .field("id", &self.id)
            .field("uses", &self.uses)
            .field("used", &self.used)
            .finish_non_exhaustive()
    }
}

/// A platform that registered itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SelfRegistration {
    /// Which.
    pub platform_id: PlatformId,
    /// By which token.
    pub token_id: RegistrationTokenId,
    /// SHA-256 of the token by which it manages its registration, hexadecimal.
    pub access_sha256: String,
    /// When.
    pub registered_at: Timestamp,
    /// No operator looks at what it changes.
    pub trusted: bool,
}

impl std::fmt::Debug for SelfRegistration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SelfRegistration")
            .field("platform_id", &self.platform_id)
            .finish_non_exhaustive()
    }
}

/// SHA-256 of a token's text, hexadecimal: its name in the store.
pub fn registration_token_sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
