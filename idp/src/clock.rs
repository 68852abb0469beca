//! The one place that asks the machine for time and randomness; and how a moment is written for programs.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use idp_core::cx::{Cx, Rng, Settings};
use idp_core::timestamp::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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

/// A moment as RFC 3339 writes it, in UTC and whole seconds.
pub fn rfc3339(at: Timestamp) -> String {
    utc(at).format(&Rfc3339).unwrap_or_default()
}

/// The moment that such a text names.
pub fn read_rfc3339(text: &str) -> Result<Timestamp, time::error::Parse> {
    let read = OffsetDateTime::parse(text, &Rfc3339)?;
    Ok(Timestamp::from_unix_seconds(read.unix_timestamp()))
}

/// A moment as calendars have it.
pub fn utc(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.unix_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc() {
        let at = Timestamp::from_unix_millis(1_795_000_000_999);
        assert_eq!(rfc3339(at), "2026-11-18T11:06:40Z");
    }
}
