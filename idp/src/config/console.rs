//! `[console]`: where operators work.

use serde::{Deserialize, Serialize};

use super::AddressRange;

/// `[console]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleConfig {
    /// Whether there is one.
    pub enabled: bool,
    /// Addresses it is served to; empty: any. To all others it is not there.
    pub allowed_addresses: Vec<AddressRange>,
    /// Seconds without a request after which an operator's session ends.
    pub session_idle: u64,
    /// Seconds after which it ends in any case.
    pub session_absolute: u64,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            allowed_addresses: Vec::new(),
            session_idle: 15 * 60,
            session_absolute: 4 * 3600,
        }
    }
}
