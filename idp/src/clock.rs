//! The one place that asks the machine for time and randomness.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use idp_core::cx::{Cx, Rng, Settings};
use idp_core::timestamp::Timestamp;

/// Now.
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The operating system's generator, through the cryptography library.
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, buffer: &mut [u8]) {
        if aws_lc_rs::rand::fill(buffer).is_err() {
            // Codes, cookies and nonces would be guessable: nothing may go on.
            std::process::abort();
        }
    }
}

/// The outside of a request that comes now.
pub fn cx(settings: &Arc<Settings>, rng: &Arc<dyn Rng>) -> Cx {
    Cx {
        now: now(),
        rng: Arc::clone(rng),
        settings: Arc::clone(settings),
    }
}
