//! `[revocation]`: how what CAs took back is kept up.

use serde::{Deserialize, Serialize};

use super::AddressRange;

/// `[revocation]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RevocationSettings {
    /// Files are looked at this often, in seconds.
    pub watch_seconds: u64,
    /// Lists are fetched, and responders asked anew about bound locks, at least this often, in seconds.
    pub fetch_seconds: u64,
    /// Fetching one list takes at most this long, in seconds.
    pub timeout_seconds: u64,
    /// Addresses within this machine and its networks that sources may have. Without it, public ones alone.
    pub allow_addresses: Vec<AddressRange>,
}

impl Default for RevocationSettings {
    fn default() -> Self {
        Self {
            watch_seconds: 10,
            fetch_seconds: 600,
            timeout_seconds: 60,
            allow_addresses: Vec::new(),
        }
    }
}

/// `[metrics]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Whether `/metrics` answers, to whoever reaches the listener.
    pub enabled: bool,
}
