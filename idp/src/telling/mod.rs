//! Telling platforms that a session ended (Back-Channel Logout 1.0): at once where a person waits, else as it falls due.
//!
//! Owns how many are told at a time and how long anybody waits. What is to be told stands in the database, written with
//! what ended; when it is tried again and what comes of it are the core's ([`idp_core::tell_platforms`]).

mod attempt;
mod due;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use idp_core::id::PlatformId;
use idp_core::logout_delivery::LogoutDelivery;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::pacing::Pacing;
use crate::state::AppState;

pub use due::{TELL_EVERY, keep_telling};

/// Attempts under way at a time, as things fall due.
const DUE_AT_A_TIME: usize = 16;

/// Attempts under way at a time for people who wait; whoever finds no place is told as things fall due.
const AT_ONCE_AT_A_TIME: usize = 64;

/// Attempts under way at one platform, as things fall due: one that is slow holds nobody else up.
const AT_ONE_PLATFORM: usize = 4;

/// How long a person who signs out waits for their platforms.
const PATIENCE: Duration = Duration::from_millis(2500);

/// What is under way.
pub struct Teller {
    pacing: Pacing<PlatformId>,
    at_once: Arc<Semaphore>,
}

impl Default for Teller {
    fn default() -> Self {
        Self {
            pacing: Pacing::new(DUE_AT_A_TIME, AT_ONE_PLATFORM),
            at_once: Arc::new(Semaphore::new(AT_ONCE_AT_A_TIME)),
        }
    }
}

/// Tells what its caller took, side by side, and waits a little. What takes longer goes on by itself.
pub async fn tell_at_once(state: &web::Data<AppState>, taken: Vec<LogoutDelivery>) {
    let mut under_way = JoinSet::new();
    for delivery in taken {
        let Ok(place) = Arc::clone(&state.teller.at_once).try_acquire_owned() else {
            break;
        };
        state.teller.pacing.begin(&delivery.platform_id);
        let state = state.clone();
        // A task of its own within the set: the set's end takes the waiting away, not the work.
        let work = tokio::spawn(async move {
            attempt::attempt(&state, &delivery).await;
            drop(place);
        });
        under_way.spawn(async move { drop(work.await) });
    }
    let all = async { while under_way.join_next().await.is_some() {} };
    // Late ones are shown as not confirmed yet.
    let _late = tokio::time::timeout(PATIENCE, all).await;
}
