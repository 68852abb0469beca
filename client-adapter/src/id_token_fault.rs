//! What can be wrong with an ID token, each under a name of its own.
//!
//! Owns the names, and finding the one for what the `openidconnect` crate refused. Decides nothing.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::{ClaimsVerificationError, SignatureVerificationError};
use serde_json::Value;

/// What is wrong with an ID token. Each of these is an attack or a broken provider: the person can
/// only try again, the platform's operator should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdTokenFault {
    /// No JWT.
    #[error("it cannot be read")]
    Malformed,
    /// A refresh brought none, after one that was refused.
    #[error("there is none, where the last one was refused")]
    Absent,
    /// A claim every ID token has is not there.
    #[error("it lacks {0}")]
    Missing(&'static str),
    /// `alg: none`.
    #[error("it is not signed")]
    Unsigned,
    /// HMAC, or a signature that was not agreed.
    #[error("it is signed with an algorithm that was not agreed")]
    Algorithm,
    /// No such key in the provider's key set, asked for again just now.
    #[error("it is signed with a key the provider does not publish")]
    UnknownKey,
    /// The signature does not fit the key.
    #[error("its signature is wrong")]
    Signature,
    /// RFC 7515 §4.1.11: `crit` names what we do not understand.
    #[error("it demands an extension this platform does not know")]
    CriticalHeader,
    /// An access token or logout token in place of an ID token; or an encrypted one.
    #[error("it is a token of another kind")]
    Kind,
    /// Another provider.
    #[error("it is of another issuer")]
    Issuer,
    /// Another platform, or others beside us.
    #[error("it is not for this platform alone")]
    Audience,
    /// `sub` is empty, too long or not ASCII.
    #[error("it names no subject")]
    Subject,
    /// `azp` is another platform.
    #[error("it was issued to another platform")]
    AuthorizedParty,
    /// `exp`.
    #[error("it has expired")]
    Expired,
    /// `iat` in the future.
    #[error("it is from the future; compare the clocks of platform and provider")]
    FromTheFuture,
    /// `iat` long ago.
    #[error("it was issued too long ago; compare the clocks of platform and provider")]
    TooOld,
    /// `nonce` of another login, or none.
    #[error("it belongs to another login")]
    Nonce,
    /// `OpenID` Connect Core §12.2: other `sub`, `sid`, `auth_time` or `acr` than at the sign-in.
    #[error("it does not continue the session that was refreshed")]
    OtherSession,
    /// `acr`.
    #[error("the person did not sign in the way this platform asked for")]
    Acr,
    /// `auth_time`.
    #[error("the person signed in longer ago than this platform allows")]
    AuthTime,
    /// `at_hash`.
    #[error("it does not belong to the access token beside it")]
    AccessTokenHash,
}

pub(crate) fn fault(error: &ClaimsVerificationError) -> IdTokenFault {
    match error {
        ClaimsVerificationError::Expired(_) => IdTokenFault::Expired,
        ClaimsVerificationError::InvalidAudience(_) => IdTokenFault::Audience,
        ClaimsVerificationError::InvalidAuthContext(_) => IdTokenFault::Acr,
        ClaimsVerificationError::InvalidAuthTime(_) => IdTokenFault::AuthTime,
        ClaimsVerificationError::InvalidIssuer(_) => IdTokenFault::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => IdTokenFault::Nonce,
        ClaimsVerificationError::SignatureVerification(error) => signature_fault(error),
        // The crate's list may grow; what it adds is refused, if under a general name.
        _ => IdTokenFault::Malformed,
    }
}

pub(crate) fn signature_fault(error: &SignatureVerificationError) -> IdTokenFault {
    match error {
        SignatureVerificationError::NoSignature => IdTokenFault::Unsigned,
        SignatureVerificationError::DisallowedAlg(_)
        | SignatureVerificationError::UnsupportedAlg(_) => IdTokenFault::Algorithm,
        SignatureVerificationError::NoMatchingKey
        | SignatureVerificationError::AmbiguousKeyId(_) => IdTokenFault::UnknownKey,
        _ => IdTokenFault::Signature,
    }
}

/// Names what is wrong with a token the `openidconnect` crate has already refused. Decides nothing.
pub(crate) fn explain(token: &str) -> IdTokenFault {
    let mut parts = token.split('.').map(decode);
    let (Some(Some(header)), Some(Some(payload))) = (parts.next(), parts.next()) else {
        return IdTokenFault::Malformed;
    };
    if header.get("crit").is_some() {
        return IdTokenFault::CriticalHeader;
    }
    match header.get("alg").and_then(Value::as_str) {
        Some("ES256" | "PS256" | "RS256") => {}
        Some("none") => return IdTokenFault::Unsigned,
        Some(_) => return IdTokenFault::Algorithm,
        None => return IdTokenFault::Malformed,
    }
    if header.get("cty").is_some() {
        return IdTokenFault::Kind;
    }
    for claim in ["iss", "sub", "aud", "exp", "iat"] {
        if payload.get(claim).is_none() {
            return IdTokenFault::Missing(claim);
        }
    }
    let is_jwt =
        |typ: &str| typ.eq_ignore_ascii_case("jwt") || typ.eq_ignore_ascii_case("application/jwt");
    match header.get("typ").and_then(Value::as_str) {
        Some(typ) if !is_jwt(typ) => IdTokenFault::Kind,
        _ => IdTokenFault::Malformed,
    }
}

fn decode(part: &str) -> Option<Value> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
