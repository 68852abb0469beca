//! Flow: what becomes of a token that a platform asks about or gives up: introspection (RFC 7662) and revocation (RFC 7009).
//!
//! Owns who may ask about which token, and what is told. Whoever may not learns what they would of a token that never
//! was.

use protocol::claims::{AccessTokenClaims, Audience};
use serde::Serialize;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::give_up_grant;
use crate::grant::GrantStanding;
use crate::id::GrantId;
use crate::platform::Platform;
use crate::refresh_token::{RefreshToken, refresh_token_sha256};
use crate::signer::{ACCESS_TOKEN_TYP, Signer};
use crate::store::{Store, StoreError};
use crate::subject::subject;

/// A token of ours, read but not yet looked up.
#[derive(Clone, Debug)]
pub enum Read {
    /// Signed by us; its time may be over.
    Access(Box<AccessTokenClaims>),
    /// Anything else may be a refresh token: by SHA-256 of its text.
    PerhapsRefresh(String),
}

/// Reads a token without a look at the store. Hints of its type are not needed.
pub fn read(cx: &Cx, signer: &dyn Signer, token: &str) -> Read {
    let claims = signer.verify(ACCESS_TOKEN_TYP, token);
    let claims =
        claims.and_then(|claims| serde_json::from_slice::<AccessTokenClaims>(&claims).ok());
    match claims.filter(|claims| claims.iss == cx.settings.issuer) {
        Some(claims) => Read::Access(Box::new(claims)),
        None => Read::PerhapsRefresh(refresh_token_sha256(token)),
    }
}

/// The answer of RFC 7662 §2.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Introspection {
    /// Of no use, or none of the asker's business.
    Inactive {
        /// `false`
        active: bool,
    },
    /// Of use now.
    Active(Box<ActiveToken>),
}

/// A token that is of use now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActiveToken {
    active: bool,
    iss: String,
    client_id: String,
    sub: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<protocol::claims::Confirmation>,
}

impl Introspection {
    /// Of no use.
    pub const INACTIVE: Self = Self::Inactive { active: false };
}

/// A token with the grant it stands on.
pub struct Found {
    /// With all it stands on.
    pub standing: GrantStanding,
    /// The refresh token, if it is one.
    pub refresh: Option<RefreshToken>,
}

/// Looks a token's grant up. `None`: there is none.
pub fn find(store: &mut dyn Store, read: &Read) -> Result<Option<Found>, StoreError> {
    let (grant_id, refresh) = match read {
        Read::Access(claims) => match &claims.grant_id {
            Some(grant_id) => (GrantId::from_text(grant_id), None),
            None => return Ok(None),
        },
        Read::PerhapsRefresh(sha256) => match store.find_refresh_token(sha256)? {
            Some(token) => (token.grant_id.clone(), Some(token)),
            None => return Ok(None),
        },
    };
    let standing = store.find_grant_standing(&grant_id)?;
    Ok(standing.map(|standing| Found { standing, refresh }))
}

/// What is told of a token (§2.2). `lock_is_over`: by lists and registry as they stand now.
pub fn introspect(
    cx: &Cx,
    asker: &Platform,
    read: &Read,
    found: Option<&Found>,
    lock_is_over: bool,
) -> Introspection {
    let found = found.filter(|found| found.standing.is_alive(cx.now) && !lock_is_over);
    let told = match (read, found) {
        // A platform's own token stands on no grant: on its time, and on the platform, at which the caller looked.
        (Read::Access(claims), None) if claims.grant_id.is_none() => {
            access_token(cx, asker, claims)
        }
        (Read::Access(claims), Some(_)) => access_token(cx, asker, claims),
        (Read::PerhapsRefresh(_), Some(found)) => (found.refresh.as_ref())
            .and_then(|token| refresh_token(cx, asker, token, &found.standing)),
        (_, None) => None,
    };
    told.map_or(Introspection::INACTIVE, |told| {
        Introspection::Active(Box::new(told))
    })
}

/// An access token is the business of the client it was given to, and of those that serve a resource it is for.
fn access_token(cx: &Cx, asker: &Platform, claims: &AccessTokenClaims) -> Option<ActiveToken> {
    let serves = |resource: &String| claims.aud.names(resource);
    let is_theirs = claims.client_id == asker.id.as_str()
        || asker
            .active_client()
            .is_some_and(|client| client.tokens.serves.iter().any(serves));
    if !is_theirs || cx.now.unix_seconds() >= claims.exp {
        return None;
    }
    Some(ActiveToken {
        active: true,
        iss: claims.iss.clone(),
        client_id: claims.client_id.clone(),
        sub: claims.sub.clone(),
        scope: claims.scope.clone(),
        exp: claims.exp,
        iat: claims.iat,
        token_type: Some(claims.token_type()),
        aud: Some(claims.aud.clone()),
        jti: Some(claims.jti.clone()),
        auth_time: claims.auth_time,
        acr: claims.acr.clone(),
        cnf: claims.cnf.clone(),
    })
}

/// A refresh token is the business of its client alone.
fn refresh_token(
    cx: &Cx,
    asker: &Platform,
    token: &RefreshToken,
    standing: &GrantStanding,
) -> Option<ActiveToken> {
    let is_of_use = token.used_at.is_none() && cx.now < token.expires_at;
    if !is_of_use || standing.grant.platform_id != asker.id {
        return None;
    }
    let client = asker.active_client()?;
    Some(ActiveToken {
        active: true,
        iss: cx.settings.issuer.clone(),
        client_id: standing.grant.platform_id.as_str().to_owned(),
        sub: subject(cx, client, &standing.grant.enterprise_id),
        scope: standing.grant.scopes.to_string(),
        exp: token.expires_at.unix_seconds(),
        iat: token.issued_at.unix_seconds(),
        token_type: None,
        aud: None,
        jti: None,
        auth_time: Some(standing.grant.auth_time.unix_seconds()),
        acr: None,
        cnf: None,
    })
}

/// Gives a token up: its grant ends, with every token of it (RFC 7009 §2.1). What is not the client's stays.
pub fn revoke(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    client: &Platform,
    read: &Read,
) -> Result<(), StoreError> {
    let Some(found) = find(store, read)? else {
        return Ok(());
    };
    let grant = &found.standing.grant;
    if grant.platform_id != client.id || !give_up_grant(store, cx, &grant.id)? {
        return Ok(());
    }
    store.append_audit(&AuditEvent {
        remote_address: caller.remote_address.clone(),
        ..grant.event(cx, AuditKind::GrantRevoked)
    })
}
