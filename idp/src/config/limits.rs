//! `[limits]`: how much anybody may ask for in how short a time. Why each default is what it is: `docs/CONFIGURATION.md`.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[limits]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Whether any of them counts.
    pub enabled: bool,
    /// Who is remembered at most; whoever was quiet longest is forgotten first.
    pub remembered: u64,
    /// Of one address: pages, challenges, authorization requests.
    pub pages: Budget,
    /// Of one address: forms with a signature, and what else is sent.
    pub proofs: Budget,
    /// Of one address: what programs ask (token, userinfo and their like).
    pub endpoints: Budget,
    /// Of one address: registrations of platforms.
    pub registrations: Budget,
    /// Of one platform that proved itself.
    pub platforms: Budget,
    /// Of one lock that proved itself.
    pub locks: Budget,
}

/// So many at once, and so many a minute from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// At once.
    pub burst: u32,
    /// How many come back in a minute.
    pub per_minute: u32,
}

impl Budget {
    const fn of(burst: u32, per_minute: u32) -> Self {
        Self { burst, per_minute }
    }

    /// As a bucket wants it. Checked when the configuration was read: never zero.
    pub fn numbers(self) -> (NonZeroU32, NonZeroU32) {
        let number = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        (number(self.burst), number(self.per_minute))
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            remembered: 50_000,
            pages: Budget::of(3000, 3000),
            proofs: Budget::of(600, 600),
            endpoints: Budget::of(12_000, 12_000),
            registrations: Budget::of(20, 20),
            platforms: Budget::of(30_000, 30_000),
            locks: Budget::of(20, 20),
        }
    }
}

impl LimitsConfig {
    /// Nothing may be allowed to nobody.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let numbers: [(&'static str, u64); 7] = [
            ("limits.remembered", self.remembered),
            ("limits.pages", self.pages.least()),
            ("limits.proofs", self.proofs.least()),
            ("limits.endpoints", self.endpoints.least()),
            ("limits.registrations", self.registrations.least()),
            ("limits.platforms", self.platforms.least()),
            ("limits.locks", self.locks.least()),
        ];
        match numbers.into_iter().find(|(_, number)| *number == 0) {
            Some((key, _)) => Err(ConfigError::Value {
                key,
                problem: "must be at least 1; limits.enabled = false switches all of them off"
                    .to_owned(),
            }),
            None => Ok(()),
        }
    }
}

impl Budget {
    fn least(self) -> u64 {
        u64::from(self.burst.min(self.per_minute))
    }
}
