//! Pacing: how many attempts are under way at a time, in all and toward one side, so that one that is slow or silent holds
//! nobody else up.
//!
//! Knows neither what is delivered nor how; [`crate::telling`] and [`crate::notifying`] each have one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// How long a side that was not reached is left alone by this process: shorter than the first pause of a delivery.
const REST: Duration = Duration::from_secs(3);

/// Sides that rest at most.
const RESTING: u64 = 10_000;

/// What is under way toward sides that are told apart by `K`.
pub struct Pacing<K> {
    places: Arc<Semaphore>,
    share: usize,
    busy: Mutex<HashMap<K, usize>>,
    resting: moka::sync::Cache<K, ()>,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Pacing<K> {
    /// So many at a time, and so many of them toward one side.
    pub fn new(at_a_time: usize, share: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_a_time)),
            share,
            busy: Mutex::default(),
            resting: moka::sync::Cache::builder()
                .max_capacity(RESTING)
                .time_to_live(REST)
                .build(),
        }
    }

    /// How many more there is place for.
    pub fn free(&self) -> usize {
        self.places.available_permits()
    }

    /// A place, as soon as there is one.
    pub async fn place(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.places).acquire_owned().await
    }

    /// Sides that are left alone for now.
    pub fn left_alone(&self) -> Vec<K> {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let full = busy.iter().filter(|(_, n)| **n >= self.share);
        let full = full.map(|(side, _)| side.clone());
        let resting = self.resting.iter().map(|(side, ())| (*side).clone());
        full.chain(resting).collect()
    }

    /// How many of these, oldest first, can be taken before one side has more than its share, with what is under way there.
    pub fn fairly<'a>(&self, due: impl Iterator<Item = &'a K>) -> u32 {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut under_way = busy.clone();
        let fair = due.take_while(|side| {
            let n = under_way.entry((*side).clone()).or_default();
            *n += 1;
            *n <= self.share
        });
        u32::try_from(fair.count()).unwrap_or(1)
    }

    /// Counted by whoever begins an attempt, before it has a task of its own, so that what was begun counts before more is
    /// taken.
    pub fn begin(&self, side: &K) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        *busy.entry(side.clone()).or_default() += 1;
    }

    /// Counted by whoever ends it.
    pub fn end(&self, side: &K) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = busy.get_mut(side) {
            *n = n.saturating_sub(1);
            if *n == 0 {
                busy.remove(side);
            }
        }
    }

    /// Leaves a side alone for a moment.
    pub fn rest(&self, side: &K) {
        self.resting.insert(side.clone(), ());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_side_takes_no_more_than_its_share() {
        let pacing = Pacing::new(16, 4);
        let mut many = vec!["slow"; 9];
        assert_eq!(pacing.fairly(many.iter()), 4);
        (0..3).for_each(|_| pacing.begin(&"slow"));
        assert_eq!(pacing.fairly(many.iter()), 1);
        assert!(pacing.left_alone().is_empty());
        pacing.begin(&"slow");
        assert_eq!(pacing.left_alone(), ["slow"]);
        (0..4).for_each(|_| pacing.end(&"slow"));
        many.truncate(4);
        many.push("other");
        assert_eq!(pacing.fairly(many.iter()), 5);
        assert_eq!(pacing.fairly([].iter()), 0);
    }

    #[test]
    fn a_side_that_was_not_reached_rests() {
        let pacing = Pacing::new(16, 4);
        pacing.rest(&"silent");
        assert_eq!(pacing.left_alone(), ["silent"]);
    }
}
