//! Platform (盟市交易平台): a place to arrive at, stored as an OAuth client.
//!
//! Owns the directory entry and the client registration. Does not know how a client proves itself
//! at the token endpoint (see `token::client_authentication`).

use protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};

use crate::id::PlatformId;
use crate::region::RegionCode;

/// Where the portal lists a platform. A field of the platform that an operator can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// 自治区本级
    Autonomous,
    /// 西部盟市
    Western,
    /// 东部盟市
    Eastern,
}

impl Zone {
    /// Every zone in the order of the portal.
    pub const ALL: [Self; 3] = [Self::Autonomous, Self::Western, Self::Eastern];

    /// The word in the database and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Autonomous => "autonomous",
            Self::Western => "western",
            Self::Eastern => "eastern",
        }
    }

    /// The zone a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|z| z.as_str() == word)
    }
}

/// Whether people can go to a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformState {
    /// In the directory, not connected yet.
    Listed,
    /// Connected.
    Active,
    /// An operator stopped it.
    Suspended,
}

impl PlatformState {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The state a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Listed, Self::Active, Self::Suspended]
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// JWS algorithms tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JwsAlgorithm {
    /// ECDSA P-256 with SHA-256; the default.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS #1 v1.5 with SHA-256, where a client asks.
    #[serde(rename = "RS256")]
    Rs256,
}

impl JwsAlgorithm {
    /// Every algorithm, the default first.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Rs256];

    /// The word of RFC 7518 §3.1.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// How a client proves itself at the token endpoint.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// A public client: PKCE alone.
    None,
    /// `client_secret_basic` or `client_secret_post`. Secrets are 256 random bits of our own making,
    /// so one SHA-256 is as good as a slow hash and can't be turned back.
    ClientSecret {
        /// SHA-256 over the secret's text, hexadecimal.
        sha256: String,
    },
    /// `private_key_jwt` (RFC 7523) with these keys.
    PrivateKeyJwt {
        /// The client's JWK Set.
        jwks: serde_json::Value,
    },
}

impl std::fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::ClientSecret { .. } => "ClientSecret",
            Self::PrivateKeyJwt { .. } => "PrivateKeyJwt",
        })
    }
}

/// When the consent page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// At every login, as the guide shows.
    AskAlways,
    /// An operator lets the platform remember it for this many days.
    RememberDays(u16),
}

/// The OAuth side of a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// How it proves itself.
    pub authentication: ClientAuthentication,
    /// Compared character by character (RFC 9700 §2.1).
    pub redirect_uris: Vec<String>,
    /// Where the portal sends a person who chose this platform (`OpenID` Connect Core §4).
    pub initiate_login_uri: Option<String>,
    /// Sent along as `target_link_uri`.
    pub target_link_uri: Option<String>,
    /// The most it may ask for; also what the portal's consent page offers.
    pub scopes: ScopeSet,
    /// `id_token_signed_response_alg`.
    pub id_token_alg: JwsAlgorithm,
    /// When the consent page is shown.
    pub consent: ConsentPolicy,
}

/// A platform in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Also its `client_id`: lower-case letters, digits, hyphens.
    pub id: PlatformId,
    /// 名称.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// GB/T 2260.
    pub region_code: RegionCode,
    /// Where the portal lists it.
    pub zone: Zone,
    /// The platform's own support, shown for business questions (FAQ 12).
    pub support_contact: Option<String>,
    /// Whether people can go there.
    pub state: PlatformState,
    /// Absent while only listed.
    pub client: Option<Client>,
}

impl Platform {
    /// The client registration of a platform that people can go to now.
    pub fn active_client(&self) -> Option<&Client> {
        match self.state {
            PlatformState::Active => self.client.as_ref(),
            PlatformState::Listed | PlatformState::Suspended => None,
        }
    }
}
