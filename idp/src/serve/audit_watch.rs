//! The audit log, kept up while the server runs and brought to its end when it stops.
//!
//! Owns how often, and that what fails is told once until it works again.

use std::time::Duration;

use actix_web::web;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::transparency::LogError;

use crate::audit_log::{Sequencer, sign_head, sign_head_when_due};
use crate::clock;
use crate::state::AppState;

/// A server that stops waits for the log no longer than this.
const LAST_WORD: Duration = Duration::from_secs(3);

/// Gives events their place, and signs.
pub(super) async fn keep_audit_log(state: &web::Data<AppState>) {
    let settings = &state.config.audit;
    let every = Duration::from_millis(settings.sequence_milliseconds);
    let between_heads = Duration::from_secs(settings.checkpoint_seconds);
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut sequencer, mut failing) = (Sequencer::default(), false);
    // What was there before this start is signed at once.
    let mut brought_all = false;
    loop {
        tick.tick().await;
        let looked = async {
            sequencer.advance(&state.database, &state.cx()).await?;
            if brought_all {
                let due = (clock::now(), between_heads);
                sign_head_when_due(&state.database, &state.log_key, due).await?;
            } else {
                sign_head(&state.database, &state.log_key, clock::now()).await?;
                brought_all = true;
            }
            Ok(())
        };
        tell(state, looked.await, &mut failing).await;
    }
}

async fn tell(state: &AppState, looked: Result<(), LogError>, failing: &mut bool) {
    match looked {
        Err(error) if !*failing => {
            *failing = true;
            tracing::error!(%error, "the audit log does not grow; events are kept all the same");
            if let LogError::Damaged(why) = error {
                note_damage(state, why).await;
            }
        }
        Ok(()) if *failing => {
            *failing = false;
            tracing::info!("the audit log grows again");
        }
        _ => (),
    }
}

/// That the tree was changed is an event itself.
async fn note_damage(state: &AppState, why: String) {
    let event = AuditEvent {
        reason: Some("log-damaged".to_owned()),
        detail: Some(why),
        ..AuditEvent::new(&state.cx(), AuditKind::AuditAltered)
    };
    let written = state
        .database
        .write(move |store| store.append_audit(&event))
        .await;
    if let Err(error) = written {
        tracing::error!(%error, "that the audit log is damaged can't be written to the trail");
    }
}

/// Brings in the last events, and signs them: what this server answered is under a signed head when it is gone.
pub(super) async fn close_audit_log(state: &AppState) {
    let closing = async {
        let mut sequencer = Sequencer::default();
        sequencer.catch_up(&state.database, &state.cx()).await?;
        sign_head(&state.database, &state.log_key, clock::now()).await
    };
    match tokio::time::timeout(LAST_WORD, closing).await {
        Ok(Ok(_)) => (),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the audit log is not at its end; the next start goes on");
        }
        Err(_) => tracing::warn!("the audit log is not at its end; the next start goes on"),
    }
}
