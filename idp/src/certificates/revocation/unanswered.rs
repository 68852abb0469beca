//! Bound locks about which no answer is at hand: after a start, asked about by another process, or pushed out by others.
//!
//! Owns the rounds in which they are looked for in the store, a page in a turn: no bound lock is out of its responder's
//! sight for longer than a round and the interval between two. What of it is asked is `responders`'s.

use idp_core::certificate_authority::CaState;
use idp_core::id::{CaId, KeyLockId};
use idp_core::key_lock::KeyLock;
use idp_core::recognition::{RecognisedCa, RevocationPolicy};
use idp_core::store::StoreError;
use pki::certificate::Certificate;
use pki::revocation::{Link, RevocationStatus as _};

use super::answers::key;
use super::responders::{asks_responders, responder_first};
use super::watched::certificates_of;
use crate::state::AppState;

/// Locks in a page: half of what is asked in a turn, so that answers that run out have their share.
const PAGE: u32 = 128;

/// Pages that are passed over in a turn, where there is an answer about every lock.
const PASSED: u8 = 16;

/// Where the round is.
#[derive(Default)]
pub(super) struct Rounds {
    begun_at: Option<i64>,
    /// CAs with a responder that are left; the last is under way.
    left: Vec<CaId>,
    after: Option<KeyLockId>,
}

impl Rounds {
    /// The locks that are asked about in this turn. The first round begins at once, each further one this many seconds
    /// after the one before began.
    pub(super) async fn next(
        &mut self,
        state: &AppState,
        (interval, now): (i64, i64),
    ) -> Result<Vec<Certificate>, StoreError> {
        let waits = |at: i64| (at..at.saturating_add(interval)).contains(&now);
        if self.left.is_empty() && !self.begun_at.is_some_and(waits) {
            self.begun_at = Some(now);
            let registry = state.verdicts.registry();
            let asking = registry.authorities.iter().filter(|ca| is_asking(ca));
            self.left = asking.map(|ca| ca.id.clone()).collect();
        }
        for _ in 0..PASSED {
            let Some(ca) = self.left.last().cloned() else {
                break;
            };
            let (of_ca, after) = (ca.clone(), self.after.clone());
            let read = state
                .database
                .read(move |store| store.list_active_key_locks_of_ca(&of_ca, after.as_ref(), PAGE));
            let page = read.await?;
            self.after = page.last().map(|last| last.id.clone());
            if self.after.is_none() {
                self.left.pop();
                continue;
            }
            let found = unanswered(state, &ca, &page, now);
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }
}

fn is_asking(ca: &RecognisedCa) -> bool {
    ca.state == CaState::Active
        && ca.revocation == RevocationPolicy::Required
        && asks_responders(ca)
}

/// Those of a page whose responder would be asked at a sign-in, and who have no answer yet, good or bad.
fn unanswered(state: &AppState, id: &CaId, page: &[KeyLock], now: i64) -> Vec<Certificate> {
    let registry = state.verdicts.registry();
    let Some(ca) = registry.authorities.iter().find(|ca| ca.id == *id) else {
        return Vec::new();
    };
    let (issuers, lists) = (certificates_of(ca), state.lists.lists_of(id));
    let needs_none = |certificate: &Certificate| {
        let namesakes = issuers
            .iter()
            .filter(|issuer| issuer.subject() == certificate.issuer());
        let is_answered = |issuer| state.lists.answers.holds(&key(certificate, issuer));
        let is_cleared = |issuer| {
            let link = Link {
                certificate,
                issuer,
                is_ca: false,
                at: now,
            };
            lists.status(&link).is_ok()
        };
        namesakes.clone().any(is_answered)
            || !responder_first(ca) && namesakes.clone().all(is_cleared)
    };
    let read = page
        .iter()
        .filter_map(|lock| Certificate::from_der(&lock.certificate_der).ok());
    read.filter(|certificate| !needs_none(certificate))
        .collect()
}
