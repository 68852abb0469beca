//! The identity provider's configuration.
//!
//! Owns what the demonstration sets; everything else is the product's default.

use idp::config::Config;

use crate::error::DemoError;
use crate::pki::SamplePki;
use crate::state::State;

/// Everything embedded, with the sample CAs in its registry.
pub(crate) fn config(state: &State, issuer: &str, pki: &SamplePki) -> Result<Config, DemoError> {
    let mut config = Config::embedded(issuer, state.provider());
    config.certificate_authorities = pki.registry()?;
    config.agent.ports = vec![state.remembered.ports.agent];
    // The platforms, which are told of sign-outs, are on this machine.
    config.outbound.allow_loopback = true;
    config.api.enabled = true;
    config.portal.demo = true;
    config.portal.support_phone = Some("0471-0000000".to_owned());
    Ok(config)
}
