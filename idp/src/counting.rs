//! Counting: what happened is counted into its hour, beside requests, so that the dashboard reads no audit trail.
//!
//! Owns how often and how much at once. Several copies may do it at once: what one counted, another that counted the same does not.

use std::time::Duration;

use idp_core::figures::{Hour, count};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::clock;
use crate::state::AppState;

/// How often it is looked for what happened since.
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// Events that are counted in one transaction.
const AT_ONCE: u32 = 2_000;

/// How long counts are kept. They name nobody.
pub const COUNTS_KEPT: Duration = Duration::from_hours(24 * 400);

/// Counts for as long as the server runs.
pub async fn keep_counting(state: &AppState) {
    let mut tick = tokio::time::interval(COUNT_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match count_up(state, clock::now()).await {
            Err(error) if !failing => {
                failing = true;
                tracing::warn!(%error, "what happened can't be counted; tried again every ten seconds");
            }
            Ok(_) if failing => {
                failing = false;
                tracing::info!("what happened is counted again");
            }
            _ => (),
        }
    }
}

/// Counts what happened since, and forgets what is too old; answers how many events.
pub async fn count_up(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let mut counted = 0;
    loop {
        let read = state.database.read(|store| {
            let from = store.find_last_counted()?;
            let events = store.list_events_to_count(from, AT_ONCE)?;
            Ok::<_, StoreError>((from, events))
        });
        let (from, events) = read.await?;
        let Some(last) = events.last().map(|event| event.sequence) else {
            break;
        };
        let (number, counts) = (events.len(), count(&events));
        let added = state
            .database
            .write(move |store| store.exchange_last_counted((from, last), &counts))
            .await?;
        // Where another copy was quicker, it is counted on from there.
        counted += if added { number } else { 0 };
    }
    if counted > 0 {
        let before = Hour::of(now - COUNTS_KEPT);
        state
            .database
            .write(move |store| store.forget_counts(before))
            .await?;
    }
    Ok(counted)
}
