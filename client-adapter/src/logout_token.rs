//! The logout token (`OpenID` Connect Back-Channel Logout 1.0 §2.4): is it the provider's, for us, and of now?
//!
//! Owns the checks of §2.6 but that of replay, which needs memory. Does not know sessions.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyAlgorithm, JsonWebKeyUse};
use protocol::claims::Audience;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::adapter::Adapter;
use crate::id_token::SKEW_SECONDS;
use crate::provider::Provider;
use crate::session::EndedSessions;
use crate::sessions::LogoutFault;

/// A logout is told at once; §4 recommends two minutes, and a slow delivery is no attack.
const LONGEST_LIFE_SECONDS: i64 = 600;

/// §2.4
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Longest identifier worth remembering.
const LONGEST_ID: usize = 255;

/// What is wrong with a logout token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LogoutTokenFault {
    /// No `logout_token`, two of them, or no JWT.
    #[error("it cannot be read")]
    Malformed,
    /// Not `typ: logout+jwt`: an ID token or access token in its place.
    #[error("it is a token of another kind")]
    Kind,
    /// RFC 7515 §4.1.11.
    #[error("it demands an extension this platform does not know")]
    CriticalHeader,
    /// `none`, HMAC, or a signature that was not agreed.
    #[error("it is signed with an algorithm that was not agreed")]
    Algorithm,
    /// No such key in the provider's key set.
    #[error("it is signed with a key the provider does not publish")]
    UnknownKey,
    /// The signature does not fit the key.
    #[error("its signature is wrong")]
    Signature,
    /// Another provider.
    #[error("it is of another issuer")]
    Issuer,
    /// Another platform.
    #[error("it is not for this platform")]
    Audience,
    /// `exp`.
    #[error("it has expired")]
    Expired,
    /// `iat`.
    #[error(
        "it is from the future, or lives too long; compare the clocks of platform and provider"
    )]
    IssueTime,
    /// `events` holds no logout.
    #[error("it tells of no logout")]
    Events,
    /// Neither `sub` nor `sid`.
    #[error("it names neither a session nor a subject")]
    Nobody,
    /// §2.4: so that it is never taken for an ID token.
    #[error("it has a nonce, which only ID tokens have")]
    Nonce,
    /// The same `jti`.
    #[error("it came before")]
    Replayed,
}

/// A logout that the provider tells of. Only [`Adapter::check_logout_notice`] makes one.
#[derive(Debug)]
pub(crate) struct LogoutNotice {
    pub(crate) ended: EndedSessions,
    pub(crate) jti: String,
    pub(crate) issued_at: i64,
    /// When the sessions ended; never after the token was issued.
    pub(crate) happened_at: Option<i64>,
    /// So long it could come again.
    pub(crate) until: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default, deserialize_with = "whatever_it_is")]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    /// RFC 8417 §2.2: a logout token is a security event token.
    toe: Option<i64>,
    jti: String,
    events: Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
    #[serde(default, deserialize_with = "whatever_it_is")]
    nonce: Option<Value>,
}

/// What must not be there is there as `null` too.
fn whatever_it_is<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

impl Adapter {
    /// Checks the form that came to `backchannel_logout_uri`.
    pub(crate) async fn check_logout_notice(
        &self,
        form: &str,
    ) -> Result<LogoutNotice, LogoutFault> {
        let mut sent = form_urlencoded::parse(form.as_bytes())
            .filter(|(name, _)| name == "logout_token")
            .map(|(_, value)| value.into_owned());
        let (Some(token), None) = (sent.next(), sent.next()) else {
            return Err(LogoutTokenFault::Malformed.into());
        };
        let mut provider = self.provider().await?;
        let mut checked = self.check_logout_token(&provider, &token);
        // As with ID tokens: a new key, and only that, is worth asking again.
        if matches!(checked, Err(LogoutTokenFault::UnknownKey))
            && let Some(newer) = self.source.with_newer_keys(&provider).await
        {
            provider = newer;
            checked = self.check_logout_token(&provider, &token);
        }
        Ok(checked?)
    }

