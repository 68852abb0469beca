//! The token that signing keys are inside of, looked at while the server runs.
//!
//! Owns how often, and that its absence is told once until it is back. A token that comes back is used again by itself.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use idp_core::id::KeyId;
use idp_core::signing_key::{Kept, SigningKey};
use tokio::task::JoinHandle;

use crate::signing::{Hsm, HsmError, KeysError, destroy_spent};
use crate::state::AppState;

/// How often the token is asked whether it is there.
pub const HSM_WATCH: Duration = Duration::from_secs(1);

/// So long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps the connection up, and destroys inside what nobody needs any more.
pub(super) async fn keep_hsm(state: &web::Data<AppState>) {
    let Some(hsm) = state.keys.hsm() else {
        return;
    };
    let mut tick = tokio::time::interval(HSM_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut away, mut failing, mut pending) = (false, false, None);
    loop {
        tick.tick().await;
        match (look(state, hsm, &mut pending).await, away) {
            (Err(error), false) => {
                away = true;
                tracing::error!(%error, token = hsm.name(), "what needs a key inside the PKCS #11 token is refused until it is back");
            }
            (Ok(()), true) => {
                away = false;
                tracing::info!(token = hsm.name(), "the PKCS #11 token is back");
            }
            (Ok(()), false) | (Err(_), true) => (),
        }
        if !away {
            tell(
                destroy_spent(&state.database, hsm, &state.cx())
                    .await
                    .map(drop),
                &mut failing,
            );
        }
    }
}

/// A look that goes on.
type Look = JoinHandle<Result<(), HsmError>>;

/// Whether it has what is to be signed with. A look that does not end is waited for, and no other begun.
async fn look(
    state: &AppState,
    hsm: &Arc<Hsm>,
    pending: &mut Option<Look>,
) -> Result<(), HsmError> {
    let mut look = match pending.take() {
        Some(look) => look,
        None => begin(state, hsm).await,
    };
    if let Ok(looked) = tokio::time::timeout(PATIENCE, &mut look).await {
        return looked.unwrap_or(Err(HsmError::Wrong("the look at it broke off")));
    }
    *pending = Some(look);
    hsm.give_up();
    Err(HsmError::Away("it does not answer".to_owned()))
}

/// By the store's word: another process may have destroyed a key just now.
async fn begin(state: &AppState, hsm: &Arc<Hsm>) -> Look {
    let (looking, now) = (Arc::clone(hsm), state.cx().now);
    let stored = state.database.read(|store| store.list_signing_keys()).await;
    let is_needed = |key: &SigningKey| match &key.kept {
        Kept::Inside(token) => token == hsm.name() && !key.is_spent(now),
        Kept::Sealed(_) | Kept::Destroyed(_) => false,
    };
    // Without the store nothing is signed anyway.
    let needed = stored.unwrap_or_default().into_iter().filter(is_needed);
    let kids: Vec<KeyId> = needed.map(|key| key.id).collect();
    tokio::task::spawn_blocking(move || looking.look(&kids))
}

fn tell(outcome: Result<(), KeysError>, failing: &mut bool) {
    match outcome {
        Err(error) if !*failing => {
            *failing = true;
            tracing::error!(%error, "signing keys that nobody needs any more can't be destroyed; the next look tries again");
        }
        Ok(()) => *failing = false,
        Err(_) => (),
    }
}
