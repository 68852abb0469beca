//! `[tls]`: the provider's own TLS, and certificates that platforms show (RFC 8705).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use actix_web::http::header::HeaderName;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Config, ConfigError};

/// `[tls]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// PEM file: the server's certificate first, then those above it. Empty: TLS is ended by a proxy.
    pub certificate: PathBuf,
    /// PEM file with its key.
    pub key: PathBuf,
    /// Addresses where programs are asked for a certificate of their own. Browsers never are.
    pub mtls_listen: Vec<SocketAddr>,
    /// The origin by which platforms reach those. Empty: the issuer's host with the first one's port.
    pub mtls_origin: String,
    /// PEM file with the CAs of `tls_client_auth`.
    pub client_ca_file: PathBuf,
    /// Header in which a trusted proxy says what certificate it was shown. Empty: none is believed.
    pub client_certificate_header: String,
}

impl TlsConfig {
    /// Whether the provider ends TLS itself.
    pub fn is_own(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }

    /// Whether there is a way for a platform to show a certificate.
    pub fn takes_certificates(&self) -> bool {
        !self.mtls_listen.is_empty() || !self.client_certificate_header.is_empty()
    }

    /// Paths in the file are relative to the file.
    pub(super) fn resolve_from(&mut self, folder: &Path) {
        for path in [
            &mut self.certificate,
            &mut self.key,
            &mut self.client_ca_file,
        ] {
            if !path.as_os_str().is_empty() {
                *path = folder.join(&*path);
            }
        }
    }
}

impl Config {
    /// Where platforms show certificates, if that is elsewhere than everything else.
    pub fn mtls_origin(&self) -> Option<String> {
        if !self.tls.takes_certificates() {
            return None;
        }
        if !self.tls.mtls_origin.is_empty() {
            return Some(self.tls.mtls_origin.clone());
        }
        let port = self.tls.mtls_listen.first()?.port();
        let mut origin = Url::parse(&self.issuer).ok()?;
        origin.set_port(Some(port)).ok()?;
        Some(origin.origin().ascii_serialization())
    }

    /// What of `[tls]` fits together, without a look at its files.
    pub(super) fn check_tls(&self) -> Result<(), ConfigError> {
        let tls = &self.tls;
        let wrong = |key, problem: &str| {
            let problem = problem.to_owned();
            Err(ConfigError::Value { key, problem })
        };
        if tls.is_own() == tls.key.as_os_str().is_empty() {
            return wrong("tls.key", "certificate and key go together");
        }
        if tls.is_own() && !self.is_https() {
            return wrong("issuer", "must be https where [tls] has a certificate");
        }
        if !tls.mtls_listen.is_empty() && !tls.is_own() {
            return wrong("tls.mtls_listen", "needs tls.certificate and tls.key");
        }
        if tls.mtls_listen.iter().any(|at| self.listen.contains(at)) {
            return wrong(
                "tls.mtls_listen",
                "must be other addresses than `listen`: browsers would ask people for certificates",
            );
        }
        if !tls.mtls_origin.is_empty() && !is_https_origin(&tls.mtls_origin) {
            return wrong(
                "tls.mtls_origin",
                "must be an https origin without path or trailing slash",
            );
        }
        if tls.client_certificate_header.is_empty() {
            return Ok(());
        }
        if self.http.trusted_proxies.is_empty() {
            return wrong(
                "tls.client_certificate_header",
                "needs http.trusted_proxies: anybody can send a header",
            );
        }
        match HeaderName::try_from(&tls.client_certificate_header) {
            Ok(_) => Ok(()),
            Err(_) => wrong("tls.client_certificate_header", "is no name of a header"),
        }
    }
}

fn is_https_origin(text: &str) -> bool {
    let url = Url::parse(text).ok();
    url.is_some_and(|url| url.scheme() == "https" && url.origin().ascii_serialization() == text)
}
