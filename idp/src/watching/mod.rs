//! Watching platforms: each in force is looked at from time to time, and what was found is kept for operators and for the
//! pages on which people choose.
//!
//! Owns how many are looked at at a time. When a look is due and what is made of it are the core's
//! ([`idp_core::watch_platforms`]), how it is done [`crate::checking`]'s. Pages read what is kept and never look.

use std::time::Duration;

use actix_web::web;
use idp_core::platform::Platform;
use idp_core::platform_health::{HealthChange, HealthState};
use idp_core::store::StoreError;
use idp_core::watch_platforms::{list_due, record, take};
use tokio::task::JoinSet;

use crate::checking::{Reach, look};
use crate::state::AppState;

/// How often it is looked for who is due.
const TICK: Duration = Duration::from_secs(5);

/// A look at one platform, all its addresses together, takes at most so long; shorter than the shortest time between two.
const LONGEST: Duration = Duration::from_secs(50);

/// Watches for as long as the server runs.
pub async fn keep_watching(state: &web::Data<AppState>) {
    if !state.config.platform_health.enabled {
        return;
    }
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match watch_due(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "it can't be kept how platforms do");
            }
            Ok(_) if failing => {
                failing = false;
                tracing::info!("it is kept again how platforms do");
            }
            _ => (),
        }
    }
}

/// Looks at every platform that is due, a few side by side; answers how many.
pub async fn watch_due(state: &web::Data<AppState>) -> Result<usize, StoreError> {
    let settings = &state.config.platform_health;
    let (every, most) = (
        Duration::from_secs(settings.every_seconds),
        settings.at_a_time,
    );
    let mut looked = 0;
    loop {
        let cx = state.cx();
        let due = state
            .database
            .read(move |store| list_due(store, cx.now, most));
        let due = due.await?;
        if due.is_empty() {
            return Ok(looked);
        }
        let cx = state.cx();
        let taken = state
            .database
            .write(move |store| take(store, &cx, every, due));
        let taken = taken.await?;
        looked += taken.len();
        let mut side_by_side = JoinSet::new();
        for platform in taken {
            let state = state.clone();
            side_by_side.spawn(async move { watch(&state, platform).await });
        }
        while let Some(done) = side_by_side.join_next().await {
            if let Ok(Err(error)) = done {
                return Err(error);
            }
        }
    }
}

/// Looks at one, and keeps what was found. A look that takes too long is none.
async fn watch(state: &AppState, platform: Platform) -> Result<(), StoreError> {
    let Some(client) = &platform.client else {
        return Ok(());
    };
    let mut reach = Reach::quietly(state.platforms.clone(), &state.config);
    let Ok(seen) = tokio::time::timeout(LONGEST, look(&mut reach, client)).await else {
        tracing::warn!(platform = %platform.id, "a platform is too slow to be looked at");
        return Ok(());
    };
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
