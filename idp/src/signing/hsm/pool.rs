//! Sessions side by side: at most so many, each used by one at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::failure::HsmError;

/// How long a request waits for a session.
const WAIT: Duration = Duration::from_secs(5);

/// A token that opened no more sessions is asked for more after so long: others may have had them.
const FEWER_FOR: Duration = Duration::from_mins(1);

/// Those that are open.
pub(super) struct Pool<S> {
    most: usize,
    places: Mutex<Places<S>>,
    freed: Condvar,
}

struct Places<S> {
    free: Vec<S>,
    taken: usize,
    /// What the token gave at most, and when.
    fewer: Option<(usize, Instant)>,
}

/// One that is taken. However its work ends, also by a panic, it is given back.
struct Place<'a, S> {
    pool: &'a Pool<S>,
    /// To be used again.
    seat: Option<S>,
}

impl<S> Drop for Place<'_, S> {
    fn drop(&mut self) {
        let seat = self.seat.take();
        let mut places = self.pool.places();
        places.taken = places.taken.saturating_sub(1);
        places.free.extend(seat);
        drop(places);
        self.pool.freed.notify_one();
    }
}

impl<S> Pool<S> {
    pub(super) fn of(most: usize) -> Self {
        Self {
            most,
            places: Mutex::new(Places {
                free: Vec::new(),
                taken: 0,
                fewer: None,
            }),
            freed: Condvar::new(),
        }
    }

    /// In one that is free, or is opened now. One in which something failed is not used again.
    pub(super) fn work<T>(
        &self,
        open: impl Fn() -> Result<S, HsmError>,
        work: &impl Fn(&mut S) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        let until = Instant::now() + WAIT;
        let (mut place, mut seat) = loop {
            let mut place = self.take(until)?;
            if let Some(seat) = place.seat.take() {
                break (place, seat);
            }
            match open() {
                Ok(seat) => break (place, seat),
                // Others here have some: one of those is waited for.
                Err(HsmError::Busy) if self.has_fewer() => (),
                Err(error) => return Err(error),
            }
        };
        let outcome = work(&mut seat);
        if outcome.is_ok() {
            place.seat = Some(seat);
        } else {
            drop(seat);
        }
        outcome
    }

    /// Without a seat: one may be opened.
    fn take(&self, until: Instant) -> Result<Place<'_, S>, HsmError> {
        let mut places = self.places();
        while places.free.is_empty() && places.taken >= places.most(self.most) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(HsmError::Busy);
            }
            let waited = self.freed.wait_timeout(places, left);
            places = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        places.taken += 1;
        Ok(Place {
            pool: self,
            seat: places.free.pop(),
        })
    }

    /// The token opened none beside those that there are; `false`: there are none.
    fn has_fewer(&self) -> bool {
        let mut places = self.places();
        let others = places.taken.saturating_sub(1);
        if others == 0 && places.free.is_empty() {
            return false;
        }
        places.fewer = Some((others.max(1), Instant::now()));
        true
    }

    fn places(&self) -> MutexGuard<'_, Places<S>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Places<S> {
    fn most(&self, most: usize) -> usize {
        let fewer = self.fewer.filter(|(_, at)| at.elapsed() < FEWER_FOR);
        fewer.map_or(most, |(fewer, _)| fewer.min(most))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_token_with_fewer_sessions_than_configured_is_waited_for() {
        let (pool, open) = (Pool::of(8), AtomicUsize::new(0));
        let begin = || {
            let at_once = open.fetch_add(1, Ordering::SeqCst) + 1;
            if at_once > 2 {
                open.fetch_sub(1, Ordering::SeqCst);
                return Err(HsmError::Busy);
            }
            Ok(())
        };
        let all = Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    all.wait();
                    let done = pool.work(begin, &|()| {
                        std::thread::sleep(Duration::from_millis(50));
                        Ok(())
                    });
                    assert_eq!(done, Ok(()));
                });
            }
        });
        assert_eq!(open.load(Ordering::SeqCst), 2);
        assert_eq!(pool.places().taken, 0);
        // Where not even one is to be had, nobody waits.
        let none: Pool<()> = Pool::of(8);
        let asked = Instant::now();
        let refused = none.work(|| Err(HsmError::Busy), &|()| Ok(()));
        assert_eq!(refused, Err(HsmError::Busy));
        assert!(asked.elapsed() < WAIT);
    }

    #[test]
    fn a_session_whose_work_panics_leaves_its_place_to_others() {
        let pool = Pool::of(1);
        let broken = std::panic::AssertUnwindSafe(|| {
            pool.work(|| Ok(()), &|()| -> Result<(), HsmError> {
                panic!("within")
            })
        });
        assert!(std::panic::catch_unwind(broken).is_err());
        assert_eq!(pool.places().taken, 0);
        assert_eq!(pool.work(|| Ok(()), &|()| Ok(7)), Ok(7));
    }

    #[test]
    fn what_failed_is_opened_anew() {
        let (pool, opened) = (Pool::of(2), AtomicUsize::new(0));
        let open = || Ok(opened.fetch_add(1, Ordering::SeqCst));
        assert_eq!(pool.work(open, &|seat| Ok(*seat)), Ok(0));
        assert_eq!(pool.work(open, &|seat| Ok(*seat)), Ok(0));
        let failed = pool.work(open, &|_| Err::<(), _>(HsmError::Wrong("it")));
        assert_eq!(failed, Err(HsmError::Wrong("it")));
        assert_eq!(pool.work(open, &|seat| Ok(*seat)), Ok(1));
    }
}
