//! What goes on off the request path: files read again, lists fetched, and locks ended as soon as they are known to be
//! revoked. Responders are asked anew beside it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use idp_core::cx::Caller;
use idp_core::id::{CaId, IncidentId};
use idp_core::key_lock::{KeyLock, Thumbprint};
use idp_core::recognition::CertificateRefusal;
use idp_core::revocation::{end_unrecognised, remember};
use idp_core::store::StoreError;
use pki::certificate::Certificate;

use super::asking::keep_answered;
use super::fetches::Fetches;
use super::kept::write_whole;
use crate::clock;
use crate::state::AppState;

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(1);

/// Locks that are compared in one read.
const PAGE: u32 = 500;

/// Goes on for as long as the server runs. Side by side: a source that takes its time holds up neither the others nor what
/// follows from what is known.
pub async fn keep_up(state: &AppState) {
    // Whether a source was tried since it was last looked: a failure is told to operators too.
    let tried = Arc::new(AtomicBool::new(false));
    tokio::join!(
        keep_fetched(state, &tried),
        keep_answered(state),
        keep_judged(state, &tried)
    );
}

pub(super) fn ticking() -> tokio::time::Interval {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tick
}

async fn keep_fetched(state: &AppState, tried: &Arc<AtomicBool>) {
    let (mut tick, mut fetches) = (ticking(), Fetches::new(tried));
    loop {
        tick.tick().await;
        fetches.begin_due(state, clock::now().unix_seconds());
    }
}

async fn keep_judged(state: &AppState, tried: &AtomicBool) {
    let mut tick = ticking();
    let watch = i64::try_from(state.config.revocation.watch_seconds).unwrap_or(i64::MAX);
    let mut looked_at = clock::now().unix_seconds();
    loop {
        tick.tick().await;
        let now = clock::now().unix_seconds();
        let tried = tried.swap(false, Ordering::AcqRel);
        if tried || now >= looked_at.saturating_add(watch) || now < looked_at {
            looked_at = now;
            look(state).await;
        }
        end_revoked(state).await;
    }
}

/// Reads what changed, says how the CAs stand and what the sources do.
pub async fn look(state: &AppState) {
    let (lists, standings) = (Arc::clone(&state.lists), Arc::clone(&state.standings));
    let looked = tokio::task::spawn_blocking(move || {
        lists.refresh();
        standings.watch(clock::now());
        write_report(&lists)
    });
    match looked.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%error, "the report on revocation sources can't be written");
        }
        Err(error) => tracing::error!(%error, "revocation lists can't be read again"),
    }
}

fn write_report(sources: &super::RevocationSources) -> std::io::Result<()> {
    let Some(kept) = sources.kept() else {
        return Ok(());
    };
    let report = serde_json::to_vec_pretty(&sources.report())?;
    write_whole(&kept.report(), &report)
}

pub(super) async fn find(
    state: &AppState,
    thumbprint: Thumbprint,
) -> Result<Option<KeyLock>, StoreError> {
    let database = &state.database;
    let found = database.read(move |store| store.find_key_lock_by_thumbprint(thumbprint));
    found.await
}

/// Ends every bound lock that became known as revoked, and with it its sessions and tokens. What the store can't do now is
/// done at the next turn.
pub async fn end_revoked(state: &AppState) {
    for thumbprint in state.lists.take_revoked() {
        if let Err(error) = end_one(state, thumbprint).await {
            tracing::error!(%error, "a revoked lock can't be ended; it is tried again");
            state.lists.note_revoked(thumbprint);
        }
    }
    for ca in state.lists.take_changed() {
        if let Err(error) = compare(state, &ca).await {
            tracing::error!(%error, %ca, "bound locks can't be compared with the lists; it is tried again");
            state.lists.note_changed(ca);
        }
    }
}

async fn end_one(state: &AppState, thumbprint: Thumbprint) -> Result<(), StoreError> {
    let found = find(state, thumbprint).await?;
    end_refused(state, found.into_iter().collect()).await
}

/// Compares the bound locks of a CA with what it took back, page by page: each lock by itself, or all of them where a CA
/// above some was taken back.
async fn compare(state: &AppState, ca: &CaId) -> Result<(), StoreError> {
    let lists = state.lists.lists_of(ca);
    let registry = state.verdicts.registry();
    let all_are_asked = registry.authorities.iter().any(|entry| {
        let taken_back = |one| state.lists.is_taken_back(entry, one);
        entry.id == *ca && entry.intermediates.iter().any(taken_back)
    });
    if lists.all().is_empty() && !all_are_asked {
        return Ok(());
    }
    let is_named = |lock: &KeyLock| {
        let certificate = Certificate::from_der(&lock.certificate_der);
        let named = |one: &Certificate| lists.all().iter().any(|list| list.takes_back(one));
        all_are_asked || certificate.as_ref().is_ok_and(named)
    };
    let mut after = None;
    loop {
        let (of_ca, from) = (ca.clone(), after.take());
        let database = &state.database;
        let page = database
            .read(move |store| store.list_active_key_locks_of_ca(&of_ca, from.as_ref(), PAGE));
        let mut page = page.await?;
        after = page.last().map(|last| last.id.clone());
        if after.is_none() {
            return Ok(());
        }
        page.retain(is_named);
        end_refused(state, page).await?;
    }
}

/// The verdict decides, as it would at a sign-in: a revoked lock is ended, and of one under a revoked CA what lives by it.
async fn end_refused(state: &AppState, locks: Vec<KeyLock>) -> Result<(), StoreError> {
    let cx = state.cx();
    let refused = locks.into_iter().filter_map(|lock| {
        let refusal = state.verdicts.on_bound(&lock, cx.now).err()?;
        let ends = matches!(
            refusal,
            CertificateRefusal::Revoked | CertificateRefusal::IssuerRevoked
        );
        ends.then_some((lock, refusal))
    });
    let refused: Vec<(KeyLock, CertificateRefusal)> = refused.collect();
    if refused.is_empty() {
        return Ok(());
    }
    let caller = Caller {
        remote_address: None,
        incident_id: IncidentId::generate(&*cx.rng, cx.now),
    };
    let database = &state.database;
    database
        .write(move |store| {
            for (lock, refusal) in &refused {
                match refusal {
                    CertificateRefusal::Revoked => remember(store, &cx, &caller, lock.thumbprint)?,
                    refusal => end_unrecognised(store, &cx, &caller, (lock, *refusal))?,
                }
            }
            Ok(())
        })
        .await
}
