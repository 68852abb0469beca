//! Properties of the ephemeral store in process alone: its bound and its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use idp_core::ephemeral::{Ephemeral as _, EphemeralError, Spent};
use idp_storage::EphemeralStore;
use idp_storage::ephemeral::{Clock, InProcess};

use crate::run;

const KIND: &str = "test";
const MINUTE: Duration = Duration::from_mins(1);

/// Moves only when told.
#[derive(Default)]
struct StoppedClock(AtomicU64);

impl StoppedClock {
    fn advance(&self, by: Duration) {
        self.0
            .fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

fn store(capacity: usize) -> (EphemeralStore, InProcess, Arc<StoppedClock>) {
    let clock = Arc::new(StoppedClock::default());
    let store = InProcess::with_clock(capacity, clock.clone());
    (EphemeralStore::InProcess(store.clone()), store, clock)
}

#[test]
fn entry_lives_to_its_deadline_and_not_a_moment_longer() {
    let (s, _, clock) = store(1 << 20);
    run(async {
        s.put(KIND, "a", vec![1], MINUTE).await.unwrap();
        clock.advance(MINUTE.checked_sub(Duration::from_millis(1)).unwrap());
        assert_eq!(s.get(KIND, "a").await.unwrap(), Some(vec![1]));
        clock.advance(Duration::from_millis(1));
        assert_eq!(s.get(KIND, "a").await.unwrap(), None);
        assert_eq!(s.take(KIND, "a").await.unwrap(), None);
        assert_eq!(s.spend(KIND, "a").await.unwrap(), Spent::Unknown);
    });
}

#[test]
fn flood_is_refused_and_evicts_nobody() {
    let (s, held, clock) = store(100_000);
    run(async {
        s.put("session", "mine", vec![1; 100], MINUTE * 10)
            .await
            .unwrap();
        let mut refused = 0;
        for number in 0..10_000 {
            match s
                .put("challenge", &number.to_string(), vec![0; 100], MINUTE)
                .await
            {
                Ok(()) => {}
                Err(EphemeralError::Unavailable(_)) => refused += 1,
                Err(error) => panic!("{error}"),
            }
            assert!(held.used() <= 100_000);
        }
        assert!(refused > 9_000, "{refused}");
        assert_eq!(s.get("session", "mine").await.unwrap(), Some(vec![1; 100]));
        // Who signed goes on in the quarter that strangers never get.
        assert!(held.used() <= 75_000, "{}", held.used());
        s.put("code", "of somebody who signed", vec![0; 100], MINUTE)
            .await
            .unwrap();
        while s
            .put("code", &held.used().to_string(), vec![0; 100], MINUTE)
            .await
            .is_ok()
        {}
        assert!(held.used() <= 100_000);
        assert!(
            s.put("code", "one more", vec![0; 1000], MINUTE)
                .await
                .is_err()
        );
        clock.advance(MINUTE);
        s.put("challenge", "after", vec![0; 100], MINUTE)
            .await
            .unwrap();
        assert_eq!(s.get("session", "mine").await.unwrap(), Some(vec![1; 100]));
        assert!(held.used() < 1_000, "{}", held.used());
    });
}

#[test]
fn expired_entries_are_freed_when_no_new_ones_come() {
    let (s, held, clock) = store(1 << 20);
    run(async {
        for number in 0..1000 {
            let id = number.to_string();
            s.put(KIND, &id, vec![0; 10], MINUTE).await.unwrap();
        }
        s.put(KIND, "lives", vec![0; 10], MINUTE * 2).await.unwrap();
        let all = held.used();
        s.sweep();
        assert_eq!(held.used(), all);
        clock.advance(MINUTE);
        s.sweep();
        assert!(held.used() < all / 500, "{} of {all}", held.used());
        assert_eq!(s.get(KIND, "lives").await.unwrap(), Some(vec![0; 10]));
    });
}

#[test]
fn everything_used_is_given_back() {
    let (s, held, clock) = store(1 << 20);
    run(async {
        for round in 0..3 {
            for number in 0..1000 {
                let id = number.to_string();
                s.put(KIND, &id, vec![0; 10], MINUTE).await.unwrap();
                s.put(KIND, &id, vec![0; 20], MINUTE).await.unwrap();
                s.put_if_absent(KIND, &id, vec![0; 30], MINUTE)
                    .await
                    .unwrap();
                s.spend("code", &id).await.unwrap();
                s.put("code", &id, vec![0; round], MINUTE).await.unwrap();
                s.spend("code", &id).await.unwrap();
                s.spend("code", &id).await.unwrap();
                s.count("rate", &id, MINUTE).await.unwrap();
                s.count("rate", &id, MINUTE).await.unwrap();
                s.take(KIND, &id).await.unwrap();
            }
            clock.advance(MINUTE);
        }
        // Sweeps come with new entries, in every shard sooner or later.
        for number in 0..10_000 {
            s.put(
                "other",
                &number.to_string(),
                vec![],
                Duration::from_millis(1),
            )
            .await
            .unwrap();
            clock.advance(Duration::from_millis(1));
        }
        assert!(held.used() < 500_000, "{}", held.used());
        // The next refusal sweeps all.
        clock.advance(MINUTE);
        assert!(s.put("big", "big", vec![0; 1 << 20], MINUTE).await.is_err());
        assert_eq!(held.used(), 0);
    });
}
