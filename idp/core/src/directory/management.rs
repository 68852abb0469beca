//! A platform that registered itself manages its registration (RFC 7592): reads it, replaces it, gives it up.

use protocol::registration::ClientMetadata;

use super::change::{DirectoryError, differences};
use super::check::RegistrationRefusal;
use super::look::wants_look;
use super::metadata::{MetadataProblem, client_of, names_of};
use super::registration::{Registered, event};
use super::secret::with_secret;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_grants_held_by;
use crate::id::PlatformId;
use crate::platform::{Client, Platform, PlatformState, is_digest};
use crate::registration::registration_token_sha256;
use crate::store::{Store, StoreError};

/// The registration of a platform, where the token is that platform's own; the same work whoever asks for whom.
pub fn find_registration(
    store: &mut dyn Store,
    id: &PlatformId,
    access: &str,
) -> Result<Option<Registered>, StoreError> {
    let registration = store.find_self_registration(id)?;
    let platform = store.find_platform(id)?;
    let presented = registration_token_sha256(access);
    let stored = registration.as_ref().map(|r| r.access_sha256.as_str());
    let fits: bool = is_digest(&presented, stored).into();
    let (Some(registration), Some(platform), true) = (registration, platform, fits) else {
        return Ok(None);
    };
    Ok(Some(Registered {
        platform,
        secret: None,
        registration,
    }))
}

/// As [`find_registration`], held until the end of the transaction: nobody changes it meanwhile. Whoever has no token
/// holds nothing.
fn hold_registration(
    store: &mut dyn Store,
    id: &PlatformId,
    access: &str,
) -> Result<Option<Registered>, StoreError> {
    if find_registration(store, id, access)?.is_none() {
        return Ok(None);
    }
    store.hold_platform_alone(id)?;
    find_registration(store, id, access)
}

/// Replaces the registration by what metadata says, within what stands (RFC 7592 §2.2); `None`: the token is another's.
pub fn replace_registration(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (id, access, metadata): (&PlatformId, &str, &ClientMetadata),
) -> Result<Option<Registered>, DirectoryError> {
    let Some(found) = hold_registration(store, id, access)? else {
        return Ok(None);
    };
    let before = found.platform;
    let (client, secret) = replacement(cx, &before, metadata)?;
    let (name_zh, name_en) = match names_of(metadata)? {
        Some(names) => names,
        None => (before.name_zh.clone(), before.name_en.clone()),
    };
    let mut after = Platform {
        name_zh,
        name_en,
        client: Some(client),
        ..before.clone()
    };
    if !found.registration.trusted && wants_look(&before, &after) {
        after.state = PlatformState::Pending;
    }
    if after != before {
        store.update_platform(&after)?;
        let mut changed = differences(&before, &after);
        if after.state != before.state {
            changed.push("and waits for an operator".to_owned());
        }
        store.append_audit(&AuditEvent {
            detail: Some(format!("by itself: {}", changed.join(" "))),
            ..event(cx, caller, id, AuditKind::PlatformChanged)
        })?;
    }
    Ok(Some(Registered {
        platform: after,
        secret,
        registration: found.registration,
    }))
}

/// The client that metadata describes within what stands, no looser than an operator left it; and a new secret, where one
/// was made.
fn replacement(
    cx: &Cx,
    before: &Platform,
    metadata: &ClientMetadata,
) -> Result<(Client, Option<String>), DirectoryError> {
    if before.state == PlatformState::Suspended {
        return Err(RegistrationRefusal::Suspended.into());
    }
    let stands = before.client.as_ref();
    let stands = stands.ok_or_else(|| RegistrationRefusal::NotConnected(before.id.clone()))?;
    let mut client = client_of(cx, metadata, stands)?;
    if let Some(member) = stands.floor.and_then(|floor| floor.undercut_by(&client)) {
        let why = "would be looser than an operator set it, which is for an operator to do";
        return Err(MetadataProblem::Metadata(member, why.to_owned()).into());
    }
    let secret = with_secret(cx, &mut client);
    Ok((client, secret))
}

/// Gives the registration up, for good; what the platform holds is worth nothing any more. `false`: the token is another's.
/// Not while an operator has it suspended: what is there to be looked at stays.
pub fn give_up_registration(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (id, access): (&PlatformId, &str),
) -> Result<bool, DirectoryError> {
    let Some(found) = hold_registration(store, id, access)? else {
        return Ok(false);
    };
    if found.platform.state == PlatformState::Suspended {
        return Err(RegistrationRefusal::Suspended.into());
    }
    // The row stays: grants, consents and the audit trail name it.
    store.update_platform(&Platform {
        state: PlatformState::Withdrawn,
        client: None,
        ..found.platform
    })?;
    store.delete_self_registration(id)?;
    let grants = end_grants_held_by(store, cx, id)?;
    store.append_audit(&AuditEvent {
        detail: Some(format!("by itself: {grants} grants ended")),
        ..event(cx, caller, id, AuditKind::PlatformWithdrawn)
    })?;
    Ok(true)
}
