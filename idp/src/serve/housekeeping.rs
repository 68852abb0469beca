//! What goes on off the request path, from the start to the end of a server.
//!
//! Owns how often each thing is looked at, and that what fails is told once until it works again.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;

use super::audit_watch::keep_audit_log;
use super::hsm::keep_hsm;
use super::key_watch::keep_keys;
use crate::certificates::{self, keep_up};
use crate::clock;
use crate::counting::keep_counting;
use crate::forgetting::keep_forgetting;
use crate::notifying::{keep_announcing_expiring, keep_notifying};
use crate::state::AppState;
use crate::telling::keep_telling;
use crate::tls::{Look, ServerCertificate, WARN_DAYS};
use crate::watching::keep_watching;

/// How often what expired is freed.
const HOUSEKEEPING: Duration = Duration::from_mins(1);

/// How often the files of the server's certificate are looked at: a renewed one is in use from then on.
pub const CERTIFICATE_WATCH: Duration = Duration::from_secs(2);

/// How often the CA registry is looked at: a CA that another process suspended is refused here from then on.
pub const REGISTRY_WATCH: Duration = Duration::from_secs(1);

/// What goes on off the request path.
pub(super) async fn keep_house(state: web::Data<AppState>) {
    tokio::join!(
        keep_room(&state),
        keep_up(&state),
        keep_keys(&state),
        keep_hsm(&state),
        keep_registry(&state),
        keep_telling(&state),
        keep_notifying(&state),
        keep_watching(&state),
        keep_announcing_expiring(&state),
        keep_certificate(&state),
        keep_forgetting(&state),
        keep_audit_log(&state),
        keep_counting(&state)
    );
}

/// Frees what expired.
async fn keep_room(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    loop {
        tick.tick().await;
        state.ephemeral.sweep();
        let now = clock::now();
        let deleted = state
            .database
            .write(move |store| store.delete_expired_tokens(now))
            .await;
        if let Err(error) = deleted {
            tracing::warn!(%error, "expired tokens can't be deleted; the next minute tries again");
        }
    }
}

/// Takes over what was changed in the CA registry, here or by another process.
async fn keep_registry(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(REGISTRY_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match certificates::follow(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the CA registry can't be looked at; the known one stays in force");
            }
            Ok(_) if failing => {
                failing = false;
                tracing::info!("the CA registry can be looked at again");
            }
            _ => (),
        }
    }
}

/// Takes over a renewed certificate, and warns, each day, before the one in use ends.
async fn keep_certificate(state: &web::Data<AppState>) {
    let Some(certificate) = &state.certificate else {
        return;
    };
    let mut tick = tokio::time::interval(CERTIFICATE_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut warned_on = None;
    loop {
        tick.tick().await;
        let looking = Arc::clone(certificate);
        match tokio::task::spawn_blocking(move || looking.look()).await {
            Ok(Look::Renewed) => {
                warned_on = None;
                tracing::info!(
                    not_after = certificate.current().not_after(),
                    "a renewed TLS certificate is in use"
                );
            }
            Ok(Look::Broken(error)) => {
                tracing::error!(%error, "the TLS certificate's files can't be used; the known one stays in use");
            }
            Ok(Look::Same) | Err(_) => (),
        }
        warn_of_end(certificate, &mut warned_on);
    }
}

fn warn_of_end(certificate: &ServerCertificate, warned_on: &mut Option<i64>) {
    let now = clock::now().unix_seconds();
    let (days_left, today) = (certificate.current().days_left(now), now / 86_400);
    if days_left < WARN_DAYS && *warned_on != Some(today) {
        *warned_on = Some(today);
        tracing::warn!(days_left, "the TLS certificate ends soon, or has ended");
    }
}
