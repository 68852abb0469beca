//! `[outbound]`: what the provider reaches of its own accord.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::AddressRange;

/// `[outbound]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutboundConfig {
    /// Addresses within this machine and its networks that platforms may have. Without it, public ones alone.
    pub allow_addresses: Vec<AddressRange>,
    /// Whether platforms may be on this machine itself, by plain http too. For development and tests alone.
    pub allow_loopback: bool,
    /// PEM file with certificates that are trusted beside the machine's own when something is reached by https; empty: none.
    pub ca_file: PathBuf,
    /// One call to a platform takes at most this long, in seconds.
    pub timeout_seconds: u64,
}

impl OutboundConfig {
    /// How long one call to a platform may take.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            allow_addresses: Vec::new(),
            allow_loopback: false,
            ca_file: PathBuf::new(),
            timeout_seconds: 5,
        }
    }
}
