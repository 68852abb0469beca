//! Changes of the directory, each with a name behind it and an event: connect, change, stop and let go on.
//!
//! A change is read and written while the platform is held, so that of two at once none is lost. Running servers take it over
//! within a second (`idp-storage/remembered`).

use super::check::{RegistrationRefusal, check_client, check_id};
use super::look::version_of;
use super::secret::with_secret;
use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::cx::Cx;
use crate::duty::Mandate;
use crate::ending::end_grants_held_by;
use crate::id::{OperatorId, PlatformId};
use crate::platform::{Client, Floor, Platform, PlatformState};
use crate::store::{Store, StoreError};

/// Who does it, and why, where they say.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The operator who signed for it; absent where it is done on the machine itself, or by the platform.
    pub operator_id: Option<&'a OperatorId>,
    /// An operator, or the platform itself.
    pub by: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

impl<'a> Act<'a> {
    /// Of somebody who works on the machine itself, or of the platform.
    pub const fn by(by: &'a str, reason: Option<&'a str>) -> Self {
        Self {
            operator_id: None,
            by,
            reason,
        }
    }

    /// Of an operator who is not asked why.
    pub fn unexplained(mandate: &'a Mandate) -> Self {
        Self {
            operator_id: Some(mandate.operator_id()),
            by: mandate.name(),
            reason: None,
        }
    }

    /// Of an operator.
    pub fn of(mandate: &'a Mandate, reason: &'a str) -> Self {
        Self {
            operator_id: Some(mandate.operator_id()),
            by: mandate.name(),
            reason: Some(reason),
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] RegistrationRefusal),
    /// Its metadata is.
    #[error(transparent)]
    Metadata(#[from] super::metadata::MetadataProblem),
}

/// What a change left.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The platform as it is now.
    pub platform: Platform,
    /// A new secret, where one was made: shown once.
    pub secret: Option<String>,
}

/// Connects a platform: a listed one, or a new one.
pub fn connect(
    store: &mut dyn Store,
    cx: &Cx,
    platform: &Platform,
    act: Act<'_>,
) -> Result<(), DirectoryError> {
    check_id(platform.id.as_str())?;
    if let Some(client) = &platform.client {
        check_client(cx, client)?;
    }
    if !store.insert_platform(platform)? {
        let standing = store.hold_platform_alone(&platform.id)?;
        if standing.is_some_and(|p| p.state != PlatformState::Listed) {
            return Err(RegistrationRefusal::Connected(platform.id.clone()).into());
        }
        store.update_platform(platform)?;
    }
    note(
        store,
        cx,
        Some(&platform.id),
        (AuditKind::PlatformAdded, act, ""),
    )?;
    Ok(())
}

/// Changes a connected platform. What it becomes is checked; a client that is to have a secret and has none gets one.
pub fn change(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    (act, to): (
        Act<'_>,
        impl FnOnce(&mut Platform) -> Result<(), DirectoryError>,
    ),
) -> Result<Changed, DirectoryError> {
    let (before, _) = find_connected(store, id)?;
    let mut after = before.clone();
    to(&mut after)?;
    let client = after.client.as_mut();
    let client = client.ok_or_else(|| RegistrationRefusal::NotConnected(id.clone()))?;
    let secret = with_secret(cx, client);
    if store.find_self_registration(id)?.is_some() {
        // As an operator leaves it, so strict it stays, whatever the platform puts in its place.
        client.floor = Some(Floor::of(client));
    }
    check_client(cx, client)?;
    if after == before {
        return Err(RegistrationRefusal::Nothing("it is so already").into());
    }
    store.update_platform(&after)?;
    let what = differences(&before, &after).join(" ");
    note(
        store,
        cx,
        Some(id),
        (AuditKind::PlatformChanged, act, &what),
    )?;
    Ok(Changed {
        platform: after,
        secret,
    })
}

