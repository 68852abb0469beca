//! The key set behind one `jwks_uri`: fetched by one at a time, remembered, and kept for a while when it can't be had.

use std::sync::{Arc, Mutex, PoisonError};

use idp_core::directory::published_keys;
use serde_json::Value;

use crate::clock;
use crate::outbound::{Bounds, FetchError, Fetched, Fetcher, Validators};

/// A fetched set counts for so many seconds without another look: a key that a platform takes away is refused from then on.
const FRESH: i64 = 300;

/// A set that can't be fetched anew counts for so many seconds after it last was: long enough for a platform's outage at
/// night, short enough that keeping it away forever does not keep a withdrawn key alive.
const KEPT: i64 = 3600;

/// Seconds between two looks at one address that did not answer, and between two that were made because nothing at hand
/// did: whoever sends nonsense in a platform's name makes us ask it no more often.
const PAUSE: i64 = 5;

/// What is known of one address.
#[derive(Clone, Default)]
struct Known {
    keys: Option<Arc<Value>>,
    validators: Option<Validators>,
    /// When it last came.
    good_at: i64,
    /// When it was last asked for.
    tried_at: Option<i64>,
    /// When it was last asked for though it was fresh.
    forced_at: Option<i64>,
    is_failing: bool,
}

impl Known {
    fn is_fresh(&self, now: i64) -> bool {
        self.keys.is_some() && within(now, self.good_at, FRESH)
    }

    /// What counts, were there no way to ask.
    fn usable(&self, now: i64) -> Option<Arc<Value>> {
        self.keys
            .clone()
            .filter(|_| within(now, self.good_at, KEPT))
    }

    fn may_ask(&self, now: i64) -> bool {
        !(self.is_failing && self.tried_at.is_some_and(|at| within(now, at, PAUSE)))
    }

    fn may_force(&self, now: i64) -> bool {
        self.may_ask(now) && !self.forced_at.is_some_and(|at| within(now, at, PAUSE))
    }
}

/// A clock that was put back makes nothing last longer.
fn within(now: i64, since: i64, seconds: i64) -> bool {
    (0..seconds).contains(&now.saturating_sub(since))
}

/// One address.
#[derive(Default)]
pub(super) struct KeySet {
    known: Mutex<Known>,
    /// Whoever holds it fetches; the others wait for what comes.
    under_way: tokio::sync::Mutex<()>,
}

impl KeySet {
    /// The keys as of now.
    pub(super) async fn now(&self, how: (&Fetcher, Bounds), url: &str) -> Option<Arc<Value>> {
        let at = clock::now().unix_seconds();
        let known = self.known();
        if known.is_fresh(at) {
            return known.keys;
        }
        let _turn = self.under_way.lock().await;
        let at = clock::now().unix_seconds();
        let known = self.known();
        if known.is_fresh(at) {
            return known.keys;
        }
        if known.may_ask(at) {
            self.fetch(how, url, known).await;
        }
        self.known().usable(clock::now().unix_seconds())
    }

    /// The keys, looked at once more because those at hand did not do; not more often than may be.
    pub(super) async fn newer(
        &self,
        how: (&Fetcher, Bounds),
        url: &str,
        than: &Value,
    ) -> Option<Arc<Value>> {
        let _turn = self.under_way.lock().await;
        let mut known = self.known();
        // Whoever waited finds what another one fetched meanwhile.
        let is_another = |keys: &Arc<Value>| **keys != *than;
        let at = clock::now().unix_seconds();
        let others = known.usable(at).filter(is_another);
        if others.is_some() || !known.may_force(at) {
            return others;
        }
        known.forced_at = Some(at);
        self.fetch(how, url, known).await;
        self.known()
            .usable(clock::now().unix_seconds())
            .filter(is_another)
    }

    async fn fetch(&self, (fetcher, bounds): (&Fetcher, Bounds), url: &str, mut known: Known) {
        let validators = known.validators.as_ref().filter(|_| known.keys.is_some());
        let came = fetcher.get(url, validators, bounds).await;
        let now = clock::now().unix_seconds();
        known.tried_at = Some(now);
        let failed = match came.map_err(|error| told(&error)).and_then(read) {
            Ok(Some((keys, validators))) => {
                known.keys = Some(Arc::new(keys));
                known.validators = validators;
                known.good_at = now;
                None
            }
            Ok(None) => {
                known.good_at = now;
                None
            }
            Err(why) => Some(why),
        };
        match (&failed, known.is_failing) {
            (Some(why), false) => tracing::error!(
                url,
                why,
                "keys of a platform can't be fetched; those that were fetched before count for an hour"
            ),
            (None, true) => tracing::info!(url, "keys of a platform are fetched again"),
            _ => (),
        }
        known.is_failing = failed.is_some();
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    fn known(&self) -> Known {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What an operator can do about it, beside why.
fn told(error: &FetchError) -> String {
    match error {
        FetchError::Status(300..=399) => {
            format!("{error}: register the address that it leads to")
        }
        _ => error.to_string(),
    }
}

/// What came, or nothing where it is what is known.
fn read(came: Fetched) -> Result<Option<(Value, Option<Validators>)>, String> {
    let Fetched::Body(octets, validators) = came else {
        return Ok(None);
    };
    let jwks: Value =
        serde_json::from_slice(&octets).map_err(|error| format!("it is no JSON: {error}"))?;
    let keys = published_keys(&jwks).map_err(|problem| problem.to_string())?;
    Ok(Some((keys, validators)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_cannot_be_had_anew_count_for_an_hour_and_a_clock_put_back_adds_nothing() {
        let known = Known {
            keys: Some(Arc::new(Value::Null)),
            good_at: 10_000,
            tried_at: Some(10_000),
            is_failing: true,
            ..Known::default()
        };
        assert!(known.is_fresh(10_299) && !known.is_fresh(10_300) && !known.is_fresh(9_999));
        assert!(known.usable(13_599).is_some() && known.usable(13_600).is_none());
        assert!(known.usable(9_999).is_none());
        assert!(!known.may_ask(10_004) && known.may_ask(10_005) && known.may_ask(9_000));
        let known = Known {
            forced_at: Some(10_000),
            is_failing: false,
            ..known
        };
        assert!(known.may_ask(10_001));
        assert!(!known.may_force(10_004) && known.may_force(10_005));
    }
}
