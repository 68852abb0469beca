//! How connections are served: for everybody, and for programs that may show a certificate.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::version::{TLS12, TLS13};
use rustls::{ConfigBuilder, Error, ServerConfig, WantsVerifier};

use super::possession::Possession;
use super::server_certificate::ServerCertificate;

/// Pages and programs alike. Nobody is asked for a certificate: browsers would ask the person, whose lock's certificate
/// stands in the same list.
pub fn for_everybody(certificate: Arc<ServerCertificate>) -> Result<ServerConfig, Error> {
    let config = builder()?.with_no_client_auth();
    Ok(config.with_cert_resolver(certificate))
}

/// Programs, asked for a certificate.
pub fn for_programs(certificate: Arc<ServerCertificate>) -> Result<ServerConfig, Error> {
    let possession = Arc::new(Possession(Arc::new(default_provider())));
    let config = builder()?.with_client_cert_verifier(possession);
    Ok(config.with_cert_resolver(certificate))
}

fn builder() -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, Error> {
    let provider = Arc::new(default_provider());
    ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12])
}
