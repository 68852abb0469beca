//! How a client proves itself at the token endpoint and wherever else it speaks for itself, as registered.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::timestamp::Timestamp;

/// Methods the provider takes, in the words of `OpenID` Connect Core §9.
pub const METHODS: [&str; 4] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "none",
];

/// Methods it takes besides, where certificates can be shown (RFC 8705 §2).
pub const CERTIFICATE_METHODS: [&str; 2] = ["tls_client_auth", "self_signed_tls_client_auth"];

/// The registered method (`token_endpoint_auth_method`, RFC 7591 §2).
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
        /// The one before it, while both are taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<PreviousSecret>,
    },
    /// `private_key_jwt` (RFC 7523) with the client's keys.
    PrivateKeyJwt,
    /// `tls_client_auth` (RFC 8705 §2.1): a certificate of a CA that the provider trusts for clients.
    TlsClientAuth {
        /// What the certificate must be for.
        subject: TlsSubject,
    },
    /// `self_signed_tls_client_auth` (RFC 8705 §2.2): a certificate among the client's keys.
    SelfSignedTlsClientAuth,
}

/// SHA-256 of a secret, hexadecimal, as it is stored.
pub fn secret_sha256(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// What stands in place of a digest that is not there: no text has this one.
const NO_DIGEST: &str = "----------------------------------------------------------------";

/// Whether a presented digest is the stored one, in constant time; the same work where none is stored.
pub fn is_digest(presented: &str, stored: Option<&str>) -> Choice {
    let stored = stored.unwrap_or(NO_DIGEST);
    presented.as_bytes().ct_eq(stored.as_bytes())
}

/// A secret that was replaced and is taken for a while yet, so that a platform can change over without a gap.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviousSecret {
    /// SHA-256 over its text, hexadecimal.
    pub sha256: String,
    /// Refused from here on.
    pub until: Timestamp,
}

/// What the certificate of `tls_client_auth` must be for: one of the members of RFC 8705 §2.1.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsSubject {
    /// `tls_client_auth_subject_dn`: the whole subject, in the text of RFC 4514.
    Dn(String),
    /// `tls_client_auth_san_dns`
    SanDns(String),
    /// `tls_client_auth_san_uri`
    SanUri(String),
    /// `tls_client_auth_san_ip`
    SanIp(core::net::IpAddr),
    /// `tls_client_auth_san_email`
    SanEmail(String),
}

impl std::fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::ClientSecret { .. } => "ClientSecret",
            Self::PrivateKeyJwt => "PrivateKeyJwt",
            Self::TlsClientAuth { .. } => "TlsClientAuth",
            Self::SelfSignedTlsClientAuth => "SelfSignedTlsClientAuth",
        })
    }
}

/// Public keys of a client (RFC 7591 §2): what it signs assertions and request objects with, and the
/// certificates it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// Registered as they are.
    Jwks(serde_json::Value),
    /// Fetched from the client, within bounds.
    JwksUri(String),
}
