//! What falls due: taken from the database a few at a time. Several processes do this over one database, and each
//! notification is taken by one of them.

use std::time::Duration;

use actix_web::web;
use idp_core::notification::Notification;
use idp_core::notify::take_due;
use idp_core::store::StoreError;

use super::attempt;
use crate::state::AppState;

/// How often it is looked for what is due.
pub const NOTIFY_EVERY: Duration = Duration::from_secs(1);

/// Notifies for as long as the server runs.
pub async fn keep_notifying(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(NOTIFY_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match notify_due(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "it can't be read of what enterprises are to hear");
            }
            Ok(()) if failing => {
                failing = false;
                tracing::info!("enterprises are notified again");
            }
            _ => (),
        }
    }
}

/// Begins to send everything that is due, as far as there is place.
async fn notify_due(state: &web::Data<AppState>) -> Result<(), StoreError> {
    loop {
        let taken = take(state).await?;
        if taken.is_empty() {
            return Ok(());
        }
        for notification in taken {
            let place = state.notifier.pacing.place().await;
            state.notifier.pacing.begin(&notification.channel);
            let state = state.clone();
            tokio::spawn(async move {
                attempt::attempt(&state, &notification).await;
                drop(place);
            });
        }
    }
}

/// Takes as many as there is place for, a few by each way. Looks before it writes: mostly nothing is due.
async fn take(state: &web::Data<AppState>) -> Result<Vec<Notification>, StoreError> {
    let pacing = &state.notifier.pacing;
    let Some(most) = u32::try_from(pacing.free()).ok().filter(|free| *free > 0) else {
        return Ok(Vec::new());
    };
    let (cx, except) = (state.cx(), pacing.left_alone());
    let looked = (cx.now, except.clone());
    let due = state
        .database
        .read(move |store| store.list_due_notifications(looked.0, &looked.1, most))
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let ways = due.iter().map(|notification| &notification.channel);
    let most = pacing.fairly(ways).max(1);
    state
        .database
        .write(move |store| take_due(store, &cx, &except, most))
        .await
}
