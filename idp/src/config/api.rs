//! `[api]`: the admin API.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[api]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiConfig {
    /// Whether there is one. `console.allowed_addresses` hold for it too.
    pub enabled: bool,
    /// Seconds that an operator's token lives.
    pub token_lifetime: u64,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            token_lifetime: 600,
        }
    }
}

impl ApiConfig {
    /// A token that lies about must not serve for long.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (60..=3600).contains(&self.token_lifetime) {
            return Ok(());
        }
        Err(ConfigError::Value {
            key: "api.token_lifetime",
            problem: "60 to 3600 seconds".to_owned(),
        })
    }
}
