//! Flow: looking at platforms again and again. Which is due, and what is written down of a look.
//!
//! Several processes do this over one store: a platform is looked at by one. Does not know how it is looked at.

use std::time::Duration;

use crate::cx::Cx;
use crate::platform::{Platform, PlatformState};
use crate::platform_health::{EndpointHealth, HealthChange, Seen};
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// A platform whose look is due, and since when; `None`: it was never looked at.
pub type Due = (Platform, Option<Timestamp>);

/// Up to `most` platforms in force whose look is due.
pub fn list_due(
    store: &mut dyn Store,
    now: Timestamp,
    most: usize,
) -> Result<Vec<Due>, StoreError> {
    let due_at = store.list_health_checks()?;
    let platforms = store.list_platforms()?.into_iter();
    let in_force = platforms.filter(|it| it.state == PlatformState::Active && it.client.is_some());
    let with_due = in_force.map(|platform| {
        let known = due_at.iter().find(|(id, _)| *id == platform.id);
        let due = known.map(|(_, due)| *due);
        (platform, due)
    });
    let due = with_due.filter(|(_, due)| due.is_none_or(|due| due <= now));
    Ok(due.take(most).collect())
}

/// Takes those of them that nobody else has taken, and makes the next look due `every` later; a tenth of it sooner or later,
/// so that they spread.
pub fn take(
    store: &mut dyn Store,
    cx: &Cx,
    every: Duration,
    found: Vec<Due>,
) -> Result<Vec<Platform>, StoreError> {
    let mut taken = Vec::new();
    for (platform, due) in found {
        let next = cx.now + spread(cx, every);
        if store.exchange_health_check(&platform.id, due, next)? {
            taken.push(platform);
        }
    }
    Ok(taken)
}

/// From nine tenths to eleven tenths.
fn spread(cx: &Cx, every: Duration) -> Duration {
    let mut octet = [0];
    cx.rng.fill(&mut octet);
    let [octet] = octet;
    let tenth = every / 10;
    every.saturating_sub(tenth) + tenth * 2 * u32::from(octet) / 256
}

/// Writes down what a look found, of every address that the platform has now; answers which began to do otherwise.
pub fn record(
    store: &mut dyn Store,
    cx: &Cx,
    platform: &Platform,
    seen: &[Seen],
) -> Result<Vec<HealthChange>, StoreError> {
    let known = store.list_endpoint_health(Some(&platform.id))?;
    let mut changes = Vec::new();
    for one in seen {
        let before = known.iter().find(|it| is_of(it, one));
        let after = match before {
            Some(before) => before.after(one, cx.now),
            None => EndpointHealth::first(&platform.id, one, cx.now),
        };
        store.upsert_endpoint_health(&after)?;
        if let Some(before) = before.filter(|before| before.state != after.state) {
            let change = changed(before, &after, cx.now);
            store.insert_health_change(&change)?;
            changes.push(change);
        }
    }
    for gone in known
        .iter()
        .filter(|it| !seen.iter().any(|one| is_of(it, one)))
    {
        store.delete_endpoint_health(gone)?;
    }
    Ok(changes)
}

fn is_of(known: &EndpointHealth, seen: &Seen) -> bool {
    known.endpoint == seen.endpoint && known.url == seen.url
}

fn changed(before: &EndpointHealth, after: &EndpointHealth, now: Timestamp) -> HealthChange {
    HealthChange {
        platform_id: after.platform_id.clone(),
        endpoint: after.endpoint,
        url: after.url.clone(),
        at: now,
        from: before.state,
        to: after.state,
        reason: after.reason.clone(),
    }
}
