//! Platforms that register themselves (RFC 7591), by a token that an operator issued, and manage their registration by a token
//! of their own (RFC 7592).
//!
//! 1. the token is good — [`RegistrationToken::is_good`], before anything is read or fetched
//! 2. the metadata is taken — [`draft`]
//! 3. a use of the token is spent and the platform written, one transaction — [`register`]
//!
//! What an operator decides comes from the token; a platform may not raise it later. One that was not trusted waits for an
//! operator, at first and whenever it would send people to a host that nobody looked at.

use std::time::Duration;

use protocol::registration::ClientMetadata;

use super::change::{Act, DirectoryError, note};
use super::check::RegistrationRefusal;
use super::metadata::{MetadataProblem, client_of, names_of};
use super::secret::with_secret;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx, random_text};
use crate::id::{PlatformId, RegistrationTokenId};
use crate::platform::{Platform, PlatformState};
use crate::registration::{
    RegistrationTerms, RegistrationToken, SelfRegistration, registration_token_sha256,
};
use crate::store::{Store, StoreError};

/// Most platforms that may register by one token.
pub const USES_MAX: u32 = 1000;
/// Longest life of a token.
pub const LIFETIME_MAX: Duration = Duration::from_hours(90 * 24);

/// Whether there can be a token for so many platforms and so long.
pub fn is_token_possible(uses: u32, lifetime: Duration) -> bool {
    (1..=USES_MAX).contains(&uses) && !lifetime.is_zero() && lifetime <= LIFETIME_MAX
}

/// Issues a token: its text, to be shown once, and what is stored of it.
pub fn issue_registration_token(
    store: &mut dyn Store,
    cx: &Cx,
    terms: RegistrationTerms,
    (uses, lifetime, act): (u32, Duration, Act<'_>),
) -> Result<(String, RegistrationToken), DirectoryError> {
    if !is_token_possible(uses, lifetime) {
        return Err(RegistrationRefusal::TokenBounds.into());
    }
    if !terms.scopes.contains(protocol::scope::Scope::Openid) {
        return Err(RegistrationRefusal::NoOpenid.into());
    }
    let text = random_text(&*cx.rng);
    let token = RegistrationToken {
        id: RegistrationTokenId::generate(&*cx.rng, cx.now),
        sha256: registration_token_sha256(&text),
        terms,
        issued_by: act.by.to_owned(),
        issued_at: cx.now,
        expires_at: cx.now + lifetime,
        uses,
        used: 0,
        revoked_at: None,
    };
    if !store.insert_registration_token(&token)? {
        return Err(StoreError::Unavailable("a registration token twice".to_owned()).into());
    }
    let what = format!(
        "{} for {uses} platforms, until {}{}",
        token.id,
        token.expires_at.unix_seconds(),
        if token.terms.trusted {
            ", in force at once"
        } else {
            ""
        }
    );
    let kind = AuditKind::RegistrationTokenIssued;
    note(store, cx, None, (kind, act, &what))?;
    Ok((text, token))
}

/// Takes a token back; whoever registered by it stays.
pub fn revoke_registration_token(
    store: &mut dyn Store,
    cx: &Cx,
    id: &RegistrationTokenId,
    act: Act<'_>,
) -> Result<(), DirectoryError> {
    if !store.revoke_registration_token(id, cx.now)? {
        let why = "there is no such token, or it was taken back before";
        return Err(RegistrationRefusal::Nothing(why).into());
    }
    let kind = AuditKind::RegistrationTokenRevoked;
    note(store, cx, None, (kind, act, id.as_str()))?;
    Ok(())
}

/// A platform as it would be registered.
#[derive(Clone, Debug)]
pub struct Draft {
    platform: Platform,
    secret: Option<String>,
}

impl Draft {
    /// The platform.
    pub const fn platform(&self) -> &Platform {
        &self.platform
    }
}

/// Reads metadata within the terms of a token.
pub fn draft(
    cx: &Cx,
    token: &RegistrationToken,
    metadata: &ClientMetadata,
) -> Result<Draft, MetadataProblem> {
    let terms = &token.terms;
    let mut client = client_of(cx, metadata, &terms.client())?;
    let id = new_id(cx);
    let (name_zh, name_en) = names_of(metadata)?.unwrap_or_else(|| (id.clone(), id.clone()));
    Ok(Draft {
        secret: with_secret(cx, &mut client),
        platform: Platform {
            id: PlatformId::from_text(id),
            name_zh,
            name_en,
            region_code: terms.region_code.clone(),
            zone: terms.zone,
            support_contact: None,
            state: if terms.trusted {
                PlatformState::Active
            } else {
                PlatformState::Pending
            },
            in_force_since: None,
            client: Some(client),
        },
    })
}

/// What a platform holds once it registered itself. No `Debug`: secrets are in it.
pub struct Registered {
    /// The platform.
    pub platform: Platform,
    /// Its secret, where a new one was made.
    pub secret: Option<String>,
    /// When it registered.
    pub registration: SelfRegistration,
}

/// Spends a use of the token and writes the platform; `None`: the token is good no more. The text beside it is the token by
/// which the platform manages its registration.
pub fn register(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (token, draft): (&RegistrationToken, Draft),
) -> Result<Option<(Registered, String)>, StoreError> {
    if !store.exchange_registration_token_use(&token.id, cx.now)? {
        return Ok(None);
    }
    let access = random_text(&*cx.rng);
    let registration = SelfRegistration {
        platform_id: draft.platform.id.clone(),
        token_id: token.id.clone(),
        access_sha256: registration_token_sha256(&access),
        registered_at: cx.now,
        trusted: token.terms.trusted,
    };
    let is_new =
        store.insert_platform(&draft.platform)? && store.insert_self_registration(&registration)?;
    if !is_new {
        return Err(StoreError::Unavailable("a platform id twice".to_owned()));
    }
    store.append_audit(&AuditEvent {
        detail: Some(format!(
            "by registration token {} of {}: {}",
            token.id,
            token.issued_by,
            draft.platform.state.as_str()
        )),
        ..event(
            cx,
            caller,
            &draft.platform.id,
            AuditKind::PlatformRegistered,
        )
    })?;
    let registered = Registered {
        platform: draft.platform,
        secret: draft.secret,
        registration,
    };
    Ok(Some((registered, access)))
}

/// An event of what a platform did to its own registration.
pub(super) fn event(cx: &Cx, caller: &Caller, id: &PlatformId, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        platform_id: Some(id.clone()),
        incident_id: Some(caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    }
}

/// Eighty random bits: nobody meets another's, and it can be read out on the telephone.
fn new_id(cx: &Cx) -> String {
    let mut octets = [0; 10];
    cx.rng.fill(&mut octets);
    format!("client-{}", hex::encode(octets))
}
