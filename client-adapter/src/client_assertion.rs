//! `private_key_jwt` (RFC 7523 §2.2, §3).
//!
//! Owns the assertion and its signing. Does not know the request it goes with.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::secret::Secret;
use crate::settings::{PrivateKeyJwt, SettingsError, SigningAlgorithm};

/// `client_assertion_type` (RFC 7523 §2.2).
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The assertion is used at once.
const ASSERTION_SECONDS: i64 = 60;

/// A private key that is ready to sign.
pub(crate) struct AssertionKey {
    header: Header,
    key: EncodingKey,
}

#[derive(Serialize)]
struct AssertionClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
}

impl AssertionKey {
    pub(crate) fn new(settings: &PrivateKeyJwt) -> Result<Self, SettingsError> {
        let pem = settings.private_key_pem.reveal().as_bytes();
        let (algorithm, key) = match settings.algorithm {
            SigningAlgorithm::Es256 => (Algorithm::ES256, EncodingKey::from_ec_pem(pem)),
            SigningAlgorithm::Ps256 => (Algorithm::PS256, EncodingKey::from_rsa_pem(pem)),
            SigningAlgorithm::Rs256 => (Algorithm::RS256, EncodingKey::from_rsa_pem(pem)),
        };
        let mut header = Header::new(algorithm);
        header.kid = Some(settings.key_id.clone());
        let made = Self {
            header,
            key: key.map_err(SettingsError::PrivateKey)?,
        };
        // A key of the wrong kind shows only when it signs; better now than at the first login.
        made.assertion("c", "https://i", 0)
            .map_err(SettingsError::PrivateKey)?;
        Ok(made)
    }

    /// An assertion by `client_id` for the provider `issuer`. The issuer identifier as the only
    /// audience leaves no other server that would accept it.
    pub(crate) fn assertion(
        &self,
        client_id: &str,
        issuer: &str,
        now: i64,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let jti = Secret::random();
        let claims = AssertionClaims {
            iss: client_id,
            sub: client_id,
            aud: issuer,
            jti: jti.reveal(),
            iat: now,
            exp: now.saturating_add(ASSERTION_SECONDS),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key)
    }
}
