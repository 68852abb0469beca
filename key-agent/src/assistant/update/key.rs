//! The release key: who may tell this program of a newer one.
//!
//! Owns both halves and the one algorithm that each kind of key signs with. Does not know what is signed.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, UnparsedPublicKey,
};
use der::{Decode as _, pem};
use pkcs8::ObjectIdentifier;
use pkcs8::spki::SubjectPublicKeyInfoRef;

/// id-Ed25519 (RFC 8410).
const ED25519_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// id-ecPublicKey (RFC 5480).
const EC_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256r1 (RFC 5480).
const P256_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// The public half, as the settings hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReleaseKey {
    kind: Kind,
    octets: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ed25519,
    P256,
}

impl Kind {
    /// The `alg` of RFC 7518 §3.1 and RFC 8037 §3.1.
    const fn algorithm(self) -> &'static str {
        match self {
            Self::Ed25519 => "EdDSA",
            Self::P256 => "ES256",
        }
    }
}

/// Why a text is no release key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseKeyError {
    /// Not PEM of the kind asked for.
    #[error("the release key is no PEM text of a key (PUBLIC KEY, PRIVATE KEY)")]
    Malformed,
    /// A key of another algorithm.
    #[error("the release key must be Ed25519 or P-256")]
    Unsupported,
}

impl ReleaseKey {
    /// Reads `-----BEGIN PUBLIC KEY-----`.
    pub fn from_pem(text: &str) -> Result<Self, ReleaseKeyError> {
        let der = section(text, "PUBLIC KEY")?;
        let info = SubjectPublicKeyInfoRef::from_der(&der).or(Err(ReleaseKeyError::Malformed))?;
        let kind = match (info.algorithm.oid, info.algorithm.parameters_oid().ok()) {
            (ED25519_OID, None) => Kind::Ed25519,
            (EC_OID, Some(P256_OID)) => Kind::P256,
            _ => return Err(ReleaseKeyError::Unsupported),
        };
        let octets = info.subject_public_key.raw_bytes().to_vec();
        Ok(Self { kind, octets })
    }

    /// The one `alg` that this key signs with.
    pub const fn algorithm(&self) -> &'static str {
        self.kind.algorithm()
    }

    /// Whether this key signed the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.kind {
            Kind::Ed25519 => {
                UnparsedPublicKey::new(&ED25519, &self.octets).verify(message, signature)
            }
            Kind::P256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.octets)
                .verify(message, signature),
        }
        .is_ok()
    }
}

impl fmt::Debug for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReleaseKey")
            .field(&self.algorithm())
            .finish()
    }
}

/// The private half, which only the person who releases has.
pub struct SigningKey(Pair);

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl SigningKey {
    /// Reads `-----BEGIN PRIVATE KEY-----` (PKCS #8).
    pub fn from_pem(text: &str) -> Result<Self, ReleaseKeyError> {
        let der = section(text, "PRIVATE KEY")?;
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            return Ok(Self(Pair::Ed25519(pair)));
        }
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)
            .map(|pair| Self(Pair::P256(pair)))
            .or(Err(ReleaseKeyError::Unsupported))
    }

    /// The one `alg` that this key signs with.
    pub const fn algorithm(&self) -> &'static str {
        match self.0 {
            Pair::Ed25519(_) => Kind::Ed25519.algorithm(),
            Pair::P256(_) => Kind::P256.algorithm(),
        }
    }

    /// Signs; `None` if the system has no randomness.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.0 {
            Pair::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Pair::P256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .ok()
                .map(|signature| signature.as_ref().to_vec()),
        }
    }
}

fn section(text: &str, wanted: &str) -> Result<Vec<u8>, ReleaseKeyError> {
    match pem::decode_vec(text.trim().as_bytes()) {
        Ok((label, der)) if label == wanted => Ok(der),
        Ok(_) | Err(_) => Err(ReleaseKeyError::Malformed),
    }
}
