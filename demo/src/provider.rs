//! The identity provider's configuration.
//!
//! Owns what the demonstration sets; everything else is the product's default.

use idp::config::{Config, DownloadConfig};

use crate::error::DemoError;
use crate::pki::SamplePki;
use crate::ports;
use crate::state::State;

/// Everything embedded, with the sample CAs in its registry.
pub(crate) fn config(state: &State, issuer: &str, pki: &SamplePki) -> Result<Config, DemoError> {
    let mut config = Config::embedded(issuer, state.provider());
    config.certificate_authorities = pki.registry()?;
    config.agent.ports = vec![state.remembered.ports.agent];
    config.agent.downloads = vec![DownloadConfig {
        system: "演示环境：驱动已启动，无需下载 · demo: already running".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        size: "—".to_owned(),
        href: ports::origin(state.remembered.ports.agent),
        sha256: None,
    }];
    config.portal.demo = true;
    config.portal.support_phone = Some("0471-0000000".to_owned());
    Ok(config)
}
