//! Shared step: was this JWT signed by a key of that client?
//!
//! Owns the rules that hold for everything a client signs: which algorithms, no unknown critical header, a bounded
//! length. Looks at no claim.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::platform::{Client, ClientAlgorithm};
use crate::unique_members::Unique;

/// Longest JWT of a client, in octets.
pub const CLIENT_JWT_MAX: usize = 16 * 1024;

/// What a JWT says of itself. Believed only once [`verified`] says so.
pub struct Header {
    members: Map<String, Value>,
}

impl Header {
    /// Reads the header of a compact JWS. `None`: it is none, or too long.
    pub fn read(jwt: &str) -> Option<Self> {
        if jwt.len() > CLIENT_JWT_MAX {
            return None;
        }
        let (header, _) = jwt.split_once('.')?;
        let header = URL_SAFE_NO_PAD.decode(header).ok()?;
        let Unique(members) = serde_json::from_slice(&header).ok()?;
        Some(Self { members })
    }

    /// A text of it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// A member of it.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// The algorithm, if clients may sign with it.
    pub fn algorithm(&self) -> Option<ClientAlgorithm> {
        ClientAlgorithm::of_word(self.text("alg")?)
    }

    /// RFC 7515 §4.1.11: what is critical and not understood makes the JWS invalid. Nothing is understood
    /// here, and the library looks past the member. Nor is `b64` (RFC 7797), which would change what is signed.
    pub fn is_critical(&self) -> bool {
        self.members.contains_key("crit") || self.members.contains_key("b64")
    }
}

/// The claims of a JWT that a key among `keys` signed, with an algorithm that this client may use.
pub fn verified<T: DeserializeOwned>(client: &Client, keys: &Value, jwt: &str) -> Option<T> {
    let header = Header::read(jwt)?;
    let algorithm = header.algorithm().filter(|a| client.may_sign_with(*a))?;
    if header.is_critical() {
        return None;
    }
    let kid = header.text("kid");
    signing_keys(keys)
        .filter(|jwk| kid.is_none() || jwk.common.key_id.as_deref() == kid)
        .filter(|jwk| is_for(jwk, algorithm))
        .find_map(|jwk| signed_with(&jwk, algorithm, jwt))
}

/// Whether one of these keys could have signed a JWT, so that no other need be looked for: it has the name that the JWT
/// gives, or where it gives none it did sign it. `true` also for what no key could sign.
pub fn could_be_of(client: &Client, keys: &Value, jwt: &str) -> bool {
    let Some(header) = Header::read(jwt).filter(|header| header.algorithm().is_some()) else {
        return true;
    };
    match header.text("kid") {
        Some(kid) => signing_keys(keys).any(|jwk| jwk.common.key_id.as_deref() == Some(kid)),
        None => verified::<Value>(client, keys, jwt).is_some(),
    }
}

/// Those that may verify signatures (RFC 7517 §4.2), one by one: what is unknown of one takes nothing from the others.
fn signing_keys(keys: &Value) -> impl Iterator<Item = Jwk> {
    let keys = keys.get("keys").and_then(Value::as_array);
    let keys = keys.into_iter().flatten();
    keys.filter_map(|jwk| Jwk::deserialize(jwk).ok())
        .filter(|jwk| !matches!(&jwk.common.public_key_use, Some(purpose) if *purpose != PublicKeyUse::Signature))
}

/// A key that names its algorithm serves no other (RFC 7517 §4.4, RFC 8725 §3.1).
fn is_for(jwk: &Jwk, algorithm: ClientAlgorithm) -> bool {
    let said = jwk.common.key_algorithm.map(|said| said.to_string());
    said.is_none_or(|said| said == algorithm.as_str())
}

/// The claims of a JWT that this very key signed.
pub fn signed_with<T: DeserializeOwned>(
    jwk: &Jwk,
    algorithm: ClientAlgorithm,
    jwt: &str,
) -> Option<T> {
    // Time and audience are for the caller to check, against our own clock and words.
    let mut validation = Validation::new(match algorithm {
        ClientAlgorithm::Es256 => Algorithm::ES256,
        ClientAlgorithm::Ps256 => Algorithm::PS256,
        ClientAlgorithm::Rs256 => Algorithm::RS256,
    });
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_jwk(jwk).ok()?;
    let token = jsonwebtoken::decode::<Unique>(jwt, &key, &validation).ok()?;
    let Unique(claims) = token.claims;
    serde_json::from_value(Value::Object(claims)).ok()
}
