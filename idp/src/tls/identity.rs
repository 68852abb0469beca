//! The server's certificate and key, as their files hold them at one moment.
//!
//! Owns what must fit before they are used, and what works but hardly as meant.

use std::path::Path;
use std::sync::Arc;

use pki::certificate::Certificate;
use rustls::client::verify_server_name;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use crate::config::TlsConfig;

/// A certificate that ends within so many days is worth a warning.
pub const WARN_DAYS: i64 = 14;

const DAY: i64 = 86_400;

/// The octets of both files.
pub(super) struct Files {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
}

impl Files {
    pub(super) fn read(tls: &TlsConfig) -> Result<Self, String> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
        };
        Ok(Self {
            certificate: read(&tls.certificate)?,
            key: read(&tls.key)?.into(),
        })
    }
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Identity {
    pub(super) key: Arc<CertifiedKey>,
    chain: Vec<Certificate>,
}

impl Identity {
    /// Reads both files: the key is the certificate's.
    pub fn load(tls: &TlsConfig) -> Result<Self, String> {
        Self::of(tls, &Files::read(tls)?)
    }

    pub(super) fn of(tls: &TlsConfig, files: &Files) -> Result<Self, String> {
        let certificate = |why: String| format!("{}: {why}", tls.certificate.display());
        let key = |why: String| format!("{}: {why}", tls.key.display());
        let read = Certificate::each_of(&files.certificate).into_iter();
        let chain = read.collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|e| certificate(e.to_string()))?;
        if chain.is_empty() {
            return Err(certificate("holds no certificate".to_owned()));
        }
        let ders = chain.iter().map(|c| CertificateDer::from(c.der().to_vec()));
        let private = PrivateKeyDer::from_pem_slice(&files.key).map_err(|e| key(e.to_string()))?;
        let certified = CertifiedKey::from_der(ders.collect(), private, &default_provider());
        let certified = certified.map_err(|e| key(format!("does not fit the certificate: {e}")))?;
        Ok(Self {
            key: Arc::new(certified),
            chain,
        })
    }

    /// The last second of the first certificate of the chain that ends.
    pub fn not_after(&self) -> i64 {
        let ends = self.chain.iter().map(Certificate::not_after);
        ends.min().unwrap_or_default()
    }

    /// Days until it ends; negative: since it ended.
    pub fn days_left(&self, now: i64) -> i64 {
        (self.not_after() - now).div_euclid(DAY)
    }

    /// What works, but hardly as meant: for platforms and browsers that reach the provider by this host.
    pub fn warnings(&self, host: &str, now: i64) -> Vec<String> {
        let mut warnings = Vec::new();
        let days = self.days_left(now);
        if days < 0 {
            warnings.push("the certificate, or one above it, has ended".to_owned());
        } else if days < WARN_DAYS {
            warnings.push(format!("the certificate ends in {days} day(s)"));
        }
        if !self.names(host) {
            warnings.push(format!(
                "the certificate does not name {host}, the issuer's host: nobody will trust it"
            ));
        }
        for (one, next) in self.chain.iter().zip(self.chain.iter().skip(1)) {
            if one.issuer() != next.subject() {
                warnings.push(format!(
                    "{} is followed by {}, which did not issue it",
                    one.subject(),
                    next.subject()
                ));
            }
        }
        warnings
    }

    fn names(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let (Some(der), Ok(name)) = (self.key.cert.first(), ServerName::try_from(host)) else {
            return false;
        };
        ParsedCertificate::try_from(der).is_ok_and(|cert| verify_server_name(&cert, &name).is_ok())
    }
}
