//! The certificate that a program shows with a request: in its own TLS handshake, or as a trusted proxy says (RFC 9440).
//!
//! Owns who is believed. A header counts from the configured addresses alone; from everybody else it is as if it were not
//! there, however it is spelt. From those addresses nothing else counts, whether or not a header is configured: their
//! connections show the proxy's certificate. A header tells of one certificate, without those above it.

use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::token::certificate_authentication::{self, ShownCertificate};
use pki::certificate::Certificate;

use super::client_address::is_from_proxy;
use super::form::pairs;
use crate::state::AppState;
use crate::tls::ShownChain;

/// A certificate whose key was proven, with what was shown beside it.
pub struct ClientCertificate {
    certificate: Certificate,
    chain: Vec<Certificate>,
}

/// What came is no certificate, or came twice.
#[derive(Debug)]
pub struct Unreadable;

impl ClientCertificate {
    /// As the core judges it.
    pub fn shown<'a>(&'a self, state: &'a AppState) -> ShownCertificate<'a> {
        ShownCertificate {
            certificate: &self.certificate,
            chain: &self.chain,
            authorities: &state.client_authorities,
        }
    }

    /// `x5t#S256`
    pub fn thumbprint(&self) -> String {
        certificate_authentication::thumbprint(&self.certificate)
    }
}

/// The certificate of a request; `None`: none was shown.
pub fn client_certificate(
    state: &AppState,
    request: &HttpRequest,
) -> Result<Option<ClientCertificate>, Unreadable> {
    let name = state.config.tls.client_certificate_header.as_str();
    if is_from_proxy(request, state) {
        return if name.is_empty() {
            Ok(None)
        } else {
            told(request, name)
        };
    }
    let Some(ShownChain(shown)) = request.conn_data::<ShownChain>() else {
        return Ok(None);
    };
    let read = shown.iter().map(|der| Certificate::from_der(der));
    let mut chain = read
        .collect::<Result<Vec<_>, _>>()
        .or(Err(Unreadable))?
        .into_iter();
    Ok(chain.next().map(|certificate| ClientCertificate {
        certificate,
        chain: chain.collect(),
    }))
}

/// What a proxy says, once and whole.
fn told(request: &HttpRequest, name: &str) -> Result<Option<ClientCertificate>, Unreadable> {
    let mut values = request.headers().get_all(name);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Unreadable);
    }
    let value = value.to_str().or(Err(Unreadable))?.trim();
    if value.is_empty() {
        return Ok(None);
    }
    Ok(Some(ClientCertificate {
        certificate: read(value).ok_or(Unreadable)?,
        chain: Vec::new(),
    }))
}

/// RFC 9440 §2.2 (`:base64 of the DER:`), or PEM with percent escapes, as nginx writes `$ssl_client_escaped_cert`.
fn read(value: &str) -> Option<Certificate> {
    if let Some(binary) = value.strip_prefix(':') {
        let der = STANDARD.decode(binary.strip_suffix(':')?).ok()?;
        return Certificate::from_der(&der).ok();
    }
    let escaped = format!("pem={}", value.replace('+', "%2B").replace('&', "%26"));
    let (_, pem) = pairs(escaped.as_bytes()).into_iter().next()?;
    let mut certificates = Certificate::from_pem(&pem).ok()?.into_iter();
    let certificate = certificates.next()?;
    certificates.next().is_none().then_some(certificate)
}
