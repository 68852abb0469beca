//! How each source is doing, for operators: kept while the server runs, written to a file for the command line.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use idp_core::id::CaId;
use pki::revocation::Crl;
use serde::{Deserialize, Serialize};

use super::answers::Answer;
use super::list_file::{ListFile, Origin};
use crate::outbound::Validators;

/// How one source is doing. Times are seconds since the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReport {
    /// The CA.
    pub ca: String,
    /// `file`, `url`, `ocsp` or `imported`.
    pub kind: String,
    /// Where it is.
    pub address: String,
    /// Of the newest list of it.
    pub this_update: Option<i64>,
    /// Of the list of it that runs out first.
    pub next_update: Option<i64>,
    /// Certificates that its lists take back; answers of a responder that are at hand.
    pub entries: usize,
    /// When it was last read, fetched or asked.
    pub last_attempt: Option<i64>,
    /// When that last went well.
    pub last_success: Option<i64>,
    /// Why it last did not, if it did not.
    pub last_error: Option<String>,
    /// How often it did not, since the server started.
    pub errors: u64,
    /// How long the last answer took, in milliseconds.
    pub latency_ms: Option<u64>,
}

impl SourceReport {
    /// On a file, with what was tried to bring it.
    pub(super) fn on_file(ca: &CaId, file: &ListFile, attempted: &Attempted) -> Self {
        let address = file.address();
        let attempts = attempted.of(ca, &address);
        let refused = file.refused.first().map(|(_, why)| why.to_string());
        let problem = file.problem.clone().or(refused);
        let kind = match file.origin {
            Origin::File => "file",
            Origin::Url(_) => "url",
            Origin::Imported => "imported",
        };
        Self {
            ca: ca.to_string(),
            kind: kind.to_owned(),
            this_update: file.lists.iter().map(Crl::this_update).max(),
            next_update: file.lists.iter().map(Crl::next_update).min(),
            entries: file.lists.iter().map(Crl::entries).sum(),
            last_attempt: attempts.last_attempt.or(file.looked_at),
            last_success: attempts.last_success.or(file.read_at),
            last_error: attempts.last_error.or(problem),
            errors: attempts.errors + file.errors,
            latency_ms: attempts.latency.map(milliseconds),
            address,
        }
    }

    /// On a responder, with the answers of its CA at hand.
    pub(super) fn on_responder(ca: &CaId, url: &str, at_hand: (&[Answer], &Attempted)) -> Self {
        let (answers, attempted) = at_hand;
        let attempts = attempted.of(ca, url);
        let of_ca = answers.iter().filter(|answer| answer.ca == *ca);
        Self {
            ca: ca.to_string(),
            kind: "ocsp".to_owned(),
            address: url.to_owned(),
            this_update: of_ca.clone().map(|answer| answer.said.this_update()).max(),
            next_update: None,
            entries: of_ca.count(),
            last_attempt: attempts.last_attempt,
            last_success: attempts.last_success,
            last_error: attempts.last_error,
            errors: attempts.errors,
            latency_ms: attempts.latency.map(milliseconds),
        }
    }
}

fn milliseconds(latency: Duration) -> u64 {
    u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)
}

/// What asking anew about bound locks costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Askings {
    /// Questions since the server started.
    pub asked: u64,
    /// Of the last turn that asked any: how many, and how long it took.
    pub last: (u64, Duration),
}

/// What was tried and how it went.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts {
    pub(super) last_attempt: Option<i64>,
    pub(super) last_success: Option<i64>,
    pub(super) last_error: Option<String>,
    pub(super) errors: u64,
    /// In a row.
    pub(super) failures: u32,
    pub(super) latency: Option<Duration>,
    /// When it last gave no sign of itself within its time, unless it answered since.
    pub(super) silent_at: Option<i64>,
    /// By what the other side knows the list that it last gave.
    validators: Option<Validators>,
}

/// Attempts of every fetched source, by CA and address.
#[derive(Default)]
pub(super) struct Attempted(Mutex<HashMap<(CaId, String), Attempts>>);

impl Attempted {
    pub(super) fn of(&self, ca: &CaId, address: &str) -> Attempts {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(&(ca.clone(), address.to_owned()));
        found.cloned().unwrap_or_default()
    }

    /// Remembers how one attempt went; answers whether it went otherwise than the one before.
    pub(super) fn note(
        &self,
        (ca, address): (&CaId, &str),
        outcome: Result<Duration, String>,
        now: i64,
    ) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry((ca.clone(), address.to_owned())).or_default();
        one.last_attempt = Some(now);
        let before = one.last_error.take();
        match outcome {
            Ok(latency) => {
                one.last_success = Some(now);
                one.latency = Some(latency);
                one.failures = 0;
                one.silent_at = None;
            }
            Err(why) => {
                one.last_error = Some(why);
                one.errors += 1;
                one.failures = one.failures.saturating_add(1);
            }
        }
        before != one.last_error
    }

    /// By what the other side knows the list that it last gave and that was kept.
    pub(super) fn validators(&self, (ca, address): (&CaId, &str)) -> Option<Validators> {
        self.of(ca, address).validators
    }

    pub(super) fn keep_validators(
        &self,
        (ca, address): (&CaId, &str),
        validators: Option<Validators>,
    ) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry((ca.clone(), address.to_owned())).or_default();
        one.validators = validators;
    }

    /// Remembers that a source gave no sign of itself.
    pub(super) fn note_silence(&self, (ca, address): (&CaId, &str), now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry((ca.clone(), address.to_owned())).or_default();
        one.silent_at = Some(now);
    }
}
