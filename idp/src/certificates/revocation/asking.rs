//! Responders asked anew about bound locks, some at a time, off the request path; and what is kept of their answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use idp_core::key_lock::{KeyLockState, Thumbprint};
use pki::certificate::Certificate;

use super::answers::{Answer, asked_of};
use super::upkeep::{find, ticking};
use crate::clock;
use crate::state::AppState;

/// Questions about bound locks in one turn.
const QUESTIONS: usize = 256;

/// Seconds between two looks for answers that nobody needs any more.
const SWEEP: i64 = 3600;

/// Goes on for as long as the server runs.
pub(super) async fn keep_answered(state: &AppState) {
    let (mut tick, mut swept_at) = (ticking(), None);
    loop {
        tick.tick().await;
        let now = clock::now().unix_seconds();
        state.responders.keep_again().await;
        ask_anew(state, now).await;
        if swept_at.is_none_or(|at: i64| !(at..at.saturating_add(SWEEP)).contains(&now)) {
            swept_at = Some(now);
            sweep(state, now).await;
        }
    }
}

async fn sweep(state: &AppState, now: i64) {
    let Some(kept) = state.lists.kept().cloned() else {
        return;
    };
    let swept = tokio::task::spawn_blocking(move || kept.sweep_answers(now)).await;
    if let Ok(swept @ 1..) = swept {
        tracing::info!(swept, "answers about certificates that have ended removed");
    }
}

/// Asks again about bound locks whose answers are old or run out, or were another responder's.
async fn ask_anew(state: &AppState, now: i64) {
    let begin = Instant::now();
    let interval = i64::try_from(state.config.revocation.fetch_seconds).unwrap_or(i64::MAX);
    let registry = state.verdicts.registry();
    let asked_of = |answer: &Answer| {
        let mut all = registry.authorities.iter();
        all.find(|ca| ca.id == answer.ca).and_then(asked_of)
    };
    let mut due = state.lists.answers.passing();
    due.retain(|answer| {
        let asked = asked_of(answer);
        asked.is_some_and(|asked| answer.is_due(&asked, interval, now))
    });
    if due.is_empty() {
        return;
    }
    let (queue, asked) = (Mutex::new(due), AtomicUsize::new(0));
    // A responder that takes its time holds up one of eight.
    let work = || Box::pin(ask_from(state, &queue, &asked));
    let four = || async { tokio::join!(work(), work(), work(), work()) };
    tokio::join!(four(), four());
    let asked = asked.into_inner();
    if asked > 0 {
        let took = begin.elapsed();
        tracing::debug!(asked, ?took, "responders asked anew about bound locks");
        state.lists.note_turn(asked, took);
    }
}

async fn ask_from(state: &AppState, queue: &Mutex<Vec<Answer>>, asked: &AtomicUsize) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
    while asked.load(Ordering::Relaxed) < QUESTIONS
        && let Some(answer) = next()
    {
        let now = clock::now().unix_seconds();
        if !is_needed(state, &answer.certificate).await {
            state.lists.answers.put_off(answer, now);
            continue;
        }
        let registry = state.verdicts.registry();
        let Some(ca) = registry.authorities.iter().find(|ca| ca.id == answer.ca) else {
            continue;
        };
        asked.fetch_add(1, Ordering::Relaxed);
        let link = (&answer.certificate, &answer.issuer);
        if !state.responders.ask_anew(ca, &state.lists, link).await {
            state.lists.answers.put_off(answer, now);
        }
    }
}

/// A CA's certificate always, a lock's while it is bound and in force.
async fn is_needed(state: &AppState, certificate: &Certificate) -> bool {
    if certificate.is_ca() {
        return true;
    }
    matches!(find(state, Thumbprint(certificate.thumbprint_sha256())).await,
        Ok(Some(lock)) if lock.state == KeyLockState::Active)
}
