//! Shared step: does the sender of a request hold the key of its `DPoP` proof (RFC 9449 §4)?
//!
//! Owns what a proof must be. That it is new (`jti`) and holds a nonce of ours is asked by the caller, who keeps both.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::client_jwt::{Header, signed_with};
use crate::cx::Cx;
use crate::directory::signature_keys;
use crate::platform::ClientAlgorithm;
use crate::timestamp::Timestamp;

/// `typ` of a proof (§4.2).
const TYP: &str = "dpop+jwt";

/// What proofs are signed with. No client needs RS256 here, and FAPI 2.0 forbids it (§5.4).
pub const ALGORITHMS: [ClientAlgorithm; 2] = [ClientAlgorithm::Es256, ClientAlgorithm::Ps256];

/// Seconds before and after now in which a proof may have been made. Its nonce is the tighter bound.
const WINDOW: i64 = 60;

/// Longest `jti`, in octets.
const JTI_MAX: usize = 256;

/// Longest URI, in octets.
const URI_MAX: usize = 2048;

/// A proof that is what it must be for this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DpopProof {
    /// SHA-256 thumbprint of its key (RFC 7638), base64url.
    pub jkt: String,
    /// Must be new.
    pub jti: String,
    /// Nobody takes it from here on.
    pub expires_at: Timestamp,
    /// Must be one of ours.
    pub nonce: Option<String>,
}

/// The request that a proof is for.
#[derive(Clone, Copy, Debug)]
pub struct ProvenRequest<'a> {
    /// `POST`
    pub method: &'a str,
    /// Where it came, whichever of these the client calls it.
    pub uris: &'a [String],
    /// The token that comes with it, if one does.
    pub access_token: Option<&'a str>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    exp: Option<i64>,
    #[serde(default)]
    ath: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
}

/// Checks a proof (§4.3).
pub fn verify(cx: &Cx, request: ProvenRequest<'_>, proof: &str) -> Result<DpopProof, &'static str> {
    let header = Header::read(proof).ok_or("the DPoP proof is not a compact JWS")?;
    if !header
        .text("typ")
        .is_some_and(|typ| typ.eq_ignore_ascii_case(TYP))
    {
        return Err("typ of the DPoP proof must be dpop+jwt");
    }
    if header.is_critical() {
        return Err("the DPoP proof has a critical header");
    }
    let algorithm = header
        .algorithm()
        .filter(|algorithm| ALGORITHMS.contains(algorithm))
        .ok_or("alg of the DPoP proof must be ES256 or PS256")?;
    let jwk = public_key(header.member("jwk"))?;
    let claims: Claims = signed_with(&jwk, algorithm, proof)
        .ok_or("the DPoP proof is not signed by its key, or lacks a claim")?;
    check(cx, request, &claims)?;
    let jkt = jwk.thumbprint(ThumbprintHash::SHA256);
    Ok(DpopProof {
        jkt: jkt.or(Err("the key of the DPoP proof has no thumbprint"))?,
        jti: claims.jti,
        expires_at: Timestamp::from_unix_seconds(claims.iat.saturating_add(WINDOW)),
        nonce: claims.nonce,
    })
}

/// The nonce that a proof says it holds; `None`: it is no proof at all. Verifies nothing.
pub fn unverified_nonce(proof: &str) -> Option<Option<String>> {
    Header::read(proof)?;
    let claims = jsonwebtoken::dangerous::insecure_decode::<Claims>(proof);
    claims.ok().map(|token| token.claims.nonce)
}

/// A public key of a kind that clients may sign with: neither short, nor symmetric, nor with its private part.
fn public_key(jwk: Option<&Value>) -> Result<Jwk, &'static str> {
    let jwk = jwk.ok_or("the DPoP proof has no jwk")?;
    let usable = signature_keys(&json!({ "keys": [jwk] }))
        .or(Err("jwk of the DPoP proof is no public key that is taken"))?;
    let key = usable.get("keys").and_then(|keys| keys.get(0)).cloned();
    key.and_then(|key| serde_json::from_value(key).ok())
        .ok_or("jwk of the DPoP proof can't be read")
}

fn check(cx: &Cx, request: ProvenRequest<'_>, claims: &Claims) -> Result<(), &'static str> {
    if claims.jti.is_empty() || claims.jti.len() > JTI_MAX {
        return Err("jti of the DPoP proof is empty or too long");
    }
    if claims.htm != request.method {
        return Err("htm of the DPoP proof is another method");
    }
    let mut uris = request.uris.iter();
    if !uris.any(|here| is_same_uri(&claims.htu, here)) {
        return Err("htu of the DPoP proof is another URI");
    }
    if claims.iat.abs_diff(cx.now.unix_seconds()) > WINDOW.unsigned_abs() {
        return Err("iat of the DPoP proof is not now");
    }
    // Not asked for (§4.2), but what they say counts (RFC 7519 §4.1.4, §4.1.5).
    let now = cx.now.unix_seconds();
    let is_over = claims
        .exp
        .is_some_and(|exp| exp.saturating_add(WINDOW) <= now);
    let is_early = claims
        .nbf
        .is_some_and(|nbf| nbf > now.saturating_add(WINDOW));
    if is_over || is_early {
        return Err("the DPoP proof is not valid now");
    }
    let Some(token) = request.access_token else {
        return Ok(());
    };
    let expected = URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()));
    let said = claims.ath.as_deref().unwrap_or_default();
    let is_this_token = bool::from(said.as_bytes().ct_eq(expected.as_bytes()));
    is_this_token
        .then_some(())
        .ok_or("ath of the DPoP proof is not of this access token")
}

/// As URIs compare (§4.3, RFC 3986 §6.2.2): host in any case, the scheme's own port written or not. Neither query nor
/// fragment belongs in `htu` (§4.2).
fn is_same_uri(said: &str, here: &str) -> bool {
    let read = |text: &str| url::Url::parse(text).ok();
    let (Some(said_uri), Some(here)) = (read(said), read(here)) else {
        return false;
    };
    said.len() <= URI_MAX
        && said_uri.query().is_none()
        && said_uri.fragment().is_none()
        && said_uri == here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uri_is_the_same_in_every_spelling_that_rfc_3986_makes_equal_and_in_no_other() {
        let here = "https://idp.example/oauth2/token";
        for same in [
            here,
            "https://IDP.example/oauth2/token",
            "HTTPS://idp.example/oauth2/token",
            "https://idp.example:443/oauth2/token",
        ] {
            assert!(is_same_uri(same, here), "{same}");
        }
        for other in [
            "http://idp.example/oauth2/token",
            "https://idp.example:8443/oauth2/token",
            "https://idp.example/OAuth2/token",
            "https://idp.example/oauth2/token/",
            "https://idp.example/oauth2/token?x=1",
            "https://idp.example/oauth2/token#x",
            "https://user@idp.example/oauth2/token",
            "/oauth2/token",
            "",
        ] {
            assert!(!is_same_uri(other, here), "{other}");
        }
    }
}
