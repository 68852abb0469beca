//! Claims of an assertion, a client's or an operator's (RFC 7523 §3), and when it counts.

use protocol::claims::Audience;
use serde::Deserialize;

use crate::timestamp::Timestamp;

/// Seconds by which clocks may differ.
const SKEW_SECONDS: i64 = 60;

/// Longest `jti`, in octets.
const JTI_MAX: usize = 256;

/// The claims that both kinds have.
#[derive(Deserialize)]
pub(super) struct AssertionClaims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    pub(super) jti: String,
}

/// Why an assertion does not count at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untimely {
    /// Its time is over.
    Expired,
    /// `exp` is too far ahead.
    TooFarAhead,
    /// `iat` or `nbf` is in the future.
    NotYet,
}

impl AssertionClaims {
    /// Whether it counts now; `exp` may be so many seconds ahead.
    pub(super) fn check_time(&self, now: Timestamp, ahead: i64) -> Result<(), Untimely> {
        let now = now.unix_seconds();
        let begins = self.nbf.into_iter().chain(self.iat).max();
        if self.exp.saturating_add(SKEW_SECONDS) <= now {
            return Err(Untimely::Expired);
        }
        if self.exp > now.saturating_add(ahead + SKEW_SECONDS) {
            return Err(Untimely::TooFarAhead);
        }
        if begins.is_some_and(|begins| begins > now.saturating_add(SKEW_SECONDS)) {
            return Err(Untimely::NotYet);
        }
        Ok(())
    }

    /// Whether its `jti` is one that can be remembered.
    pub(super) const fn has_jti(&self) -> bool {
        !self.jti.is_empty() && self.jti.len() <= JTI_MAX
    }

    /// Until when it would count if it came again.
    pub(super) const fn counts_until(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.exp.saturating_add(SKEW_SECONDS))
    }
}
