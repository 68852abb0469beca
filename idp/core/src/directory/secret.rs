//! Client secrets: made here, shown once, kept as a digest; one follows another with both taken for a while.

use std::time::Duration;

use super::change::{Act, DirectoryError, find_connected, note};
use super::check::RegistrationRefusal;
use crate::audit::AuditKind;
use crate::cx::{Cx, random_text};
use crate::id::PlatformId;
use crate::platform::{Client, ClientAuthentication, Platform, PreviousSecret, secret_sha256};
use crate::store::Store;

/// Longest time for which two secrets are taken.
pub const OVERLAP_MAX: Duration = Duration::from_hours(90 * 24);

/// Makes a new secret and answers it. The one before it is taken for `overlap` yet, so that the platform can change over
/// without a gap; with none of it, no longer.
pub fn rotate_secret(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    (overlap, act): (Duration, Act<'_>),
) -> Result<String, DirectoryError> {
    if overlap > OVERLAP_MAX {
        return Err(RegistrationRefusal::Overlap.into());
    }
    let (platform, client) = find_connected(store, id)?;
    let ClientAuthentication::ClientSecret { sha256, .. } = &client.authentication else {
        return Err(RegistrationRefusal::NoSecret.into());
    };
    let secret = random_text(&*cx.rng);
    let previous = (!overlap.is_zero()).then(|| PreviousSecret {
        sha256: sha256.clone(),
        until: cx.now + overlap,
    });
    let authentication = ClientAuthentication::ClientSecret {
        sha256: secret_sha256(&secret),
        previous,
    };
    store.update_platform(&Platform {
        client: Some(Client {
            authentication,
            ..client
        }),
        ..platform
    })?;
    let what = match overlap.as_secs() {
        0 => "the old one ends now".to_owned(),
        seconds => format!("the old one ends in {seconds} seconds"),
    };
    let kind = AuditKind::PlatformSecretRotated;
    note(store, cx, Some(id), (kind, act, &what))?;
    Ok(secret)
}

/// Gives a client that is to prove itself by a secret, and has none yet, one: the text, to be shown once.
pub fn with_secret(cx: &Cx, client: &mut Client) -> Option<String> {
    let ClientAuthentication::ClientSecret { sha256, .. } = &mut client.authentication else {
        return None;
    };
    if !sha256.is_empty() {
        return None;
    }
    let secret = random_text(&*cx.rng);
    *sha256 = secret_sha256(&secret);
    Some(secret)
}
