//! Port to the provider's own keys. Implemented in `idp`; the private part never comes in here.

use serde_json::Value;

use crate::platform::{JwsAlgorithm, TokenEncryption};

/// `typ` of an ID token.
pub const ID_TOKEN_TYP: &str = "JWT";
/// `typ` of a signed answer of userinfo: no ID token, whatever it holds.
pub const USERINFO_TYP: &str = "userinfo+jwt";
/// `typ` of an access token (RFC 9068 §2.1).
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// `typ` of a logout token (Back-Channel Logout §2.4).
pub const LOGOUT_TOKEN_TYP: &str = "logout+jwt";

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    /// There is no key.
    #[error("no signing key is in force for {0}")]
    NoKey(&'static str),
    /// There is one, and it is out of reach: it may come back.
    #[error("a signing key is out of reach: {0}")]
    OutOfReach(String),
}

/// To whom a token is encrypted: a key of the client, and how it registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// How.
    pub encryption: TokenEncryption,
    /// A public JWK.
    pub key: Value,
}

impl Recipient {
    /// The first of a client's keys that serves for this.
    pub fn among(encryption: TokenEncryption, keys: &Value) -> Option<Self> {
        let keys = keys.get("keys")?.as_array()?;
        let key = keys.iter().find(|key| serves(encryption, key))?.clone();
        Some(Self { encryption, key })
    }
}

fn serves(encryption: TokenEncryption, key: &Value) -> bool {
    let word = |name: &str| {
        key.get(name)
            .map(|value| value.as_str().unwrap_or_default())
    };
    word("kty") == Some(encryption.alg.key_type())
        && word("crv").is_none_or(|crv| crv == "P-256")
        && word("use").is_none_or(|purpose| purpose == "enc")
        && word("alg").is_none_or(|alg| alg == encryption.alg.as_str())
}

/// A client's key takes nothing.
#[derive(Debug, thiserror::Error)]
#[error("nothing can be encrypted to this key")]
pub struct UnusableKey;

/// Signs and recognises the provider's own tokens.
pub trait Signer: Send + Sync {
    /// A compact JWS over `claims` (JSON) with header `typ`.
    fn sign(
        &self,
        algorithm: JwsAlgorithm,
        typ: &'static str,
        claims: &[u8],
    ) -> Result<String, NotSigned>;

    /// The claims of a compact JWS that one of our published keys signed with this `typ`; `None` for
    /// everything else. Looks at no claim.
    fn verify(&self, typ: &'static str, token: &str) -> Option<Vec<u8>>;

    /// A compact JWE of a token, for its recipient alone (RFC 7519 §5.2: nested).
    fn encrypt(&self, recipient: &Recipient, token: &str) -> Result<String, UnusableKey>;
}
