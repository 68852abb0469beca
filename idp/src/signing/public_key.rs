//! The public half of a signing key: its `kid`, its JWK, and verifying. In software, wherever the private half is.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::JwsAlgorithm;
use pki::sm2;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// DER of a `SubjectPublicKeyInfo` on the SM2 curve (GM/T 0009 §7.1) up to the point.
const SM2_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x81, 0x1c, 0xcf,
    0x55, 1, 0x82, 0x2d, 3, 0x42, 0,
];

/// Verifies what one key signed.
pub(super) struct PublicKey {
    algorithm: JwsAlgorithm,
    numbers: Numbers,
    kid: String,
}

enum Numbers {
    /// Uncompressed (SEC 1 §2.3.3).
    Point(Vec<u8>),
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
}

/// Whether the key of this public JWK signed this with ES256. Its `kid` is what the key itself makes it (RFC 7638), so that
/// nobody's key goes by another's name.
pub fn is_signed_by_jwk(jwk: &Value, kid: &str, message: &[u8], signature: &[u8]) -> bool {
    let key = PublicKey::of_jwk(JwsAlgorithm::Es256, &jwk.to_string());
    key.is_some_and(|key| key.kid() == kid && key.verifies(message, signature))
}

impl PublicKey {
    /// Of an uncompressed point.
    pub(super) fn of_point(algorithm: JwsAlgorithm, point: &[u8]) -> Option<Self> {
        coordinates(point)?;
        Self::of_numbers(algorithm, Numbers::Point(point.to_vec()))
    }

    /// Of modulus and exponent, big-endian.
    pub(super) fn of_rsa(algorithm: JwsAlgorithm, n: &[u8], e: &[u8]) -> Option<Self> {
        let plain =
            |octets: &[u8]| -> Vec<u8> { octets.iter().copied().skip_while(|o| *o == 0).collect() };
        let (n, e) = (plain(n), plain(e));
        Self::of_numbers(algorithm, Numbers::Rsa(RsaPublicKeyComponents { n, e }))
    }

    /// Of its stored JWK.
    pub(super) fn of_jwk(algorithm: JwsAlgorithm, jwk: &str) -> Option<Self> {
        let jwk: Value = serde_json::from_str(jwk).ok()?;
        let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
        match algorithm {
            JwsAlgorithm::Ps256 | JwsAlgorithm::Rs256 => {
                Self::of_rsa(algorithm, &octets("n")?, &octets("e")?)
            }
            JwsAlgorithm::Es256 | JwsAlgorithm::Sm2Sm3 => {
                let point = [vec![4], octets("x")?, octets("y")?].concat();
                Self::of_point(algorithm, &point)
            }
        }
    }

    fn of_numbers(algorithm: JwsAlgorithm, numbers: Numbers) -> Option<Self> {
        let required = required(algorithm, &numbers)?;
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(required.to_string().as_bytes()));
        Some(Self {
            algorithm,
            numbers,
            kid,
        })
    }

    /// RFC 7638 thumbprint.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// RFC 7517, JSON text.
    pub(super) fn jwk(&self) -> Option<String> {
        let mut jwk = required(self.algorithm, &self.numbers)?;
        let members = jwk.as_object_mut()?;
        members.insert("kid".to_owned(), json!(self.kid));
        members.insert("use".to_owned(), json!("sig"));
        members.insert("alg".to_owned(), json!(self.algorithm.as_str()));
        Some(jwk.to_string())
    }

    /// Whether the key signed this.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match (&self.numbers, self.algorithm) {
            (Numbers::Point(point), JwsAlgorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
                    .is_ok()
            }
            (Numbers::Point(point), JwsAlgorithm::Sm2Sm3) => {
                let spki = [SM2_SPKI.as_slice(), point].concat();
                sm2::verify_raw(&spki, message, signature).is_ok()
            }
            (Numbers::Rsa(numbers), JwsAlgorithm::Ps256) => numbers
                .verify(&RSA_PSS_2048_8192_SHA256, message, signature)
                .is_ok(),
            (Numbers::Rsa(numbers), JwsAlgorithm::Rs256) => numbers
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            (Numbers::Point(_), JwsAlgorithm::Ps256 | JwsAlgorithm::Rs256)
            | (Numbers::Rsa(_), JwsAlgorithm::Es256 | JwsAlgorithm::Sm2Sm3) => false,
        }
    }
}

/// Members of the thumbprint in lexicographic order (RFC 7638 §3.2).
fn required(algorithm: JwsAlgorithm, numbers: &Numbers) -> Option<Value> {
    match numbers {
        Numbers::Rsa(numbers) => {
            let (e, n) = (&numbers.e, &numbers.n);
            let (e, n) = (URL_SAFE_NO_PAD.encode(e), URL_SAFE_NO_PAD.encode(n));
            Some(json!({ "e": e, "kty": "RSA", "n": n }))
        }
        Numbers::Point(point) => {
            let (x, y) = coordinates(point)?;
            let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
            Some(match algorithm {
                // No word for the curve is registered: `kty` and `crv` are private, so that a reader that follows RFC
                // 7517 §5 passes over the key and takes it for no other.
                JwsAlgorithm::Sm2Sm3 => json!({ "crv": "x-SM2", "kty": "x-SM2", "x": x, "y": y }),
                _ => json!({ "crv": "P-256", "kty": "EC", "x": x, "y": y }),
            })
        }
    }
}

fn coordinates(point: &[u8]) -> Option<(&[u8], &[u8])> {
    match point {
        [4, numbers @ ..] if numbers.len() == 64 => numbers.split_at_checked(32),
        _ => None,
    }
}