/// Nobody goes there from now on, and what it holds is worth nothing any more.
pub fn suspend(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    act: Act<'_>,
) -> Result<(), DirectoryError> {
    let (platform, _) = find_connected(store, id)?;
    if platform.state == PlatformState::Suspended {
        return Err(RegistrationRefusal::Nothing("the platform is suspended already").into());
    }
    store.update_platform(&Platform {
        state: PlatformState::Suspended,
        ..platform
    })?;
    let grants = end_grants_held_by(store, cx, id)?;
    let what = format!("{grants} grants ended");
    note(
        store,
        cx,
        Some(id),
        (AuditKind::PlatformSuspended, act, &what),
    )?;
    Ok(())
}

/// People can go there: again, or for the first time where it registered itself. What ended stays so. `as_shown`: the
/// version that was looked at; of a platform that changes itself it must be named, and be the one that stands.
pub fn activate(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    (act, as_shown): (Act<'_>, Option<&str>),
) -> Result<(), DirectoryError> {
    let (platform, client) = find_connected(store, id)?;
    if platform.state == PlatformState::Active {
        return Err(RegistrationRefusal::Nothing("the platform is active").into());
    }
    let version = version_of(&platform);
    match as_shown {
        Some(shown) if shown != version => {
            return Err(RegistrationRefusal::NotAsShown(id.clone()).into());
        }
        None if changes_itself(store, id)? => {
            return Err(RegistrationRefusal::NothingShown(id.clone()).into());
        }
        Some(_) | None => (),
    }
    check_client(cx, &client)?;
    let was = platform.state.as_str();
    store.update_platform(&Platform {
        state: PlatformState::Active,
        in_force_since: Some(cx.now),
        ..platform
    })?;
    let what = format!("it was {was}, version {version}");
    note(
        store,
        cx,
        Some(id),
        (AuditKind::PlatformActivated, act, &what),
    )?;
    Ok(())
}

/// Whether a platform may have changed since it was looked at, with nobody knowing.
fn changes_itself(store: &mut dyn Store, id: &PlatformId) -> Result<bool, StoreError> {
    let registration = store.find_self_registration(id)?;
    Ok(registration.is_some_and(|registration| !registration.trusted))
}

pub(super) fn find_connected(
    store: &mut dyn Store,
    id: &PlatformId,
) -> Result<(Platform, Client), DirectoryError> {
    let found = store.hold_platform_alone(id)?;
    let platform = found.ok_or_else(|| RegistrationRefusal::Unknown(id.clone()))?;
    if platform.state == PlatformState::Withdrawn {
        return Err(RegistrationRefusal::Withdrawn(id.clone()).into());
    }
    let client = platform.client.clone();
    let client = client.ok_or_else(|| RegistrationRefusal::NotConnected(id.clone()))?;
    Ok((platform, client))
}

/// Which members differ, by the names under which they are stored. Values stay out: secrets are among them.
pub(super) fn differences(before: &Platform, after: &Platform) -> Vec<String> {
    let names = [
        ("name_zh", before.name_zh == after.name_zh),
        ("name_en", before.name_en == after.name_en),
        ("region_code", before.region_code == after.region_code),
        ("zone", before.zone == after.zone),
        (
            "support_contact",
            before.support_contact == after.support_contact,
        ),
    ];
    let mut changed: Vec<String> = names
        .into_iter()
        .filter(|(_, same)| !same)
        .map(|(name, _)| name.to_owned())
        .collect();
    let members = |platform: &Platform| serde_json::to_value(&platform.client).unwrap_or_default();
    let (before, after) = (members(before), members(after));
    if let (Some(before), Some(after)) = (before.as_object(), after.as_object()) {
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let differ = |name: &&String| before.get(*name) != after.get(*name);
        changed.extend(names.into_iter().filter(differ).cloned());
    }
    changed
}

/// Writes an act down.
pub(super) fn note(
    store: &mut dyn Store,
    cx: &Cx,
    id: Option<&PlatformId>,
    (kind, act, what): (AuditKind, Act<'_>, &str),
) -> Result<(), StoreError> {
    let by = format!("by {}", operator_words(act.by));
    store.append_audit(&AuditEvent {
        operator_id: act.operator_id.cloned(),
        platform_id: id.cloned(),
        reason: act.reason.map(operator_words),
        detail: Some(match what {
            "" => by,
            what => format!("{by}: {what}"),
        }),
        ..AuditEvent::new(cx, kind)
    })
}
