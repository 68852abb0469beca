//! The signing keys, looked at while the server runs.
//!
//! Owns how often, and that what other processes withdrew or made is taken over whatever a token does: making keys, which it
//! may take any time for, goes on beside that.

use std::time::Duration;

use actix_web::web;
use idp_core::signing_key::SigningKey;
use tokio::task::JoinHandle;

use super::pause::Pause;
use crate::signing::{Keeper, KeysError, MasterKey, follow_keys, make_due};
use crate::state::AppState;

/// How often the stored signing keys are looked at: a key that another process withdrew is in force here
/// at most this long.
pub const KEY_WATCH: Duration = Duration::from_secs(1);

/// So long a look waits for keys that are being made; most are made by then.
const PATIENCE: Duration = Duration::from_millis(500);

/// Successors that are being made, and when the next try is due.
#[derive(Default)]
struct Making {
    under_way: Option<JoinHandle<Result<bool, KeysError>>>,
    pause: Pause,
}

/// Takes over what other processes did to the keys, and rotates them.
pub(super) async fn keep_keys(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(KEY_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut failing, mut unmade, mut making) = (false, false, Making::default());
    loop {
        tick.tick().await;
        match look_at_keys(state, &mut making).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "signing keys can't be looked at; the known ones stay in force");
            }
            Ok(made) => {
                if failing {
                    failing = false;
                    tracing::info!("signing keys can be looked at again");
                }
                tell_of_making(made, &mut unmade);
            }
            Err(_) => (),
        }
    }
}

/// What came of making successors, where something did.
type Made = Option<Result<bool, KeysError>>;

async fn look_at_keys(state: &web::Data<AppState>, making: &mut Making) -> Result<Made, KeysError> {
    let keeper = follow(state).await?;
    let made = making.go_on(state, keeper).await;
    if matches!(made, Some(Ok(true))) {
        follow(state).await?;
    }
    Ok(made)
}

async fn follow(state: &AppState) -> Result<Keeper, KeysError> {
    let keeper = |_: &[SigningKey]| {
        let master = MasterKey::load(&state.config)?;
        Ok(Keeper::new(
            &state.config,
            master,
            state.keys.hsm().cloned(),
        ))
    };
    follow_keys(&state.database, keeper, &state.keys, &state.cx()).await
}

impl Making {
    /// Waits a little for what is under way, and begins nothing beside it.
    async fn go_on(&mut self, state: &web::Data<AppState>, keeper: Keeper) -> Made {
        let mut under_way = match self.under_way.take() {
            Some(under_way) => under_way,
            None if !self.pause.is_over() => return None,
            None => {
                let state = state.clone();
                tokio::spawn(async move {
                    let schedule = *state.keys.schedule();
                    make_due(&state.database, &keeper, schedule, &state.cx()).await
                })
            }
        };
        let Ok(made) = tokio::time::timeout(PATIENCE, &mut under_way).await else {
            self.under_way = Some(under_way);
            return None;
        };
        let made = made.unwrap_or_else(|error| {
            tracing::error!(%error, "making signing keys broke off");
            Ok(false)
        });
        self.pause.after(made.is_ok());
        Some(made)
    }
}

fn tell_of_making(made: Made, failing: &mut bool) {
    match made {
        Some(Err(error)) if !*failing => {
            *failing = true;
            tracing::error!(%error, "a signing key that is due can't be made; the known ones stay in force");
        }
        Some(Ok(_)) if *failing => {
            *failing = false;
            tracing::info!("the signing keys that are due are made");
        }
        _ => (),
    }
}
