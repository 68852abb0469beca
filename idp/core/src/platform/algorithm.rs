//! JWS algorithms, in the words of RFC 7518 and one of our own: what the provider signs with, and what clients sign with.

use serde::{Deserialize, Serialize};

/// JWS algorithms tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JwsAlgorithm {
    /// ECDSA P-256 with SHA-256; the default.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA-PSS with SHA-256, where a client asks.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA PKCS #1 v1.5 with SHA-256, where a client asks.
    #[serde(rename = "RS256")]
    Rs256,
    /// SM2 with SM3 (GB/T 32918.2), for platforms that must use national algorithms. No word for it is registered: this
    /// one is private, and an operator switches it on (ADR 16).
    #[serde(rename = "x-SM2-SM3")]
    Sm2Sm3,
}

impl JwsAlgorithm {
    /// Those of RFC 7518, the default first.
    pub const STANDARD: [Self; 3] = [Self::Es256, Self::Ps256, Self::Rs256];

    /// Every algorithm, the default first. Each has keys of its own (RFC 8725 §3.1: a key serves one algorithm).
    pub const ALL: [Self; 4] = [Self::Es256, Self::Ps256, Self::Rs256, Self::Sm2Sm3];

    /// The word of RFC 7518 §3.1, or ours.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
            Self::Sm2Sm3 => "x-SM2-SM3",
        }
    }

    /// The algorithm a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// JWS algorithms that clients sign with: assertions, request objects, `DPoP` proofs. Never a symmetric one, never `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ClientAlgorithm {
    /// ECDSA P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA PKCS #1 v1.5 with SHA-256; not under FAPI 2.0 (§5.4).
    #[serde(rename = "RS256")]
    Rs256,
}

impl ClientAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Es256, Self::Ps256, Self::Rs256];

    /// The word of RFC 7518 §3.1.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// How the key of a token's encryption reaches the client (RFC 7518 §4.1). No `RSA1_5`, no symmetric one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyEncryption {
    /// RSAES OAEP with SHA-256.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// Agreed on, by ECDH on P-256.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
    /// Wrapped in what was agreed on.
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
}

impl KeyEncryption {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA256Kw];

    /// The word of RFC 7518 §4.1.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// The one a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }

    /// `kty` of the keys it takes.
    pub const fn key_type(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA",
            Self::EcdhEs | Self::EcdhEsA256Kw => "EC",
        }
    }
}

/// How a token's content is encrypted (RFC 7518 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode with HMAC-SHA-256; the default of `OpenID` Connect Registration §2.
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-256 in GCM.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl ContentEncryption {
    /// Every one, the default first.
    pub const ALL: [Self; 2] = [Self::A128CbcHs256, Self::A256Gcm];

    /// The word of RFC 7518 §5.1.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The one a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}
