//! What falls due, whoever ended it: taken from the database a few at a time. Several processes do this over one database,
//! and each delivery is taken by one of them.

use std::time::Duration;

use actix_web::web;
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::store::StoreError;
use idp_core::tell_platforms::take_due;

use super::attempt;
use crate::state::AppState;

/// How often it is looked for what is due.
pub const TELL_EVERY: Duration = Duration::from_secs(1);

/// Tells for as long as the server runs.
pub async fn keep_telling(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(TELL_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match tell_due(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "it can't be read which platforms are to be told that sessions ended");
            }
            Ok(()) if failing => {
                failing = false;
                tracing::info!("platforms are told again that sessions ended");
            }
            _ => (),
        }
    }
}

/// Begins to tell everything that is due, as far as there is place. While nothing can be signed nothing is taken: that is no
/// platform's failure.
async fn tell_due(state: &web::Data<AppState>) -> Result<(), StoreError> {
    loop {
        if state.keys.is_out_of_reach() {
            return Ok(());
        }
        let taken = take(state).await?;
        if taken.is_empty() {
            return Ok(());
        }
        for delivery in taken {
            let place = state.teller.pacing.place().await;
            // What was begun is counted before more is taken.
            state.teller.pacing.begin(&delivery.platform_id);
            let state = state.clone();
            tokio::spawn(async move {
                attempt::attempt(&state, &delivery).await;
                drop(place);
            });
        }
    }
}

/// Takes as many as there is place for, a few for each platform. Looks before it writes: mostly nothing is due.
async fn take(state: &web::Data<AppState>) -> Result<Vec<LogoutDelivery>, StoreError> {
    let places = state.teller.pacing.free();
    let Some(most) = u32::try_from(places).ok().filter(|places| *places > 0) else {
        return Ok(Vec::new());
    };
    let (cx, except) = (state.cx(), state.teller.pacing.left_alone());
    let looked = (cx.now, except.clone());
    let due = state
        .database
        .read(move |store| store.list_due_logout_deliveries(looked.0, &looked.1, most))
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // Whom somebody waits for may have begun there since those to be left alone were read: that holds up no other.
    let platforms = due.iter().map(|delivery| &delivery.platform_id);
    let most = state.teller.pacing.fairly(platforms).max(1);
    state
        .database
        .write(move |store| take_due(store, &cx, &except, most))
        .await
}
