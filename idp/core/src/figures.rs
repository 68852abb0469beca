//! Figures: how much happened in each hour, so that the dashboard reads no audit trail.
//!
//! Owns what is counted and that each event is counted once: what was counted up to is written with the counts, compared and set.
//! Knows no clock: hours are those of the events.

use std::collections::BTreeMap;

use crate::audit::AuditKind;
use crate::id::PlatformId;
use crate::timestamp::Timestamp;

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// Longest reason that is counted by itself, in octets.
const REASON_MAX: usize = 64;

/// An hour, counted since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub i64);

impl Hour {
    /// The hour of a moment.
    pub const fn of(at: Timestamp) -> Self {
        Self(at.unix_millis().div_euclid(HOUR))
    }

    /// When it begins.
    pub const fn begins(self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.saturating_mul(HOUR))
    }
}

/// Of an event, what is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventToCount {
    /// Its place in the order.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AuditKind,
    /// Where.
    pub platform_id: Option<PlatformId>,
    /// Why.
    pub reason: Option<String>,
}

/// What events are counted under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Under {
    /// When.
    pub hour: Hour,
    /// What: the word of the kind.
    pub kind: &'static str,
    /// Where; empty: at none.
    pub platform_id: String,
    /// Why it failed; empty for what did not.
    pub reason: String,
}

/// The first half of a handshake, not a failure (RFC 9449 §8).
const NONCE_ASKED: &str = "use_dpop_nonce";

/// Counts events.
pub fn count(events: &[EventToCount]) -> BTreeMap<Under, i64> {
    let mut counts = BTreeMap::new();
    for event in events {
        let reason = event.reason.as_deref().filter(|_| event.kind.is_failure());
        if reason == Some(NONCE_ASKED) {
            continue;
        }
        let under = Under {
            hour: Hour::of(event.at),
            kind: event.kind.as_str(),
            platform_id: event
                .platform_id
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            reason: reason
                .filter(|reason| is_word(reason))
                .unwrap_or_default()
                .to_owned(),
        };
        *counts.entry(under).or_insert(0) += 1;
    }
    counts
}

/// Machine words alone are counted by themselves: what people wrote is nobody's figure, and has no end.
fn is_word(reason: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_.".contains(&c);
    reason.len() <= REASON_MAX && reason.bytes().all(is_plain)
}

/// Events of one hour at one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourFigure {
    /// When.
    pub hour: Hour,
    /// Where; `None`: at none.
    pub platform_id: Option<PlatformId>,
    /// How many.
    pub events: i64,
}

/// Failures of one kind for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureFigure {
    /// What failed.
    pub kind: AuditKind,
    /// Why; empty: none that is a word.
    pub reason: String,
    /// How many.
    pub events: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: AuditKind, reason: &str) -> EventToCount {
        EventToCount {
            sequence: 1,
            at: Timestamp::from_unix_millis(HOUR * 3 - 1),
            kind,
            platform_id: None,
            reason: Some(reason.into()),
        }
    }

    #[test]
    fn reasons_of_failures_are_counted_where_they_are_words() {
        let counts = count(&[
            event(AuditKind::LoginRefused, "certificate-expired"),
            event(AuditKind::LoginRefused, "certificate-expired"),
            event(AuditKind::LoginRefused, "张三 said so"),
            event(AuditKind::EnterpriseFrozen, "fraud"),
            event(AuditKind::TokenRefused, "invalid_grant"),
            event(AuditKind::TokenRefused, "use_dpop_nonce"),
        ]);
        let seen: Vec<_> = counts
            .iter()
            .map(|(under, events)| (under.hour.0, under.kind, under.reason.as_str(), *events))
            .collect();
        assert_eq!(
            seen,
            [
                (2, "enterprise.frozen", "", 1),
                (2, "login.refused", "", 1),
                (2, "login.refused", "certificate-expired", 2),
                (2, "token.refused", "invalid_grant", 1),
            ]
        );
    }
}
