//! One platform is looked at, and what was found is kept.

use std::time::Duration;

use idp_core::platform::Platform;
use idp_core::platform_health::{HealthChange, HealthState};
use idp_core::store::StoreError;
use idp_core::watch_platforms::record;

use crate::checking::{Reach, look};
use crate::state::AppState;

/// A look at one platform, all its addresses together, takes at most so long; shorter than the shortest time between two.
const LONGEST: Duration = Duration::from_secs(50);

/// As an operator wants it, who waits for the answer: shorter than a request may take.
const LONGEST_AT_ONCE: Duration = Duration::from_secs(27);

/// Whoever presses a button again and again calls no platform more often than so.
const PAUSE: Duration = Duration::from_secs(10);

/// Why nothing was kept of a look.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The platform has no addresses.
    #[error("it is not connected")]
    NotConnected,
    /// It was looked at a moment ago.
    #[error("it was looked at a moment ago")]
    JustNow,
    /// It answered nothing for too long.
    #[error("it took too long")]
    TooSlow,
}

/// As an operator wants it, at once.
pub async fn look_now(state: &AppState, platform: Platform) -> Result<(), LookError> {
    let (id, now) = (platform.id.clone(), state.cx().now);
    let health = state
        .database
        .read(move |store| store.list_endpoint_health(Some(&id)))
        .await?;
    if health.iter().any(|it| now < it.checked_at + PAUSE) {
        return Err(LookError::JustNow);
    }
    keep(state, platform, LONGEST_AT_ONCE).await
}

/// As it is due.
pub(super) async fn look_at(state: &AppState, platform: Platform) -> Result<(), LookError> {
    keep(state, platform, LONGEST).await
}

/// Looks for at most so long, and keeps what was found.
async fn keep(state: &AppState, platform: Platform, longest: Duration) -> Result<(), LookError> {
    let client = platform.client.as_ref().ok_or(LookError::NotConnected)?;
    let mut reach = Reach::quietly(state.platforms.clone(), &state.config);
    let looked = tokio::time::timeout(longest, look(&mut reach, client)).await;
    let seen = looked.or(Err(LookError::TooSlow))?;
    let cx = state.cx();
    let kept = state
        .database
        .write(move |store| record(store, &cx, &platform, &seen));
    for change in kept.await? {
        say(&change);
    }
    Ok(())
}

fn say(change: &HealthChange) {
    let HealthChange {
        platform_id: platform,
        url,
        reason,
        ..
    } = change;
    let (endpoint, was, is) = (
        change.endpoint.as_str(),
        change.from.as_str(),
        change.to.as_str(),
    );
    let reason = reason.as_deref().unwrap_or_default();
    if change.to == HealthState::Down {
        tracing::warn!(%platform, endpoint, url, was, is, reason, "a platform's address does not work");
    } else {
        tracing::info!(%platform, endpoint, url, was, is, reason, "a platform's address does otherwise");
    }
}
