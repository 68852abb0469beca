//! How a client proves itself, and its keys, by its metadata.

use core::net::IpAddr;

use protocol::registration::ClientMetadata;

use super::super::client_keys::usable_keys;
use super::problem::{MetadataProblem, bad};
use crate::platform::authentication::{CERTIFICATE_METHODS, METHODS};
use crate::platform::{Client, ClientAuthentication, ClientKeys, TlsSubject};

/// Longest name of a certificate's holder, in octets.
const SUBJECT_MAX: usize = 500;

/// `token_endpoint_auth_method`, and what belongs to it.
pub(super) fn authentication(
    metadata: &ClientMetadata,
    before: &Client,
) -> Result<ClientAuthentication, MetadataProblem> {
    const NAME: &str = "token_endpoint_auth_method";
    let method = metadata.token_endpoint_auth_method.as_deref();
    Ok(match method.unwrap_or("client_secret_basic") {
        "client_secret_basic" | "client_secret_post" => match &before.authentication {
            secret @ ClientAuthentication::ClientSecret { .. } => secret.clone(),
            // Nothing has this digest: nobody proves themselves until the caller puts one in.
            _ => ClientAuthentication::ClientSecret {
                sha256: String::new(),
                previous: None,
            },
        },
        "private_key_jwt" => ClientAuthentication::PrivateKeyJwt,
        "none" => ClientAuthentication::None,
        "self_signed_tls_client_auth" => ClientAuthentication::SelfSignedTlsClientAuth,
        "tls_client_auth" => ClientAuthentication::TlsClientAuth {
            subject: tls_subject(metadata)?,
        },
        _ => {
            let words = [&METHODS[..], &CERTIFICATE_METHODS].concat();
            return bad(NAME, format!("must be one of {}", words.join(", ")));
        }
    })
}

/// RFC 8705 §2.1.2: exactly one of the five.
fn tls_subject(metadata: &ClientMetadata) -> Result<TlsSubject, MetadataProblem> {
    let ip = match metadata.tls_client_auth_san_ip.as_deref() {
        None => None,
        Some(text) => match text.parse::<IpAddr>() {
            Ok(address) => Some(TlsSubject::SanIp(address)),
            Err(_) => return bad("tls_client_auth_san_ip", "is no IP address"),
        },
    };
    let text = |value: &Option<String>, make: fn(String) -> TlsSubject| {
        let value = value
            .clone()
            .filter(|text| !text.trim().is_empty() && text.len() <= SUBJECT_MAX);
        value.map(make)
    };
    let mut named = [
        text(&metadata.tls_client_auth_subject_dn, TlsSubject::Dn),
        text(&metadata.tls_client_auth_san_dns, TlsSubject::SanDns),
        text(&metadata.tls_client_auth_san_uri, TlsSubject::SanUri),
        text(&metadata.tls_client_auth_san_email, TlsSubject::SanEmail),
        ip,
    ]
    .into_iter()
    .flatten();
    let written = metadata.tls_client_auth_subject_dn.as_deref();
    if !written.is_none_or(pki::name::is_name) {
        return bad(
            "tls_client_auth_subject_dn",
            "is no name as RFC 4514 writes it",
        );
    }
    match (named.next(), named.next()) {
        (Some(subject), None) => Ok(subject),
        _ => bad(
            "tls_client_auth",
            "needs exactly one subject or subject alternative name",
        ),
    }
}

/// `jwks` or `jwks_uri`.
pub(super) fn keys(metadata: &ClientMetadata) -> Result<Option<ClientKeys>, MetadataProblem> {
    match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(_), Some(_)) => bad("jwks", "and jwks_uri exclude one another (RFC 7591 §2)"),
        (Some(jwks), None) => match usable_keys(jwks) {
            Ok(jwks) => Ok(Some(ClientKeys::Jwks(jwks))),
            Err(problem) => bad("jwks", problem.to_string()),
        },
        (None, Some(uri)) => Ok(Some(ClientKeys::JwksUri(uri.clone()))),
        (None, None) => Ok(None),
    }
}
