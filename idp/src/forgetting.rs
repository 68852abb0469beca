//! Forgetting: sign-ins that have been on record for long enough go off it (`sign_ins.kept_days`), and so does what
//! became of telling platforms that sessions ended, and enterprises what happened.
//!
//! Owns how often and how much at once. Off the request path, in small transactions, so that nobody waits.
//! Several copies may do it at once: what is gone is gone.

use std::time::Duration;

use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::clock;
use crate::state::AppState;

/// How often it is looked for old ones.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// How long it stays on record what became of telling a platform or an enterprise: time for an operator to try again. The audit trail
/// has it for ever.
pub const SETTLED_FOR: Duration = Duration::from_hours(30 * 24);

/// How long it stays on record how the addresses of platforms did.
const HEALTH_FOR: Duration = Duration::from_hours(90 * 24);

/// How many go in one transaction.
const AT_ONCE: u32 = 500;

/// Forgets for as long as the server runs.
pub async fn keep_forgetting(state: &AppState) {
    let mut tick = tokio::time::interval(FORGET_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match forget_logouts(state, clock::now()).await {
            Ok(0) => (),
            Ok(forgotten) => tracing::info!(forgotten, "settled sign-outs went off record"),
            Err(error) => {
                tracing::warn!(%error, "settled sign-outs can't go off record; tried again in an hour");
            }
        }
        match forget_notifications(state, clock::now()).await {
            Ok(0) => (),
            Ok(forgotten) => tracing::info!(forgotten, "settled notifications went off record"),
            Err(error) => {
                tracing::warn!(%error, "settled notifications can't go off record; tried again in an hour");
            }
        }
        match forget_health(state, clock::now()).await {
            Ok(0) => (),
            Ok(forgotten) => tracing::info!(forgotten, "it went off record how platforms did"),
            Err(error) => {
                tracing::warn!(%error, "how platforms did can't go off record; tried again in an hour");
            }
        }
        match forget_evidence(state, clock::now()).await {
            Ok(0) => (),
            Ok(forgotten) => tracing::info!(forgotten, "papers that nobody signed for are gone"),
            Err(error) => {
                tracing::warn!(%error, "papers that wait can't be let go; tried again in an hour");
            }
        }
        match forget(state, clock::now()).await {
            Ok(0) => (),
            Ok(forgotten) => tracing::info!(forgotten, "old sign-ins went off record"),
            Err(error) => {
                tracing::warn!(%error, "old sign-ins can't go off record; tried again in an hour");
            }
        }
    }
}

/// Takes off record what was settled of telling platforms for long enough; answers how many.
pub async fn forget_logouts(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let before = now - SETTLED_FOR;
    let mut forgotten = 0;
    loop {
        let gone = state
            .database
            .write(move |store| store.forget_logout_deliveries(before, AT_ONCE))
            .await?;
        forgotten += gone;
        if gone == 0 {
            return Ok(forgotten);
        }
    }
}

/// Takes off record what was settled of notifications for long enough; answers how many.
pub async fn forget_notifications(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let before = now - SETTLED_FOR;
    let mut forgotten = 0;
    loop {
        let gone = state
            .database
            .write(move |store| store.forget_notifications(before, AT_ONCE))
            .await?;
        forgotten += gone;
        if gone == 0 {
            return Ok(forgotten);
        }
    }
}

/// Takes off record how the addresses of platforms did long ago; answers how much.
pub async fn forget_health(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let before = now - HEALTH_FOR;
    let mut forgotten = 0;
    loop {
        let gone = state
            .database
            .write(move |store| store.forget_health_changes(before, AT_ONCE))
            .await?;
        forgotten += gone;
        if gone == 0 {
            return Ok(forgotten);
        }
    }
}

/// Lets go papers that were handed in and never signed for; answers how many.
pub async fn forget_evidence(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let before = now - idp_core::evidence::WAITS;
    let database = &state.database;
    database
        .write(move |store| store.forget_waiting_evidence(before))
        .await
}

/// Takes every sign-in off record that is too old at a moment; answers how many.
pub async fn forget(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let days = state.config.sign_ins.kept_days;
    let kept = Duration::from_hours(24) * days;
    // What may be live is never old.
    let before = now - kept.max(state.settings.session_absolute);
    let mut forgotten = 0;
    loop {
        let gone = state
            .database
            .write(move |store| store.forget_sessions(before, AT_ONCE))
            .await?;
        forgotten += gone;
        if gone == 0 {
            return Ok(forgotten);
        }
    }
}
