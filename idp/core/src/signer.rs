//! Port to the provider's own keys. Implemented in `idp`; the private part never comes in here.

use crate::platform::JwsAlgorithm;

/// `typ` of an ID token.
pub const ID_TOKEN_TYP: &str = "JWT";
/// `typ` of an access token (RFC 9068 §2.1).
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// `typ` of a logout token (Back-Channel Logout §2.4).
pub const LOGOUT_TOKEN_TYP: &str = "logout+jwt";

/// Why a token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("no signing key is in force for {0}")]
pub struct NoSigningKey(pub &'static str);

/// Signs and recognises the provider's own tokens.
pub trait Signer: Send + Sync {
    /// A compact JWS over `claims` (JSON) with header `typ`.
    fn sign(
        &self,
        algorithm: JwsAlgorithm,
        typ: &'static str,
        claims: &[u8],
    ) -> Result<String, NoSigningKey>;

    /// The claims of a compact JWS that one of our published keys signed with this `typ`; `None` for
    /// everything else. Looks at no claim.
    fn verify(&self, typ: &'static str, token: &str) -> Option<Vec<u8>>;
}
