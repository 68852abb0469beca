//! The pace of PIN tries over all windows and locks.
//!
//! A lock counts its own wrong PINs; this keeps a script from trying many locks, or one lock many times, in a row. Knows
//! no clock: time is an argument.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Most tries within [`SPAN`].
const TRIES_MAX: usize = 15;

/// See [`TRIES_MAX`].
const SPAN: Duration = Duration::from_mins(1);

/// The tries of the last [`SPAN`].
#[derive(Default)]
pub(super) struct Pace {
    tries: VecDeque<Instant>,
}

impl Pace {
    /// Counts a try and allows it, or does neither.
    pub(super) fn allows(&mut self, now: Instant) -> bool {
        while self
            .tries
            .front()
            .is_some_and(|earliest| now.duration_since(*earliest) >= SPAN)
        {
            self.tries.pop_front();
        }
        if self.tries.len() >= TRIES_MAX {
            return false;
        }
        self.tries.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_paced() {
        let now = Instant::now();
        let mut pace = Pace::default();
        for _ in 0..TRIES_MAX {
            assert!(pace.allows(now));
        }
        assert!(!pace.allows(now));
        assert!(pace.allows(now + SPAN));
    }
}
