//! Refreshing (RFC 6749 §6): a new access token for a grant that lives, and a new refresh token in the old one's place.
//!
//! A token that comes back after it was used tells that two hold it: the grant ends (RFC 9700 §4.14.2). Under FAPI 2.0 a
//! token is not replaced (§5.3.2.1): it is bound to its client, and a lost answer must not lose the grant.
//!
//! Holds nothing: whoever ends what the grant stands on revokes the grant too, and what was refreshed beside that is dead
//! with it.

use protocol::claims::Confirmation;
use protocol::scope::{Scope, ScopeSet};

use super::granted::{Granted, check_sender, narrowed, told};
use super::{TokenRefusal, note_refusal};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_grant;
use crate::grant::GrantStanding;
use crate::platform::{Client, Platform, SecurityProfile};
use crate::refresh_token::{RefreshToken, refresh_token_sha256};
use crate::store::{Store, StoreError};
use crate::subject::subject;

/// What came with a refresh token.
#[derive(Clone, Debug)]
pub struct Refreshing {
    /// `refresh_token`
    pub text: String,
    /// `scope`: as much or less than was granted.
    pub scope: Option<String>,
    /// `resource`, each once.
    pub resources: Vec<String>,
    /// Who asks, if tokens are to be bound to them.
    pub confirmation: Option<Confirmation>,
    /// Whether the lock behind the grant counts no more, by lists and registry as they stand now.
    pub lock_is_over: bool,
}

/// How refreshing ended. Every end is written down.
#[derive(Debug)]
pub enum Refreshed {
    /// Tokens may be minted.
    Granted(Box<Granted>),
    /// Refused.
    Refused(TokenRefusal),
    /// The token was used before; its grant is revoked.
    Reused,
}

/// Decides and writes.
pub fn refresh(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform: &Platform,
    asked: &Refreshing,
) -> Result<Refreshed, StoreError> {
    const UNKNOWN: TokenRefusal =
        TokenRefusal::InvalidGrant("the refresh token is unknown or expired");
    let refused = |store: &mut dyn Store, refusal| {
        note_refusal(store, cx, caller, Some(&platform.id), refusal)?;
        Ok(Refreshed::Refused(refusal))
    };
    let (Some(token), Some(client)) = (
        store.find_refresh_token(&refresh_token_sha256(&asked.text))?,
        platform.active_client(),
    ) else {
        return refused(store, UNKNOWN);
    };
    let standing = store.find_grant_standing(&token.grant_id)?;
    // Another client's token is none of this client's business, and no reason to end anything.
    let Some(standing) = standing.filter(|s| s.grant.platform_id == platform.id) else {
        return refused(store, UNKNOWN);
    };
    if token.used_at.is_some() && !token.is_asked_again(cx) {
        return reused(store, cx, caller, &standing);
    }
    if cx.now >= token.expires_at || !client.tokens.refresh {
        return refused(store, UNKNOWN);
    }
    if asked.lock_is_over || !standing.is_alive(cx.now) {
        let over = TokenRefusal::InvalidGrant("the grant behind the refresh token has ended");
        return refused(store, over);
    }
    let (scopes, resources) = match bounded(client, &standing, asked) {
        Ok(bounded) => bounded,
        Err(refusal) => return refused(store, refusal),
    };
    let successor = replaced(store, cx, client, (&token, &asked.text))?;
    let Some(successor) = successor else {
        return reused(store, cx, caller, &standing);
    };
    store.append_audit(&event(cx, caller, &standing, AuditKind::GrantRefreshed))?;
    Ok(Refreshed::Granted(Box::new(Granted {
        told: told(
            &standing.grant.claims,
            &standing.enterprise,
            &standing.key_lock,
        ),
        subject: subject(cx, client, &standing.grant.enterprise_id),
        // OpenID Connect Core §12.2: a refreshed ID token has none.
        nonce: None,
        id_token_alg: client.id_token_alg,
        scopes,
        resources,
        confirmation: asked.confirmation.clone(),
        refresh_token: Some(successor),
        grant: standing.grant,
    })))
}

/// The text of the token that goes out. `None`: two who hold the token used it, and its successor went on meanwhile.
fn replaced(
    store: &mut dyn Store,
    cx: &Cx,
    client: &Client,
    (token, text): (&RefreshToken, &str),
) -> Result<Option<String>, StoreError> {
    if client.profile == SecurityProfile::Fapi2 {
        return Ok(Some(text.to_owned()));
    }
    let (next, successor) = token.successor(cx, text);
    // Of any number who ask at once one puts the successor there; the others, in time, get the same.
    let use_of_it = (None, Some(cx.now));
    if store.exchange_refresh_token_use(&token.sha256, use_of_it)?
        && store.insert_refresh_token(&successor)?
    {
        return Ok(Some(next));
    }
    let standing = store.find_refresh_token(&successor.sha256)?;
    Ok(standing.filter(|s| s.used_at.is_none()).map(|_| next))
}

/// Takes a use back that was answered nothing, since nothing could be signed: the platform may ask again whenever it likes,
/// and is no thief for it. Not once the successor went out and was used, to whomever.
pub fn take_back(store: &mut dyn Store, cx: &Cx, text: &str) -> Result<bool, StoreError> {
    let Some(token) = store.find_refresh_token(&refresh_token_sha256(text))? else {
        return Ok(false);
    };
    let successor = refresh_token_sha256(&token.successor_text(text));
    let successor = store.find_refresh_token(&successor)?;
    if successor.is_none_or(|next| next.used_at.is_some()) {
        return Ok(false);
    }
    store.exchange_refresh_token_use(&token.sha256, (Some(cx.now), None))
}

fn bounded(
    client: &Client,
    standing: &GrantStanding,
    asked: &Refreshing,
) -> Result<(ScopeSet, Vec<String>), TokenRefusal> {
    let confirmation = asked.confirmation.as_ref();
    check_sender(client, confirmation)?;
    // RFC 9449 §5, RFC 8705 §4: a public client's refresh token is bound to the key; a confidential one's to its client.
    let bound = standing.grant.confirmation.as_ref();
    if !client.is_confidential() && bound.is_some() && confirmation != bound {
        return Err(match bound {
            Some(Confirmation::Certificate(_)) => TokenRefusal::InvalidGrant(
                "the refresh token is for another certificate than the one that was shown",
            ),
            _ => TokenRefusal::InvalidDpopProof(
                "the refresh token is for another key than that of the DPoP proof",
            ),
        });
    }
    let granted = &standing.grant.scopes;
    let scopes = match &asked.scope {
        None => granted.clone(),
        Some(words) => ScopeSet::of_known_words(words),
    };
    if !granted.includes(&scopes) || !scopes.contains(Scope::Openid) {
        return Err(TokenRefusal::InvalidScope(
            "scope must contain openid and no more than was granted",
        ));
    }
    let resources = narrowed(&standing.grant.resources, &asked.resources);
    Ok((scopes, resources.ok_or(TokenRefusal::InvalidTarget)?))
}

fn reused(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    standing: &GrantStanding,
) -> Result<Refreshed, StoreError> {
    end_grant(store, cx, &standing.grant.id)?;
    store.append_audit(&AuditEvent {
        incident_id: Some(caller.incident_id.clone()),
        ..event(cx, caller, standing, AuditKind::RefreshTokenReused)
    })?;
    Ok(Refreshed::Reused)
}

fn event(cx: &Cx, caller: &Caller, standing: &GrantStanding, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        remote_address: caller.remote_address.clone(),
        ..standing.grant.event(cx, kind)
    }
}
