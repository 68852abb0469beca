//! `[http]`: the server, and what proxies before it are believed.

use serde::{Deserialize, Serialize};

use super::AddressRange;

/// `[http]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Worker threads; 0: one a core.
    pub workers: usize,
    /// Addresses of proxies whose `X-Forwarded-For` names the other side, and whose
    /// `tls.client_certificate_header` its certificate.
    pub trusted_proxies: Vec<AddressRange>,
    /// In which header they say who is on the other side.
    pub forwarded_header: ForwardedHeader,
}

/// Where proxies say who is on the other side. One alone is believed: a proxy that sets one lets the other through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}
