//! One key pair: making, opening, signing, verifying, and its public JWK.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair, RsaParameters, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::JwsAlgorithm;
use pki::sm2;
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
    /// RSA-2048, with RSA-PSS.
    Ps256(Box<RsaKeyPair>),
    /// RSA-2048, with PKCS #1 v1.5.
    Rs256(Box<RsaKeyPair>),
    /// SM2, with its `SubjectPublicKeyInfo`.
    Sm2Sm3(Box<sm2::SigningKey>, Vec<u8>),
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
            JwsAlgorithm::Sm2Sm3 => {
                let key = sm2::SigningKey::generate().or(Err(BadKey))?;
                key.to_pkcs8_der().or(Err(BadKey))?
            }
            JwsAlgorithm::Ps256 | JwsAlgorithm::Rs256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).or(Err(BadKey))?;
                let document: Pkcs8V1Der<'_> = pair.as_der().or(Err(BadKey))?;
                Zeroizing::new(document.as_ref().to_vec())
            }
        };
        Ok((Self::open(algorithm, &pkcs8)?, pkcs8))
    }

    /// From PKCS #8.
    pub fn open(algorithm: JwsAlgorithm, pkcs8: &[u8]) -> Result<Self, BadKey> {
        let rsa = || {
            let pair = RsaKeyPair::from_pkcs8(pkcs8).or(Err(BadKey))?;
            Ok(Box::new(pair))
        };
        match algorithm {
            JwsAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                    .map(Self::Es256)
                    .or(Err(BadKey))
            }
            JwsAlgorithm::Ps256 => rsa().map(Self::Ps256),
            JwsAlgorithm::Rs256 => rsa().map(Self::Rs256),
            JwsAlgorithm::Sm2Sm3 => {
                let key = sm2::SigningKey::from_pkcs8_der(pkcs8).or(Err(BadKey))?;
                let spki = key.subject_public_key_info_der().or(Err(BadKey))?;
                Ok(Self::Sm2Sm3(Box::new(key), spki))
            }
        }
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, BadKey> {
        match self {
            Self::Es256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .or(Err(BadKey)),
            Self::Ps256(pair) => sign_rsa(pair, &RSA_PSS_SHA256, message),
            Self::Rs256(pair) => sign_rsa(pair, &RSA_PKCS1_SHA256, message),
            Self::Sm2Sm3(key, _) => key.sign_raw(message).or(Err(BadKey)),
        }
    }

    /// Whether this pair made the signature.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let by_rsa = |pair: &RsaKeyPair, parameters: &'static RsaParameters| {
            UnparsedPublicKey::new(parameters, pair.public_key().as_ref())
                .verify(message, signature)
        };
        match self {
            Self::Es256(pair) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())
                    .verify(message, signature)
            }
            Self::Ps256(pair) => by_rsa(pair, &RSA_PSS_2048_8192_SHA256),
            Self::Rs256(pair) => by_rsa(pair, &RSA_PKCS1_2048_8192_SHA256),
            Self::Sm2Sm3(_, spki) => return sm2::verify_raw(spki, message, signature).is_ok(),
        }
        .is_ok()
    }

    /// Its `kid` (RFC 7638 thumbprint) and its public JWK (RFC 7517), JSON text.
    pub fn public_jwk(&self) -> Result<(String, String), BadKey> {
        // Members of the thumbprint in lexicographic order (RFC 7638 §3.2).
        let (required, alg) = match self {
            Self::Es256(pair) => {
                let (x, y) = coordinates(pair.public_key().as_ref())?;
                (
                    json!({ "crv": "P-256", "kty": "EC", "x": x, "y": y }),
                    JwsAlgorithm::Es256,
                )
            }
            Self::Ps256(pair) => (public_rsa(pair), JwsAlgorithm::Ps256),
            Self::Rs256(pair) => (public_rsa(pair), JwsAlgorithm::Rs256),
            Self::Sm2Sm3(_, spki) => (public_sm2(spki)?, JwsAlgorithm::Sm2Sm3),
        };
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(required.to_string().as_bytes()));
        let mut jwk = required;
        if let Some(members) = jwk.as_object_mut() {
            members.insert("kid".to_owned(), json!(kid));
            members.insert("use".to_owned(), json!("sig"));
            members.insert("alg".to_owned(), json!(alg.as_str()));
        }
        Ok((kid, jwk.to_string()))
    }
}

/// Of an uncompressed point (SEC 1 §2.3.3).
fn coordinates(point: &[u8]) -> Result<(String, String), BadKey> {
    let (x, y) = match point {
        [4, numbers @ ..] if numbers.len() == 64 => numbers.split_at_checked(32).ok_or(BadKey)?,
        _ => return Err(BadKey),
    };
    Ok((URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}

/// No word for the curve is registered either: `kty` and `crv` are private, so that a reader that follows RFC 7517 §5
/// passes over the key and takes it for no other.
fn public_sm2(spki: &[u8]) -> Result<serde_json::Value, BadKey> {
    // The point stands last in the SubjectPublicKeyInfo.
    let at = spki.len().checked_sub(65).ok_or(BadKey)?;
    let (x, y) = coordinates(spki.get(at..).ok_or(BadKey)?)?;
    Ok(json!({ "crv": "x-SM2", "kty": "x-SM2", "x": x, "y": y }))
}

fn sign_rsa(
    pair: &RsaKeyPair,
    padding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, BadKey> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(padding, &SystemRandom::new(), message, &mut signature)
        .or(Err(BadKey))?;
    Ok(signature)
}

fn public_rsa(pair: &RsaKeyPair) -> serde_json::Value {
    let public = pair.public_key();
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    json!({ "e": e, "kty": "RSA", "n": n })
}
