//! The token that signing keys are inside of, looked at while the server runs.
//!
//! Owns how often, and that its absence is told once until it is back. A token that comes back is used again by itself. What
//! hangs in it is waited for beside the looks.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::{Kept, KeySchedule, SigningKey};
use tokio::task::JoinHandle;

use super::pause::Pause;
use crate::signing::{Hsm, HsmError, KeysError, destroy_spent};
use crate::state::AppState;

/// How often the token is asked whether it is there.
pub const HSM_WATCH: Duration = Duration::from_secs(1);

/// So long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is being destroyed holds up a look so long at most.
const SHORTLY: Duration = Duration::from_millis(300);

/// Keeps the connection up, and destroys inside what nobody needs any more.
pub(super) async fn keep_hsm(state: &web::Data<AppState>) {
    let Some(hsm) = state.keys.hsm() else {
        return;
    };
    let mut tick = tokio::time::interval(HSM_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut away, mut missing, mut pending) = (false, Vec::new(), None);
    let mut destroying = Destroying::default();
    loop {
        tick.tick().await;
        match (look(state, hsm, &mut pending).await, away) {
            (Err(error), false) => {
                away = true;
                tracing::error!(%error, token = hsm.name(), "what needs a key inside the PKCS #11 token is refused until it is back");
            }
            (Ok(found), was_away) => {
                if was_away {
                    away = false;
                    tracing::info!(token = hsm.name(), "the PKCS #11 token is back");
                }
                tell_of_missing(&found, &mut missing);
            }
            (Err(_), true) => (),
        }
        if !away {
            destroying.go_on(state, hsm).await;
        }
    }
}

/// A look that goes on; it finds which of the keys that are to sign later are not there.
type Look = JoinHandle<Result<Vec<KeyId>, HsmError>>;

/// Whether it has what is to be signed with. A look that does not end is waited for, and no other begun.
async fn look(
    state: &AppState,
    hsm: &Arc<Hsm>,
    pending: &mut Option<Look>,
) -> Result<Vec<KeyId>, HsmError> {
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
    // Without the store nothing is signed anyway.
    let stored = stored.unwrap_or_default();
    let is_inside =
        |key: &&SigningKey| matches!(&key.kept, Kept::Inside(token) if token == hsm.name());
    let algorithms = state.config.signing_algorithms();
    let of = |algorithm: &JwsAlgorithm| KeySchedule::signing(&stored, *algorithm, now);
    let signing = algorithms.iter().filter_map(of).filter(is_inside);
    let signing: Vec<KeyId> = signing.map(|key| key.id.clone()).collect();
    let waits = |key: &&SigningKey| key.signs_from > now && !key.is_spent(now);
    let waiting = stored.iter().filter(is_inside).filter(waits);
    let waiting: Vec<KeyId> = waiting.map(|key| key.id.clone()).collect();
    tokio::task::spawn_blocking(move || {
        looking.look(&signing)?;
        looking.missing(&waiting)
    })
}

/// Nobody is refused for a key that is to sign later; without a word it would be an outage then.
fn tell_of_missing(found: &[KeyId], known: &mut Vec<KeyId>) {
    for kid in found.iter().filter(|kid| !known.contains(kid)) {
        tracing::error!(%kid, "a key that is to sign later is not in the PKCS #11 token; withdraw it");
    }
    *known = found.to_vec();
}

/// What is being destroyed, and when the next try is due.
#[derive(Default)]
struct Destroying {
    under_way: Option<JoinHandle<Result<(), KeysError>>>,
    pause: Pause,
    failing: bool,
}

impl Destroying {
    /// Begins nothing beside what is under way.
    async fn go_on(&mut self, state: &web::Data<AppState>, hsm: &Arc<Hsm>) {
        if self.under_way.is_none() && !self.pause.is_over() {
            return;
        }
        let mut under_way = self.under_way.take().unwrap_or_else(|| {
            let (state, hsm) = (state.clone(), Arc::clone(hsm));
            tokio::spawn(async move {
                let destroyed = destroy_spent(&state.database, &hsm, &state.cx()).await;
                destroyed.map(drop)
            })
        });
        match tokio::time::timeout(SHORTLY, &mut under_way).await {
            Ok(destroyed) => {
                let outcome = destroyed.unwrap_or(Ok(()));
                self.pause.after(outcome.is_ok());
                tell(outcome, &mut self.failing);
            }
            Err(_) => self.under_way = Some(under_way),
        }
    }
}

fn tell(outcome: Result<(), KeysError>, failing: &mut bool) {
    match outcome {
        Err(error) if !*failing => {
            *failing = true;
            tracing::error!(%error, "signing keys that nobody needs any more can't be destroyed; it is tried again");
        }
        Ok(()) => *failing = false,
        Err(_) => (),
    }
}