    fn check_logout_token(
        &self,
        provider: &Arc<Provider>,
        token: &str,
    ) -> Result<LogoutNotice, LogoutTokenFault> {
        let (signed, signature) = token.rsplit_once('.').ok_or(LogoutTokenFault::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(LogoutTokenFault::Malformed)?;
        check_signature(provider, &read(header)?, signed, signature)?;
        let claims: Claims = read(claims)?;
        self.check_claims(claims)
    }

    fn check_claims(&self, claims: Claims) -> Result<LogoutNotice, LogoutTokenFault> {
        let now = self.settings.clock.now();
        if claims.iss != self.settings.issuer {
            return Err(LogoutTokenFault::Issuer);
        }
        if !claims.aud.names(&self.settings.client_id) {
            return Err(LogoutTokenFault::Audience);
        }
        if claims.exp.saturating_add(SKEW_SECONDS) <= now {
            return Err(LogoutTokenFault::Expired);
        }
        let life = claims.exp.saturating_sub(claims.iat);
        if claims.iat > now.saturating_add(SKEW_SECONDS) || life > LONGEST_LIFE_SECONDS {
            return Err(LogoutTokenFault::IssueTime);
        }
        if !claims.events.get(EVENT).is_some_and(Value::is_object) {
            return Err(LogoutTokenFault::Events);
        }
        if claims.nonce.is_some() {
            return Err(LogoutTokenFault::Nonce);
        }
        let is_id = |id: &String| !id.is_empty() && id.len() <= LONGEST_ID;
        if !is_id(&claims.jti) {
            return Err(LogoutTokenFault::Malformed);
        }
        let ended = match (claims.sid, claims.sub) {
            (Some(sid), _) if is_id(&sid) => EndedSessions::InSession(sid),
            (None, Some(sub)) if is_id(&sub) => EndedSessions::OfSubject(sub),
            _ => return Err(LogoutTokenFault::Nobody),
        };
        Ok(LogoutNotice {
            ended,
            jti: claims.jti,
            issued_at: claims.iat,
            happened_at: claims.toe.map(|at| at.min(claims.iat)),
            until: claims.exp.saturating_add(SKEW_SECONDS),
        })
    }
}

fn check_signature(
    provider: &Provider,
    header: &Header,
    signed: &str,
    signature: &str,
) -> Result<(), LogoutTokenFault> {
    // §2.4, RFC 8725 §3.11: explicit typing.
    let typ = header
        .typ
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != "logout+jwt" {
        return Err(LogoutTokenFault::Kind);
    }
    if header.crit.is_some() {
        return Err(LogoutTokenFault::CriticalHeader);
    }
    if !provider.algorithms.contains(&header.alg) {
        return Err(LogoutTokenFault::Algorithm);
    }
    let signature = (BASE64_URL_SAFE_NO_PAD.decode(signature))
        .map_err(|_not_base64| LogoutTokenFault::Malformed)?;
    let named = |key: &&CoreJsonWebKey| {
        key.key_id().map(|id| id.as_str()) == header.kid.as_deref() && may_verify(key, &header.alg)
    };
    let key = provider.keys.iter().find(named);
    let key = key.ok_or(LogoutTokenFault::UnknownKey)?;
    key.verify_signature(&header.alg, signed.as_bytes(), &signature)
        .map_err(|_wrong| LogoutTokenFault::Signature)
}

fn may_verify(key: &CoreJsonWebKey, alg: &CoreJwsSigningAlgorithm) -> bool {
    let is_for_it = match key.signing_alg() {
        JsonWebKeyAlgorithm::Algorithm(it) => it == alg,
        JsonWebKeyAlgorithm::Unspecified => true,
        JsonWebKeyAlgorithm::Unsupported => false,
    };
    is_for_it && key.key_id().is_some() && key.key_use().is_none_or(JsonWebKeyUse::allows_signature)
}

fn read<T: DeserializeOwned>(part: &str) -> Result<T, LogoutTokenFault> {
    let bytes =
        (BASE64_URL_SAFE_NO_PAD.decode(part)).map_err(|_not_base64| LogoutTokenFault::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_other_shape| LogoutTokenFault::Malformed)
}
