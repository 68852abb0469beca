//! `[portal]` and `[agent]`: what pages say of the support desk, and of the agent beside the lock.

use serde::{Deserialize, Serialize};

/// `[agent]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// Loopback ports a page tries, in order.
    pub ports: Vec<u16>,
    /// What the driver page offers for download.
    pub downloads: Vec<DownloadConfig>,
}

/// `[[agent.downloads]]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadConfig {
    /// Operating system, as people call it.
    pub system: String,
    /// Version.
    pub version: String,
    /// Size, as people read it.
    pub size: String,
    /// Where it is.
    pub href: String,
    /// SHA-256, hexadecimal.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// `[portal]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PortalConfig {
    /// Telephone of the support desk.
    pub support_phone: Option<String>,
    /// Mail address of the support desk.
    pub support_email: Option<String>,
    /// Its hours.
    pub support_hours: Option<String>,
    /// Shows that this is a demonstration.
    pub demo: bool,
}
