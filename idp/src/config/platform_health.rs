//! `[platform_health]`: how often the addresses of platforms are looked at.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Nobody is looked at more often than so, in seconds: a look has to be over before the next one.
const LEAST_SECONDS: u64 = 60;

/// `[platform_health]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlatformHealthConfig {
    /// Whether they are looked at at all.
    pub enabled: bool,
    /// How often, in seconds.
    pub every_seconds: u64,
    /// How many side by side.
    pub at_a_time: usize,
}

impl Default for PlatformHealthConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            every_seconds: 300,
            at_a_time: 4,
        }
    }
}

impl PlatformHealthConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, problem: &str| ConfigError::Value {
            key,
            problem: problem.to_owned(),
        };
        if self.every_seconds < LEAST_SECONDS {
            return Err(wrong(
                "platform_health.every_seconds",
                "must be at least 60",
            ));
        }
        if self.at_a_time == 0 {
            return Err(wrong("platform_health.at_a_time", "must be at least 1"));
        }
        Ok(())
    }
}
