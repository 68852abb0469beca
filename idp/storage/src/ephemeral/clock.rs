//! Time for lifetimes: monotonic, so that a stepping wall clock changes nothing.

use std::time::{Duration, Instant};

/// Time since a moment of the clock's own choosing; never goes back.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Duration;
}

/// The machine's monotonic clock.
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}
