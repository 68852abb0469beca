//! Every platform in force is looked at from time to time, a few side by side.

use std::time::Duration;

use actix_web::web;
use idp_core::platform::Platform;
use idp_core::store::StoreError;
use idp_core::watch_platforms::{list_due, take};
use tokio::task::JoinSet;

use super::one::{LookError, look_at};
use crate::state::AppState;

/// How often it is looked for who is due.
const TICK: Duration = Duration::from_secs(5);

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

/// Looks at one that is due. A look that takes too long is none.
async fn watch(state: &AppState, platform: Platform) -> Result<(), StoreError> {
    let id = platform.id.clone();
    match look_at(state, platform).await {
        Err(LookError::Store(error)) => Err(error),
        Err(LookError::TooSlow) => {
            tracing::warn!(platform = %id, "a platform is too slow to be looked at");
            Ok(())
        }
        Ok(()) | Err(LookError::NotConnected | LookError::JustNow) => Ok(()),
    }
}
