//! Reaching `PostgreSQL`: the URL, whether to use TLS, and whom to trust.
//!
//! `sslmode=disable` speaks in clear. Every other mode (`require`, `verify-ca`, `verify-full`)
//! checks the server's chain and name: encrypting to an unknown server keeps nobody out, so
//! `require` is as strict as `verify-full` here. Without `sslmode` a server on this machine is
//! spoken to in clear, any other with `verify-full`. Roots: the file `sslrootcert` names, else the
//! operating system's.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::settings::OpenError;

/// A server that does not take the connection within this is away.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A server that acknowledges nothing for this long is away.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(10);

/// Where to connect and how.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: tokio_postgres::Config,
    /// Absent: in clear.
    pub(super) tls: Option<MakeRustlsConnect>,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut mode = None;
        let mut roots = None;
        let mut rest = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => roots = Some(value.into_owned()),
                _ => drop(rest.append_pair(&key, &value)),
            }
        }
        let mut config: tokio_postgres::Config = format!("{base}?{}", rest.finish())
            .parse()
            .map_err(|error: tokio_postgres::Error| OpenError::Url(error.to_string()))?;
        config
            .application_name("idp")
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(SILENCE_TIMEOUT)
            .tcp_user_timeout(SILENCE_TIMEOUT);
        let encrypted = match mode.as_deref() {
            Some("disable") => false,
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(other) => return Err(OpenError::Url(format!("unknown sslmode {other}"))),
            None => !config.get_hosts().iter().all(is_this_machine),
        };
        config.ssl_mode(if encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let tls = if encrypted {
            Some(connector(roots.as_deref())?)
        } else {
            None
        };
        Ok(Self { config, tls })
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn connector(roots: Option<&str>) -> Result<MakeRustlsConnect, OpenError> {
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| OpenError::Roots(error.to_string()))?
            .with_root_certificates(trusted(roots)?)
            .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn trusted(roots: Option<&str>) -> Result<RootCertStore, OpenError> {
    let mut store = RootCertStore::empty();
    if let Some(path) = roots {
        let unreadable =
            |error: &dyn std::fmt::Display| OpenError::Roots(format!("{path}: {error}"));
        let certificates = CertificateDer::pem_file_iter(path).map_err(|e| unreadable(&e))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|e| unreadable(&e))?;
            store.add(certificate).map_err(|e| unreadable(&e))?;
        }
    } else {
        // One odd certificate of the system does not spoil the others.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if store.is_empty() {
        return Err(OpenError::Roots("none found".into()));
    }
    Ok(store)
}
