//! How each source is doing, for operators: kept while the server runs, written to a file for the command line.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use idp_core::id::CaId;
use serde::{Deserialize, Serialize};

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

    /// Remembers that a source gave no sign of itself.
    pub(super) fn note_silence(&self, (ca, address): (&CaId, &str), now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry((ca.clone(), address.to_owned())).or_default();
        one.silent_at = Some(now);
    }
}
