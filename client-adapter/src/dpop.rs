//! `DPoP` (RFC 9449): proofs that whoever sends a token holds the key it is bound to.
//!
//! Owns key, proofs and the nonces that servers hand out. Does not know the requests they go with.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use url::Url;

use crate::clock::Clock;
use crate::secret::Secret;
use crate::settings::SettingsError;

/// Token endpoint and userinfo are one server or two; the rest is for a provider that moves.
const MOST_SERVERS: usize = 8;

/// No honest nonce is longer.
const LONGEST_NONCE: usize = 256;

/// A P-256 key for proofs: one for a process and its lifetime, or one of your own that several processes
/// share. Cheap to clone.
#[derive(Clone)]
pub struct DpopKey(Arc<KeyParts>);

struct KeyParts {
    header: Header,
    key: EncodingKey,
    thumbprint: String,
}

impl DpopKey {
    /// A new key, which ends with this process. Tokens bound to it are of no use afterwards, nor to other
    /// processes of this platform.
    pub fn generate() -> Result<Self, SettingsError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_unspecified| SettingsError::NoDpopKey)?;
        let pkcs8 = (pair.to_pkcs8v1()).map_err(|_unspecified| SettingsError::NoDpopKey)?;
        Self::of(EncodingKey::from_ec_der(pkcs8.as_ref()))
    }

    /// Your own key: P-256, PKCS#8, PEM.
    pub fn from_pem(pem: &Secret) -> Result<Self, SettingsError> {
        let key = EncodingKey::from_ec_pem(pem.reveal().as_bytes());
        Self::of(key.map_err(SettingsError::DpopKey)?)
    }

    /// The key's thumbprint (RFC 7638), `jkt` of the tokens bound to it.
    pub fn thumbprint(&self) -> &str {
        &self.0.thumbprint
    }

    fn of(key: EncodingKey) -> Result<Self, SettingsError> {
        let mut jwk =
            Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(SettingsError::DpopKey)?;
        // RFC 9449 §4.2: the public key, and nothing that is said about it.
        jwk.common.key_algorithm = None;
        let thumbprint =
            (jwk.thumbprint(ThumbprintHash::SHA256)).map_err(SettingsError::DpopKey)?;
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(jwk);
        // A key on another curve shows only when it signs.
        jsonwebtoken::encode(&header, &(), &key).map_err(SettingsError::DpopKey)?;
        Ok(Self(Arc::new(KeyParts {
            header,
            key,
            thumbprint,
        })))
    }
}

impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DpopKey").field(&self.0.thumbprint).finish()
    }
}

/// A key at work: it knows the time and each server's newest nonce.
pub(crate) struct Prover {
    key: DpopKey,
    clock: Clock,
    /// By origin.
    nonces: Mutex<VecDeque<(String, String)>>,
}

#[derive(Serialize)]
struct ProofClaims<'a> {
    jti: &'a str,
    htm: &'a str,
    htu: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}

impl Prover {
    pub(crate) fn new(key: DpopKey, clock: Clock) -> Self {
        Self {
            key,
            clock,
            nonces: Mutex::default(),
        }
    }

    pub(crate) fn thumbprint(&self) -> &str {
        self.key.thumbprint()
    }

    /// The proof for one request (§4.2), with the access token that goes with it.
    pub(crate) fn proof(
        &self,
        method: &str,
        url: &Url,
        access_token: Option<&Secret>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let mut target = url.clone();
        target.set_query(None);
        target.set_fragment(None);
        let jti = Secret::random();
        let claims = ProofClaims {
            jti: jti.reveal(),
            htm: method,
            htu: target.as_str(),
            iat: self.clock.now(),
            ath: access_token.map(|token| {
                let hash = digest(&SHA256, token.reveal().as_bytes());
                BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref())
            }),
            nonce: self.nonce_of(url),
        };
        jsonwebtoken::encode(&self.key.0.header, &claims, &self.key.0.key)
    }

    /// Remembers the nonce a server handed out (§8.2); whether it is another than before.
    pub(crate) fn learn(&self, url: &Url, nonce: &str) -> bool {
        let origin = origin(url);
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let known = nonces.iter().any(|(of, it)| *of == origin && it == nonce);
        if known || nonce.is_empty() || nonce.len() > LONGEST_NONCE {
            return false;
        }
        nonces.retain(|(of, _)| *of != origin);
        nonces.truncate(MOST_SERVERS - 1);
        nonces.push_front((origin, nonce.to_owned()));
        true
    }

    fn nonce_of(&self, url: &Url) -> Option<String> {
        let origin = origin(url);
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let found = nonces.iter().find(|(of, _)| *of == origin);
        found.map(|(_, nonce)| nonce.clone())
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn nonces_are_kept_by_server_and_do_not_pile_up() {
        let prover = Prover::new(DpopKey::generate().unwrap(), Clock::system());
        let url = |i: usize| Url::parse(&format!("https://s{i}.example/token?x=1")).unwrap();
        for i in 0..100 {
            assert!(prover.learn(&url(i), "first"));
            assert!(!prover.learn(&url(i), "first"));
            assert!(prover.learn(&url(i), "second"));
        }
        assert_eq!(prover.nonces.lock().unwrap().len(), MOST_SERVERS);
        assert_eq!(prover.nonce_of(&url(99)).as_deref(), Some("second"));
        assert_eq!(prover.nonce_of(&url(1)), None);
        assert!(!prover.learn(&url(99), &"x".repeat(LONGEST_NONCE + 1)));
    }

    #[test]
    fn a_key_says_its_name_and_nothing_else() {
        let key = DpopKey::generate().unwrap();
        assert_eq!(key.thumbprint().len(), 43);
        assert_eq!(
            format!("{key:?}"),
            format!("DpopKey({:?})", key.thumbprint())
        );
        assert!(DpopKey::from_pem(&"no key".into()).is_err());
    }
}
