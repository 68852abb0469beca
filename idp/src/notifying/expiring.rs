//! Locks whose certificate ends soon: looked for every few hours, announced once for each number of days.
//!
//! Several processes may look at once: the notice of each is given by one.

use std::time::Duration;

use idp_core::id::KeyLockId;
use idp_core::notification::NotificationKind;
use idp_core::notify::{EXPIRY_DAYS, announce_expiring as announce, expiry_horizon};
use idp_core::store::StoreError;

use crate::state::AppState;

/// How often it is looked for them.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// How many are announced in one transaction.
const AT_ONCE: u32 = 100;

/// Announces for as long as the server runs.
pub async fn keep_announcing_expiring(state: &AppState) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match announce_expiring(state).await {
            Ok(0) => (),
            Ok(announced) => {
                tracing::info!(
                    announced,
                    "enterprises are told of certificates that end soon"
                );
            }
            Err(error) => {
                tracing::warn!(%error, "it can't be looked for certificates that end soon; tried again in an hour");
            }
        }
    }
}

/// Announces every lock whose certificate ends soon and of which no notice was given; answers how many. Where nobody would
/// hear of it none is given: whoever switches notifications on hears of everything then.
pub async fn announce_expiring(state: &AppState) -> Result<usize, StoreError> {
    let announcing = &state.settings.announcing;
    if !announcing.hears(NotificationKind::LockExpiring) {
        return Ok(0);
    }
    let mut announced = 0;
    for days in EXPIRY_DAYS {
        let cx = state.cx();
        let (mut from, until) = (cx.now, expiry_horizon(&cx, days));
        let mut after: Option<KeyLockId> = None;
        loop {
            let (begin, last) = (from, after.clone());
            let read = state.database.read(move |store| {
                store.list_expiring_key_locks((begin, until), days, last.as_ref(), AT_ONCE)
            });
            let found = read.await?;
            let Some(last) = found.last() else {
                break;
            };
            (from, after) = (last.not_after, Some(last.id.clone()));
            let cx = state.cx();
            let given = state
                .database
                .write(move |store| announce(store, &cx, days, &found));
            announced += given.await?;
        }
    }
    Ok(announced)
}
