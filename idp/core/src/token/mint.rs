//! Minting: tokens for a grant that is durable. Owns their claims; the keys are the signer's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::claims::{AMR_KEY_LOCK, AccessTokenClaims, Audience, IdTokenClaims};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::granted::Granted;
use super::operator_grant;
use crate::cx::{Cx, random_text};
use crate::platform::JwsAlgorithm;
use crate::signer::{ACCESS_TOKEN_TYP, ID_TOKEN_TYP, NotSigned, Recipient, Signer, UnusableKey};

/// A token response (RFC 6749 §5.1, `OpenID` Connect Core §3.1.3.3). Holds tokens: no `Debug`.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
}

/// Why no tokens come, though they were granted.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The provider's fault.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// The client's.
    #[error(transparent)]
    UnusableKey(#[from] UnusableKey),
}

/// The claims of a token that a platform asked in its own name. Only [`super::client_credentials`] makes it.
pub struct OwnToken(pub(super) AccessTokenClaims);

/// Signs a platform's own token.
pub fn mint_own(
    cx: &Cx,
    signer: &dyn Signer,
    OwnToken(claims): &OwnToken,
) -> Result<TokenResponse, NotSigned> {
    Ok(TokenResponse {
        access_token: signer.sign(JwsAlgorithm::Es256, ACCESS_TOKEN_TYP, &json(claims))?,
        token_type: claims.token_type(),
        expires_in: cx.settings.access_token_lifetime.as_secs(),
        id_token: None,
        refresh_token: None,
        scope: claims.scope.clone(),
    })
}

/// Signs an operator's token for the admin API.
pub fn mint_operators(
    cx: &Cx,
    signer: &dyn Signer,
    granted: &operator_grant::Granted,
) -> Result<TokenResponse, NotSigned> {
    let operator_grant::Granted(claims) = granted;
    Ok(TokenResponse {
        access_token: signer.sign(JwsAlgorithm::Es256, ACCESS_TOKEN_TYP, &json(claims))?,
        token_type: claims.token_type(),
        expires_in: cx.settings.operator_token_lifetime.as_secs(),
        id_token: None,
        refresh_token: None,
        scope: claims.scope.clone(),
    })
}

/// Signs both tokens, and encrypts the ID token where the client wants it.
pub fn mint(
    cx: &Cx,
    signer: &dyn Signer,
    granted: &Granted,
    recipient: Option<&Recipient>,
) -> Result<TokenResponse, MintError> {
    let claims = access_token_claims(cx, granted);
    let access_token = signer.sign(
        // Only the provider reads its access tokens: the fast algorithm serves every platform.
        JwsAlgorithm::Es256,
        ACCESS_TOKEN_TYP,
        &json(&claims),
    )?;
    let id_token = signer.sign(
        granted.id_token_alg,
        ID_TOKEN_TYP,
        &json(&id_token_claims(cx, granted, &access_token)),
    )?;
    let id_token = match recipient {
        Some(recipient) => signer.encrypt(recipient, &id_token)?,
        None => id_token,
    };
    Ok(TokenResponse {
        access_token,
        token_type: claims.token_type(),
        expires_in: cx.settings.access_token_lifetime.as_secs(),
        id_token: Some(id_token),
        refresh_token: granted.refresh_token.clone(),
        scope: granted.scopes.to_string(),
    })
}

fn access_token_claims(cx: &Cx, granted: &Granted) -> AccessTokenClaims {
    let grant = &granted.grant;
    AccessTokenClaims {
        iss: cx.settings.issuer.clone(),
        exp: (cx.now + cx.settings.access_token_lifetime).unix_seconds(),
        aud: audience(cx, granted),
        sub: granted.subject.clone(),
        client_id: grant.platform_id.as_str().to_owned(),
        iat: cx.now.unix_seconds(),
        jti: random_text(&*cx.rng),
        scope: granted.scopes.to_string(),
        grant_id: Some(grant.id.as_str().to_owned()),
        auth_time: Some(grant.auth_time.unix_seconds()),
        acr: Some(grant.assurance.as_str().to_owned()),
        amr: AMR_KEY_LOCK.map(str::to_owned).to_vec(),
        cnf: granted.confirmation.clone(),
    }
}

fn id_token_claims(cx: &Cx, granted: &Granted, access_token: &str) -> IdTokenClaims {
    let grant = &granted.grant;
    IdTokenClaims {
        iss: cx.settings.issuer.clone(),
        sub: granted.subject.clone(),
        aud: grant.platform_id.as_str().to_owned(),
        exp: (cx.now + cx.settings.id_token_lifetime).unix_seconds(),
        iat: cx.now.unix_seconds(),
        auth_time: grant.auth_time.unix_seconds(),
        nonce: granted.nonce.clone(),
        acr: grant.assurance.as_str().to_owned(),
        amr: AMR_KEY_LOCK.map(str::to_owned).to_vec(),
        sid: grant.session_id.as_str().to_owned(),
        at_hash: at_hash(granted.id_token_alg, access_token),
        told: granted.told.clone(),
    }
}

/// RFC 8707 §2: the resources that were named, else the provider's own userinfo.
fn audience(cx: &Cx, granted: &Granted) -> Audience {
    match granted.resources.as_slice() {
        [] => Audience::One(cx.settings.issuer.clone()),
        [one] => Audience::One(one.clone()),
        many => Audience::Many(many.to_vec()),
    }
}

/// The left half of the digest of the access token that the ID token's algorithm uses (`OpenID` Connect Core
/// §3.1.3.6).
fn at_hash(algorithm: JwsAlgorithm, access_token: &str) -> String {
    let digest: [u8; 32] = match algorithm {
        JwsAlgorithm::Es256 | JwsAlgorithm::Ps256 | JwsAlgorithm::Rs256 => {
            Sha256::digest(access_token.as_bytes()).into()
        }
        JwsAlgorithm::Sm2Sm3 => pki::sm2::sm3(access_token.as_bytes()),
    };
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

fn json<T: Serialize>(claims: &T) -> Vec<u8> {
    // Plain structs of text and numbers always serialise.
    serde_json::to_vec(claims).unwrap_or_default()
}
