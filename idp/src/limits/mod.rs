//! How much anybody may ask for: token buckets by address, platform and lock.
//!
//! Owns the counting and its bounds in memory. Knows no request: what counts toward which budget is `http/limit`'s. Each
//! process counts for itself; several copies together allow so many times as much.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::config::{Budget, LimitsConfig};

/// Whoever is quiet for so long has a full bucket again, and need not be remembered. Every bucket is full after a minute
/// as many times as its burst is more than what a minute gives.
const QUIET: Duration = Duration::from_mins(10);

/// Who goes on within so many seconds goes on with the same excess: it is written down once.
const PAUSE: i64 = 60;

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Of an address.
    Pages,
    /// Of an address.
    Proofs,
    /// Of an address.
    Endpoints,
    /// Of an address.
    Registrations,
    /// Of a platform.
    Platform,
    /// Of a lock.
    Lock,
}

impl Kind {
    /// The word in the audit trail.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Proofs => "proofs",
            Self::Endpoints => "endpoints",
            Self::Registrations => "registrations",
            Self::Platform => "platform",
            Self::Lock => "lock",
        }
    }
}

/// Whose requests are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Of whoever has this address.
    Address(IpAddr),
    /// Of a platform.
    Platform(String),
    /// Of a lock: the SHA-256 of its certificate.
    Lock([u8; 32]),
}

impl Whose {
    /// An address, as far as one party has it: of IPv6 everybody has 64 bits to choose from.
    pub fn of_address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// Somebody asked for too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// When to come again.
    pub seconds: u64,
    /// Whether this is the first of its kind for a while.
    pub is_new: bool,
}

struct Bucket {
    tokens: DefaultDirectRateLimiter,
    refused_at: AtomicI64,
}

/// The buckets of everybody who asked of late.
pub struct Limits {
    config: LimitsConfig,
    buckets: Cache<(Kind, Whose), Arc<Bucket>>,
}

impl Limits {
    /// Nobody has asked yet.
    pub fn new(config: &LimitsConfig) -> Self {
        let buckets = Cache::builder()
            .max_capacity(config.remembered)
            .time_to_idle(QUIET)
            // The default policy would not let strangers in beside those who come often: they would not be counted.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self {
            config: config.clone(),
            buckets,
        }
    }

    /// Takes one token. `now` is for telling one excess from the next.
    pub fn take(&self, kind: Kind, whose: Whose, now: i64) -> Result<(), Excess> {
        if !self.config.enabled {
            return Ok(());
        }
        let bucket = self
            .buckets
            .get_with((kind, whose), || Arc::new(self.bucket(kind)));
        let Err(until) = bucket.tokens.check() else {
            return Ok(());
        };
        let wait = until.wait_time_from(DefaultClock::default().now());
        let before = bucket.refused_at.swap(now, Ordering::Relaxed);
        Err(Excess {
            seconds: wait.as_secs().saturating_add(1),
            is_new: !(0..PAUSE).contains(&now.saturating_sub(before)),
        })
    }

    fn bucket(&self, kind: Kind) -> Bucket {
        let (burst, per_minute) = self.budget(kind).numbers();
        Bucket {
            tokens: RateLimiter::direct(quota(burst, per_minute)),
            refused_at: AtomicI64::new(i64::MIN),
        }
    }

    const fn budget(&self, kind: Kind) -> Budget {
        match kind {
            Kind::Pages => self.config.pages,
            Kind::Proofs => self.config.proofs,
            Kind::Endpoints => self.config.endpoints,
            Kind::Registrations => self.config.registrations,
            Kind::Platform => self.config.platforms,
            Kind::Lock => self.config.locks,
        }
    }
}

fn quota(burst: NonZeroU32, per_minute: NonZeroU32) -> Quota {
    Quota::per_minute(per_minute).allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(remembered: u64) -> Limits {
        let budget = Budget {
            burst: 3,
            per_minute: 60,
        };
        Limits::new(&LimitsConfig {
            pages: budget,
            locks: budget,
            remembered,
            ..LimitsConfig::default()
        })
    }

    fn address(text: &str) -> Whose {
        Whose::of_address(text.parse().unwrap())
    }

    #[test]
    fn one_uses_up_ones_own_and_nobody_elses() {
        let limits = limits(100);
        let take = |kind, whose, now| limits.take(kind, whose, now);
        for _ in 0..3 {
            assert_eq!(take(Kind::Pages, address("1.1.1.1"), 1000), Ok(()));
        }
        let excess = take(Kind::Pages, address("1.1.1.1"), 1000).unwrap_err();
        assert!(
            excess.is_new && (1..=2).contains(&excess.seconds),
            "{excess:?}"
        );
        assert!(
            !take(Kind::Pages, address("1.1.1.1"), 1059)
                .unwrap_err()
                .is_new
        );
        assert!(
            take(Kind::Pages, address("1.1.1.1"), 1119)
                .unwrap_err()
                .is_new
        );
        assert_eq!(take(Kind::Pages, address("1.1.1.2"), 1000), Ok(()));
        assert_eq!(take(Kind::Lock, address("1.1.1.1"), 1000), Ok(()));
    }

    #[test]
    fn an_ipv6_subscriber_is_one_whatever_address_they_take() {
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address("::ffff:1.1.1.1"), address("1.1.1.1"));
    }

    #[test]
    fn ever_new_strangers_do_not_fill_the_memory_and_are_counted_all_the_same() {
        let limits = limits(50);
        for n in 0..5000_u32 {
            let stranger = Whose::Platform(n.to_string());
            assert_eq!(limits.take(Kind::Pages, stranger, 0), Ok(()));
        }
        limits.buckets.run_pending_tasks();
        assert!(limits.buckets.entry_count() <= 50);
        let newcomer = || limits.take(Kind::Pages, address("1.1.1.1"), 0);
        assert!((0..4).map(|_| newcomer()).any(|taken| taken.is_err()));
    }

    #[test]
    fn switched_off_nothing_counts() {
        let limits = Limits::new(&LimitsConfig {
            enabled: false,
            ..LimitsConfig::default()
        });
        for _ in 0..100 {
            assert_eq!(limits.take(Kind::Lock, Whose::Lock([0; 32]), 0), Ok(()));
        }
    }
}
