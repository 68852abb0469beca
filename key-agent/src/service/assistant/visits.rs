//! The tokens of the assistant's forms: one for each page that was shown, good for one press of one button.
//!
//! Knows no clock: time is an argument. Does not know what a form does.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Most pages that are remembered; the oldest gives way.
const VISITS_MAX: usize = 128;

/// How long a page may lie open before its buttons stop.
const LIMIT: Duration = Duration::from_hours(8);

/// All pages with forms that are open.
#[derive(Default)]
pub(super) struct Visits {
    /// By the digest of the token, so that the time of a search tells nothing about the token.
    shown: HashMap<[u8; 32], Instant>,
}

impl Visits {
    /// A token for a page; nothing if the system has no randomness.
    pub(super) fn issue(&mut self, now: Instant) -> Option<String> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).ok()?;
        self.shown
            .retain(|_, shown| now.duration_since(*shown) < LIMIT);
        if self.shown.len() >= VISITS_MAX {
            let oldest = self.shown.iter().min_by_key(|(_, shown)| **shown);
            let oldest = *oldest?.0;
            self.shown.remove(&oldest);
        }
        let token = URL_SAFE_NO_PAD.encode(octets);
        self.shown.insert(digest(&token), now);
        Some(token)
    }

    /// Takes a token: the second time it is none.
    pub(super) fn take(&mut self, token: &str, now: Instant) -> bool {
        let shown = self.shown.remove(&digest(token));
        shown.is_some_and(|shown| now.duration_since(shown) < LIMIT)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_counts_once_and_not_for_ever() {
        let now = Instant::now();
        let mut visits = Visits::default();
        let token = visits.issue(now).unwrap();
        assert!(!visits.take("", now));
        assert!(visits.take(&token, now));
        assert!(!visits.take(&token, now));
        let late = visits.issue(now).unwrap();
        assert!(!visits.take(&late, now + LIMIT));
    }

    #[test]
    fn visits_are_bounded() {
        let now = Instant::now();
        let mut visits = Visits::default();
        for _ in 0..VISITS_MAX * 2 {
            visits.issue(now).unwrap();
        }
        assert_eq!(visits.shown.len(), VISITS_MAX);
    }
}
