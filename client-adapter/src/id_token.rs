//! The ID token: is it the provider's, for us, of this login, and of now?
//!
//! Owns the checks of `OpenID` Connect Core §3.1.3.7. The `openidconnect` crate does those of
//! signature, `iss`, `aud`, `exp` and `crit`; the rest, and one name for each failure, are here.
//! Does not know how the token was fetched.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::DateTime;
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, Nonce, SignatureVerificationError,
};
use serde_json::Value;

use crate::pending::PendingLogin;
use crate::provider::{OurIdToken, OurIdTokenClaims, Provider};
use crate::settings::AdapterSettings;

/// How far the provider's clock may be from ours.
const SKEW_SECONDS: i64 = 30;
/// An ID token is used as soon as it is issued; an older one was kept by somebody.
const LONGEST_WAY_SECONDS: i64 = 600;

/// What is wrong with an ID token. Each of these is an attack or a broken provider: the person can
/// only try again, the platform's operator should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdTokenFault {
    /// No JWT.
    #[error("it cannot be read")]
    Malformed,
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

/// The claims of an ID token that passed. Only [`verify`] makes one.
pub(crate) struct Verified<'a>(&'a OurIdTokenClaims);

impl<'a> Verified<'a> {
    pub(crate) fn claims(&self) -> &'a OurIdTokenClaims {
        self.0
    }
}

/// Checks `id_token`, which came with `access_token` for the login `pending`.
pub(crate) fn verify<'a>(
    settings: &AdapterSettings,
    provider: &Provider,
    pending: &PendingLogin,
    (id_token, access_token): (&'a OurIdToken, &AccessToken),
) -> Result<Verified<'a>, IdTokenFault> {
    let now = settings.clock.now();
    let verifier = (provider.client.id_token_verifier())
        .set_allowed_algs(provider.algorithms.iter().cloned())
        .set_time_fn(|| {
            DateTime::from_timestamp(now, 0).unwrap_or(DateTime::<chrono::Utc>::MAX_UTC)
        })
        // Checked below, where each failure has its own name.
        .set_issue_time_verifier_fn(|_| Ok(()));
    let nonce = |claimed: Option<&Nonce>| match claimed {
        Some(claimed) if pending.nonce.matches(claimed.secret()) => Ok(()),
        _ => Err(String::new()),
    };
    let claims = id_token
        .claims(&verifier, nonce)
        .map_err(|error| match error {
            ClaimsVerificationError::Unsupported(_) => explain(&id_token.to_string()),
            other => fault(&other),
        })?;
    check_times(claims, pending, now)?;
    // Core §2: not empty, at most 255 ASCII characters.
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > 255 || !subject.is_ascii() {
        return Err(IdTokenFault::Subject);
    }
    if let Some(party) = claims.authorized_party()
        && party.as_str() != settings.client_id
    {
        return Err(IdTokenFault::AuthorizedParty);
    }
    if let Some(required) = &settings.required_acr
        && claims.auth_context_ref().map(|acr| acr.as_str()) != Some(required)
    {
        return Err(IdTokenFault::Acr);
    }
    let expected = claims
        .access_token_hash()
        .ok_or(IdTokenFault::Missing("at_hash"))?;
    let signing_alg = id_token.signing_alg().map_err(|e| signature_fault(&e))?;
    let key = id_token
        .signing_key(&verifier)
        .map_err(|e| signature_fault(&e))?;
    let actual = AccessTokenHash::from_token(access_token, signing_alg, key)
        .map_err(|_not_hashable| IdTokenFault::AccessTokenHash)?;
    if actual != *expected {
        return Err(IdTokenFault::AccessTokenHash);
    }
    Ok(Verified(claims))
}

/// Whether newer keys of the provider may help: the algorithm is agreed, but no key fits.
pub(crate) fn is_of_unknown_key(provider: &Provider, id_token: &OurIdToken) -> bool {
    let agreed = (id_token.signing_alg()).is_ok_and(|it| provider.algorithms.contains(it));
    let verifier = provider.client.id_token_verifier();
    let key = id_token.signing_key(&verifier);
    agreed && matches!(key, Err(SignatureVerificationError::NoMatchingKey))
}

fn check_times(
    claims: &OurIdTokenClaims,
    pending: &PendingLogin,
    now: i64,
) -> Result<(), IdTokenFault> {
    let age = now.saturating_sub(claims.issue_time().timestamp());
    if age < -SKEW_SECONDS {
        return Err(IdTokenFault::FromTheFuture);
    }
    if age > LONGEST_WAY_SECONDS {
        return Err(IdTokenFault::TooOld);
    }
    if let Some(since) = pending.authenticated_since {
        let auth_time = claims
            .auth_time()
            .ok_or(IdTokenFault::Missing("auth_time"))?;
        if auth_time.timestamp().saturating_add(SKEW_SECONDS) < since {
            return Err(IdTokenFault::AuthTime);
        }
    }
    Ok(())
}

fn fault(error: &ClaimsVerificationError) -> IdTokenFault {
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

fn signature_fault(error: &SignatureVerificationError) -> IdTokenFault {
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
        Some("ES256" | "RS256") => {}
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
