//! One key pair: making, opening, signing, verifying, and its public JWK.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::JwsAlgorithm;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The cryptography library refused.
#[derive(Debug, thiserror::Error)]
#[error("a signing key can't be made or opened")]
pub struct BadKey;

/// An opened key pair: parsed once, used often.
pub enum KeyPair {
    /// P-256.
    Es256(EcdsaKeyPair),
    /// RSA-2048.
    Rs256(Box<RsaKeyPair>),
}

impl KeyPair {
    /// A new pair and its PKCS #8 octets.
    pub fn generate(algorithm: JwsAlgorithm) -> Result<(Self, Zeroizing<Vec<u8>>), BadKey> {
        let pkcs8 = match algorithm {
            JwsAlgorithm::Es256 => {
                let document = EcdsaKeyPair::generate_pkcs8(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &SystemRandom::new(),
                )
                .or(Err(BadKey))?;
                Zeroizing::new(document.as_ref().to_vec())
            }
            JwsAlgorithm::Rs256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).or(Err(BadKey))?;
                let document: Pkcs8V1Der<'_> = pair.as_der().or(Err(BadKey))?;
                Zeroizing::new(document.as_ref().to_vec())
            }
        };
        Ok((Self::open(algorithm, &pkcs8)?, pkcs8))
    }

    /// From PKCS #8.
    pub fn open(algorithm: JwsAlgorithm, pkcs8: &[u8]) -> Result<Self, BadKey> {
        match algorithm {
            JwsAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                    .map(Self::Es256)
                    .or(Err(BadKey))
            }
            JwsAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8)
                .map(|pair| Self::Rs256(Box::new(pair)))
                .or(Err(BadKey)),
        }
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BadKey> {
        let rng = SystemRandom::new();
        match self {
            Self::Es256(pair) => pair
                .sign(&rng, message)
                .map(|signature| signature.as_ref().to_vec())
                .or(Err(BadKey)),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature)
                    .or(Err(BadKey))?;
                Ok(signature)
            }
        }
    }

    /// Whether this pair made the signature.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(pair) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())
                    .verify(message, signature)
            }
            Self::Rs256(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())
                    .verify(message, signature)
            }
        }
        .is_ok()
    }

    /// Its `kid` (RFC 7638 thumbprint) and its public JWK (RFC 7517), JSON text.
    pub fn public_jwk(&self) -> Result<(String, String), BadKey> {
        // Members of the thumbprint in lexicographic order (RFC 7638 §3.2).
        let (required, alg) = match self {
            Self::Es256(pair) => {
                let (x, y) = pair
                    .public_key()
                    .as_ref()
                    .get(1..)
                    .and_then(|point| point.split_at_checked(32))
                    .ok_or(BadKey)?;
                let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
                (
                    json!({ "crv": "P-256", "kty": "EC", "x": x, "y": y }),
                    "ES256",
                )
            }
            Self::Rs256(pair) => {
                let public = pair.public_key();
                let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
                let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
                (json!({ "e": e, "kty": "RSA", "n": n }), "RS256")
            }
        };
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(required.to_string().as_bytes()));
        let mut jwk = required;
        if let Some(members) = jwk.as_object_mut() {
            members.insert("kid".to_owned(), json!(kid));
            members.insert("use".to_owned(), json!("sig"));
            members.insert("alg".to_owned(), json!(alg));
        }
        Ok((kid, jwk.to_string()))
    }
}
