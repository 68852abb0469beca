//! Client credentials (RFC 6749 §4.4): a platform asks in its own name, for the resources it may name. No enterprise stands
//! behind such a token: it opens no userinfo.

use protocol::claims::{AccessTokenClaims, Audience, Confirmation};

use super::granted::check_sender;
use super::mint::OwnToken;
use super::{TokenRefusal, note_refusal};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx, random_text};
use crate::platform::Platform;
use crate::store::{Store, StoreError};

/// Decides and writes. `resources`: each once.
pub fn grant(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    platform: &Platform,
    (resources, confirmation): (&[String], Option<&Confirmation>),
) -> Result<Result<OwnToken, TokenRefusal>, StoreError> {
    match allowed(platform, resources, confirmation) {
        Ok(audience) => {
            store.append_audit(&AuditEvent {
                platform_id: Some(platform.id.clone()),
                remote_address: caller.remote_address.clone(),
                detail: Some(resources.join(" ")),
                ..AuditEvent::new(cx, AuditKind::ClientCredentialsGranted)
            })?;
            Ok(Ok(OwnToken(claims(cx, platform, audience, confirmation))))
        }
        Err(refusal) => {
            note_refusal(store, cx, caller, Some(&platform.id), refusal)?;
            Ok(Err(refusal))
        }
    }
}

fn allowed(
    platform: &Platform,
    resources: &[String],
    confirmation: Option<&Confirmation>,
) -> Result<Audience, TokenRefusal> {
    let client = platform
        .active_client()
        // RFC 6749 §4.4: for confidential clients alone.
        .filter(|client| client.tokens.client_credentials && client.is_confidential())
        .ok_or(TokenRefusal::UnauthorizedClient)?;
    check_sender(client, confirmation)?;
    let known = |resource: &String| client.tokens.resources.contains(resource);
    match resources {
        [] => Err(TokenRefusal::InvalidTarget),
        asked if !asked.iter().all(known) => Err(TokenRefusal::InvalidTarget),
        [one] => Ok(Audience::One(one.clone())),
        many => Ok(Audience::Many(many.to_vec())),
    }
}

fn claims(
    cx: &Cx,
    platform: &Platform,
    audience: Audience,
    confirmation: Option<&Confirmation>,
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
        scope: String::new(),
        grant_id: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        cnf: confirmation.cloned(),
    }
}
