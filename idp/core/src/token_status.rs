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
use crate::id::{GrantId, PlatformId};
use crate::operator_token;
use crate::platform::Platform;
use crate::refresh_token::{RefreshToken, refresh_token_sha256};
use crate::revoked_token::RevokedToken;
use crate::signer::{ACCESS_TOKEN_TYP, Signer};
use crate::store::{Store, StoreError};
use crate::subject::subject;
use crate::timestamp::Timestamp;

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
    // An operator's is nobody's business here.
    let is_platforms = |claims: &AccessTokenClaims| {
        claims.iss == cx.settings.issuer
            && !claims.aud.names(&operator_token::audience(&cx.settings))
    };
    match claims.filter(is_platforms) {
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

/// What a token stands on.
pub enum Footing {
    /// A grant.
    Grant(Box<Found>),
    /// Nothing but its time: a platform's own, which that platform did not give up, and which is in force since before.
    Itself,
    /// Nothing.
    Nothing,
}

/// Looks up what a token stands on.
pub fn find(store: &mut dyn Store, read: &Read) -> Result<Footing, StoreError> {
    let (grant_id, refresh) = match read {
        Read::Access(claims) => match &claims.grant_id {
            Some(grant_id) => (GrantId::from_text(grant_id), None),
            None => return own(store, claims),
        },
        Read::PerhapsRefresh(sha256) => match store.find_refresh_token(sha256)? {
            Some(token) => (token.grant_id.clone(), Some(token)),
            None => return Ok(Footing::Nothing),
        },
    };
    let standing = store.find_grant_standing(&grant_id)?;
    Ok(standing.map_or(Footing::Nothing, |standing| {
        Footing::Grant(Box::new(Found { standing, refresh }))
    }))
}

/// A platform's own token stands on no grant: on the platform, without a break since it was given, and on not being given up.
fn own(store: &mut dyn Store, claims: &AccessTokenClaims) -> Result<Footing, StoreError> {
    // Given within this second: by its end.
    let given = Timestamp::from_unix_seconds(claims.iat.saturating_add(1));
    let platform = store.find_platform(&PlatformId::from_text(claims.client_id.as_str()))?;
    let is_in_force = platform.is_some_and(|platform| platform.is_in_force_since(given));
    let stands = is_in_force && !store.is_token_revoked(&claims.jti)?;
    Ok(if stands {
        Footing::Itself
    } else {
        Footing::Nothing
    })
}

/// What is told of a token (§2.2). `lock_is_over`: by lists and registry as they stand now.
pub fn introspect(
    cx: &Cx,
    asker: &Platform,
    read: &Read,
    footing: &Footing,
    lock_is_over: bool,
) -> Introspection {
    let told = match (read, footing) {
        (Read::Access(claims), Footing::Itself) => access_token(cx, asker, claims),
        (read, Footing::Grant(found)) if found.standing.is_alive(cx.now) && !lock_is_over => {
            match read {
                Read::Access(claims) => access_token(cx, asker, claims),
                Read::PerhapsRefresh(_) => (found.refresh.as_ref())
                    .and_then(|token| refresh_token(cx, asker, token, &found.standing)),
            }
        }
        (_, Footing::Grant(_) | Footing::Itself | Footing::Nothing) => None,
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

/// Gives a token up: its grant ends, with every token of it (RFC 7009 §2.1); where it stands on none, it alone. What is not the
/// client's stays.
pub fn revoke(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    client: &Platform,
    read: &Read,
) -> Result<(), StoreError> {
    let found = match (find(store, read)?, read) {
        (Footing::Grant(found), _) => found,
        (Footing::Itself, Read::Access(claims)) => {
            return revoke_own(store, cx, caller, client, claims);
        }
        (Footing::Itself | Footing::Nothing, _) => return Ok(()),
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

fn revoke_own(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    client: &Platform,
    claims: &AccessTokenClaims,
) -> Result<(), StoreError> {
    let token = RevokedToken {
        jti: claims.jti.clone(),
        platform_id: client.id.clone(),
        expires_at: Timestamp::from_unix_seconds(claims.exp),
    };
    let is_theirs = claims.client_id == client.id.as_str() && cx.now < token.expires_at;
    if !is_theirs || !store.insert_revoked_token(&token)? {
        return Ok(());
    }
    store.append_audit(&AuditEvent {
        platform_id: Some(client.id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(format!("a token of its own, {}", token.jti)),
        ..AuditEvent::new(cx, AuditKind::OwnTokenRevoked)
    })
}
