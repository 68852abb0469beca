//! The provider's keys, and signatures right and wrong.
//!
//! Owns the JWS as bytes. Does not know what is signed, beyond its being JSON.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use super::{CLIENT_SECRET, b64};

static EC_KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
static OTHER_EC_KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
static RSA_KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// How the ID token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    Es256,
    Rs256,
    /// Right `kid`, wrong key.
    OtherKey,
    /// A key and `kid` that only [`FakeProvider::publish_other_key`] publishes.
    NewKey,
    Unsigned,
    Hs256WithSecret,
    Hs256WithPublicKey,
    Stripped,
    Broken,
}

/// The keys of the key set.
pub(super) fn published_keys() -> Vec<Value> {
    let rsa = RSA_KEY.public_key();
    vec![
        ec_jwk("ec-1", &EC_KEY),
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa-1",
            "n": b64(rsa.modulus().big_endian_without_leading_zero()),
            "e": b64(rsa.exponent().big_endian_without_leading_zero()),
        }),
    ]
}

/// The key that is published later.
pub(super) fn other_key() -> Value {
    ec_jwk("ec-2", &OTHER_EC_KEY)
}

fn ec_jwk(kid: &str, key: &EcdsaKeyPair) -> Value {
    // Uncompressed point: 04, x, y.
    let point = key.public_key().as_ref();
    json!({
        "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid, "crv": "P-256",
        "x": b64(&point[1..33]), "y": b64(&point[33..]),
    })
}

/// Signs the claims of an ID token, rightly or not.
pub(super) fn sign(claims: &Value, signature: Signature, change_header: fn(&mut Value)) -> String {
    sign_as("JWT", claims, signature, change_header)
}

/// Signs `claims` of another kind of token.
pub(super) fn sign_as(
    typ: &str,
    claims: &Value,
    signature: Signature,
    change_header: fn(&mut Value),
) -> String {
    let (alg, kid) = match signature {
        Signature::Rs256 => ("RS256", "rsa-1"),
        Signature::NewKey => ("ES256", "ec-2"),
        Signature::Unsigned => ("none", "ec-1"),
        Signature::Hs256WithSecret | Signature::Hs256WithPublicKey => ("HS256", "ec-1"),
        Signature::Es256 | Signature::OtherKey | Signature::Stripped | Signature::Broken => {
            ("ES256", "ec-1")
        }
    };
    let mut header = json!({ "alg": alg, "typ": typ, "kid": kid });
    change_header(&mut header);
    let input = format!(
        "{}.{}",
        b64(header.to_string().as_bytes()),
        b64(claims.to_string().as_bytes())
    );
    let ecdsa = |key: &EcdsaKeyPair| {
        let made = key.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        made.as_ref().to_vec()
    };
    let mac = |key: &[u8]| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
    };
    let made = match signature {
        Signature::Es256 => ecdsa(&EC_KEY),
        Signature::OtherKey | Signature::NewKey => ecdsa(&OTHER_EC_KEY),
        Signature::Broken => {
            let mut made = ecdsa(&EC_KEY);
            made[40] ^= 1;
            made
        }
        Signature::Rs256 => {
            let mut made = vec![0; RSA_KEY.public_modulus_len()];
            let random = SystemRandom::new();
            (RSA_KEY.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut made)).unwrap();
            made
        }
        Signature::Unsigned | Signature::Stripped => Vec::new(),
        Signature::Hs256WithSecret => mac(CLIENT_SECRET.as_bytes()),
        Signature::Hs256WithPublicKey => mac(EC_KEY.public_key().as_der().unwrap().as_ref()),
    };
    format!("{input}.{}", b64(&made))
}
