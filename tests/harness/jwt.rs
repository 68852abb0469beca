//! JSON web tokens as platforms make and check them, with a library that is not the provider's signer.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

use super::platform::{Asking, Platform};

/// RFC 7523 §2.2
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds since the epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// One part of a compact token, not verified: 0 is the header, 1 the claims.
pub fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A compact token of these parts, the signature as given.
pub fn compact(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// Claims of a token that a key of this JWK Set signed, for this audience, in time.
pub fn verified(token: &str, jwks: &Value, issuer: &str, audience: &str) -> Option<Value> {
    verified_with(
        token,
        jwks,
        (issuer, audience),
        &["exp", "aud", "iss", "sub"],
    )
}

/// As [`verified`], with these claims needed.
pub fn verified_with(
    token: &str,
    jwks: &Value,
    (issuer, audience): (&str, &str),
    needed: &[&str],
) -> Option<Value> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    let jwks: JwkSet = serde_json::from_value(jwks.clone()).unwrap();
    let jwk = jwks.find(header.kid.as_deref()?)?;
    let mut validation = Validation::new(header.alg);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(needed);
    validation.leeway = 0;
    let key = DecodingKey::from_jwk(jwk).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation)
        .ok()
        .map(|token| token.claims)
}

/// A platform's key for `private_key_jwt`.
pub struct AssertionKey {
    /// What it signs with.
    pub algorithm: Algorithm,
    key: EncodingKey,
    pem: String,
    jwk: Value,
}

impl AssertionKey {
    /// A new one.
    pub fn generate(algorithm: Algorithm) -> Self {
        let (pem, mut jwk) = match algorithm {
            Algorithm::ES256 => p256(),
            _ => rsa(),
        };
        let key = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        };
        jwk["kid"] = json!("platform-key");
        Self {
            algorithm,
            key: key.unwrap(),
            pem,
            jwk,
        }
    }

    /// The private key: PKCS#8, PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// With another `kid`; with none where it is empty.
    #[must_use]
    pub fn named(mut self, kid: &str) -> Self {
        let members = self.jwk.as_object_mut().unwrap();
        members.remove("kid");
        if !kid.is_empty() {
            members.insert("kid".to_owned(), json!(kid));
        }
        self
    }

    /// Its `kid`, where it has one.
    fn kid(&self) -> Option<&str> {
        self.jwk.get("kid").and_then(Value::as_str)
    }

    /// Of a P-256 key's PKCS #8 octets and its public JWK.
    pub fn of_pkcs8(pkcs8: &[u8], jwk: Value) -> Self {
        let pem = pkcs8::der::pem::encode_string("PRIVATE KEY", pkcs8::LineEnding::LF, pkcs8);
        Self {
            algorithm: Algorithm::ES256,
            key: EncodingKey::from_ec_der(pkcs8),
            pem: pem.unwrap(),
            jwk,
        }
    }

    /// Its signature over a text, base64url.
    pub fn signature(&self, text: &[u8]) -> String {
        jsonwebtoken::crypto::sign(text, &self.key, self.algorithm).unwrap()
    }

    /// Its public JWK Set.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }

    /// A compact token with any header.
    pub fn signed_with(&self, header: &Value, claims: &Value) -> String {
        let unsigned = compact(header, claims, &[]);
        let signed = unsigned.trim_end_matches('.');
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }

    /// Its public JWK.
    pub fn public(&self) -> &Value {
        &self.jwk
    }
}

fn p256() -> (String, Value) {
    let rng = aws_lc_rs::rand::SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = point[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
    (pem(pkcs8.as_ref()), jwk)
}

fn rsa() -> (String, Value) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public = pair.public_key();
    let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
    let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
    (pem(pkcs8.as_ref()), json!({ "kty": "RSA", "n": n, "e": e }))
}

fn pem(pkcs8: &[u8]) -> String {
    pkcs8::der::pem::encode_string("PRIVATE KEY", pkcs8::LineEnding::LF, pkcs8).unwrap()
}

/// A client assertion (RFC 7523 §3) whose every claim can be changed.
#[derive(Clone, Debug)]
pub struct Assertion(pub Value);

impl Assertion {
    /// As it should be.
    pub fn of(client_id: &str, issuer: &str) -> Self {
        let mut jti = [0; 16];
        aws_lc_rs::rand::fill(&mut jti).unwrap();
        Self(json!({
            "iss": client_id,
            "sub": client_id,
            "aud": issuer,
            "iat": now(),
            "exp": now() + 60,
            "jti": URL_SAFE_NO_PAD.encode(jti),
        }))
    }

    /// With another claim.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0[name] = value.into();
        self
    }

    /// Without a claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(name);
        self
    }

    /// Signed with a platform's key.
    pub fn signed(&self, key: &AssertionKey) -> String {
        let mut header = Header::new(key.algorithm);
        header.kid = key.kid().map(str::to_owned);
        jsonwebtoken::encode(&header, &self.0, &key.key).unwrap()
    }
}

/// The parameters of a request as a request object (RFC 9101), changed before it is signed.
pub fn request_object(
    key: &AssertionKey,
    platform: &Platform,
    asking: &Asking,
    change: impl FnOnce(&mut Value),
) -> String {
    let mut claims =
        json!({ "iss": platform.id, "aud": platform.issuer, "exp": now() + 60, "nbf": now() });
    for (name, value) in &asking.parameters {
        claims[name] = json!(value);
    }
    change(&mut claims);
    let alg = format!("{:?}", key.algorithm);
    let mut header = json!({ "alg": alg, "typ": "oauth-authz-req+jwt" });
    if let Some(kid) = key.kid() {
        header["kid"] = json!(kid);
    }
    key.signed_with(&header, &claims)
}
