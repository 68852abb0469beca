//! Client credentials (RFC 6749 §4.4): a platform asks in its own name, for the resources it may name. No enterprise stands
//! behind such a token: it opens no userinfo.

use protocol::claims::{AccessTokenClaims, Audience, Confirmation};
use protocol::scope::ScopeSet;

use super::granted::check_sender;
use super::mint::OwnToken;
use super::{TokenRefusal, note_refusal};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx, random_text};
use crate::platform::{Client, Platform};
use crate::store::{Store, StoreError};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `scope`: some of what is registered. Absent: the token names none.
    pub scope: Option<String>,
    /// `resource`, each once.
    pub resources: Vec<String>,
    /// Who asks, if the token is to be bound to them.
    pub confirmation: Option<Confirmation>,
}

/// Decides and writes.
pub fn grant(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform: &Platform,
    asked: &Asked,
) -> Result<Result<OwnToken, TokenRefusal>, StoreError> {
    match allowed(platform, asked) {
        Ok((audience, scopes)) => {
            store.append_audit(&AuditEvent {
                platform_id: Some(platform.id.clone()),
                remote_address: caller.remote_address.clone(),
                detail: Some(asked.resources.join(" ")),
                ..AuditEvent::new(cx, AuditKind::ClientCredentialsGranted)
            })?;
            let claims = claims(cx, platform, (audience, &scopes));
            Ok(Ok(OwnToken(AccessTokenClaims {
                cnf: asked.confirmation.clone(),
                ..claims
            })))
        }
        Err(refusal) => {
            note_refusal(store, cx, caller, Some(&platform.id), refusal)?;
            Ok(Err(refusal))
        }
    }
}

fn allowed(platform: &Platform, asked: &Asked) -> Result<(Audience, ScopeSet), TokenRefusal> {
    let client = platform
        .active_client()
        // RFC 6749 §4.4: for confidential clients alone.
        .filter(|client| client.tokens.client_credentials && client.is_confidential())
        .ok_or(TokenRefusal::UnauthorizedClient(
            "the client may not use this grant type",
        ))?;
    check_sender(client, asked.confirmation.as_ref())?;
    let scopes = scopes(client, asked.scope.as_deref().unwrap_or_default())?;
    let known = |resource: &String| client.tokens.resources.contains(resource);
    let audience = match asked.resources.as_slice() {
        [] => return Err(TokenRefusal::InvalidTarget),
        asked if !asked.iter().all(known) => return Err(TokenRefusal::InvalidTarget),
        [one] => Audience::One(one.clone()),
        many => Audience::Many(many.to_vec()),
    };
    Ok((audience, scopes))
}

/// RFC 6749 §3.3: nobody is asked here who could say less, so that a word that is not registered is refused, not passed over.
fn scopes(client: &Client, words: &str) -> Result<ScopeSet, TokenRefusal> {
    let is_known = |word: &str| {
        let scope = ScopeSet::of_known_words(word);
        scope.iter().next().is_some() && client.scopes.includes(&scope)
    };
    if words.split_ascii_whitespace().all(is_known) {
        return Ok(ScopeSet::of_known_words(words));
    }
    Err(TokenRefusal::InvalidScope(
        "a scope is not registered for this client",
    ))
}

fn claims(
    cx: &Cx,
    platform: &Platform,
    (audience, scopes): (Audience, &ScopeSet),
) -> AccessTokenClaims {
    AccessTokenClaims {
        iss: cx.settings.issuer.clone(),
        exp: (cx.now + cx.settings.access_token_lifetime).unix_seconds(),
        aud: audience,
        // RFC 9068 §2.2: where no person is behind it, the client itself.
        sub: platform.id.as_str().to_owned(),
        client_id: platform.id.as_str().to_owned(),
        iat: cx.now.unix_seconds(),
        jti: random_text(&*cx.rng),
        scope: scopes.to_string(),
        grant_id: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        cnf: None,
    }
}
