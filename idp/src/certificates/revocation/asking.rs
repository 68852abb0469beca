//! Responders asked about bound locks, some at a time, off the request path: anew while their answers last, and for the
//! first time where there is none. And what is kept of their answers.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use idp_core::key_lock::{KeyLockState, Thumbprint};
use pki::certificate::Certificate;

use super::answers::{Answer, asked_of};
use super::unanswered::Rounds;
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
    let mut rounds = Rounds::default();
    loop {
        tick.tick().await;
        let now = clock::now().unix_seconds();
        state.responders.keep_again().await;
        ask_about_bound(state, &mut rounds, now).await;
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

/// What is asked.
enum Due {
    /// An answer is old or runs out, or was another responder's.
    Again(Box<Answer>),
    /// There is none about this lock.
    First(Certificate),
}

async fn ask_about_bound(state: &AppState, rounds: &mut Rounds, now: i64) {
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
    let again = due.into_iter().map(|answer| Due::Again(Box::new(answer)));
    let mut due: Vec<Due> = again.collect();
    match rounds.next(state, (interval, now)).await {
        // They come first: the round has gone on past them.
        Ok(found) => due.extend(found.into_iter().map(Due::First)),
        Err(error) => tracing::error!(%error, "bound locks can't be looked for; it is tried again"),
    }
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

async fn ask_from(state: &AppState, queue: &Mutex<Vec<Due>>, asked: &AtomicUsize) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
    while asked.load(Ordering::Relaxed) < QUESTIONS
        && let Some(due) = next()
    {
        let registry = state.verdicts.registry();
        let answer = match due {
            Due::Again(answer) => *answer,
            Due::First(certificate) => {
                asked.fetch_add(1, Ordering::Relaxed);
                let sources = &state.lists;
                let gather = state.responders.gather(&registry, sources, &certificate);
                gather.await;
                continue;
            }
        };
        if !is_needed(state, &answer.certificate).await {
            state.lists.answers.forget(&answer);
            continue;
        }
        let Some(ca) = registry.authorities.iter().find(|ca| ca.id == answer.ca) else {
            continue;
        };
        asked.fetch_add(1, Ordering::Relaxed);
        let link = (&answer.certificate, &answer.issuer);
        if !state.responders.ask_anew(ca, &state.lists, link).await {
            let now = clock::now().unix_seconds();
            state.lists.answers.put_off(answer, now);
        }
    }
}

/// A CA's certificate always, a lock's while it is bound and in force.
async fn is_needed(state: &AppState, certificate: &Certificate) -> bool {
    if certificate.is_ca() {
        return true;
    }
    match find(state, Thumbprint(certificate.thumbprint_sha256())).await {
        Ok(found) => found.is_some_and(|lock| lock.state == KeyLockState::Active),
        // Whoever can't be looked up is asked about.
        Err(_) => true,
    }
}
