//! Client authentication by a certificate (RFC 8705 §2): that of a CA, or one of the client's own making.
//!
//! Owns whom a certificate speaks for. That whoever showed it holds its key was proven when the connection began.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pki::anchors::TrustAnchors;
use pki::certificate::{AlternativeName, Certificate, KeyNumbers};
use pki::path::verify_client;
use pki::revocation::Revocation;
use serde_json::Value;

use super::TokenRefusal;
use crate::cx::Cx;
use crate::platform::TlsSubject;

/// A certificate whose key was proven, and what it may be judged by.
#[derive(Clone, Copy)]
pub struct ShownCertificate<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// What was shown with it.
    pub chain: &'a [Certificate],
    /// CAs whose word counts for `tls_client_auth`.
    pub authorities: &'a TrustAnchors,
}

/// `x5t#S256` of a certificate (RFC 8705 §3.1).
pub fn thumbprint(certificate: &Certificate) -> String {
    URL_SAFE_NO_PAD.encode(certificate.thumbprint_sha256())
}

/// `tls_client_auth`: a path to a trusted CA, and the registered name (§2.1).
pub(super) fn check_issued(
    cx: &Cx,
    subject: &TlsSubject,
    shown: &ShownCertificate<'_>,
) -> Result<(), TokenRefusal> {
    let verified = verify_client(
        shown.certificate,
        shown.authorities,
        shown.chain,
        &Revocation::NotChecked,
        cx.now.unix_seconds(),
    );
    if verified.is_err() {
        return Err(TokenRefusal::InvalidClient(
            "the client certificate was not issued by a trusted CA, or is not valid now",
        ));
    }
    is_for(shown.certificate, subject)
        .then_some(())
        .ok_or(TokenRefusal::InvalidClient(
            "the client certificate is for another subject than the registered one",
        ))
}

fn is_for(certificate: &Certificate, subject: &TlsSubject) -> bool {
    let names = || certificate.alternative_names().into_iter();
    match subject {
        TlsSubject::Dn(written) => certificate.has_subject(written),
        TlsSubject::SanDns(name) => {
            names().any(|n| matches!(n, AlternativeName::Dns(n) if n.eq_ignore_ascii_case(name)))
        }
        TlsSubject::SanUri(uri) => {
            names().any(|n| matches!(n, AlternativeName::Uri(n) if n == *uri))
        }
        TlsSubject::SanIp(address) => {
            names().any(|n| matches!(n, AlternativeName::Ip(n) if n == *address))
        }
        TlsSubject::SanEmail(address) => {
            names().any(|n| matches!(n, AlternativeName::Email(n) if is_same_mailbox(&n, address)))
        }
    }
}

/// RFC 5280 §7.5: the domain in any letter case, what stands before it to the character.
fn is_same_mailbox(one: &str, other: &str) -> bool {
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((name, host)), Some((other_name, other_host))) => {
            name == other_name && host.eq_ignore_ascii_case(other_host)
        }
        _ => false,
    }
}

/// `self_signed_tls_client_auth`: the certificate, or its key, is among the client's (§2.2). Who issued it says nothing.
pub(super) fn check_registered(
    cx: &Cx,
    keys: &Value,
    certificate: &Certificate,
) -> Result<(), TokenRefusal> {
    let now = cx.now.unix_seconds();
    if now < certificate.not_before() || now > certificate.not_after() {
        return Err(TokenRefusal::InvalidClient(
            "the client certificate is not valid now",
        ));
    }
    is_among(keys, certificate)
        .then_some(())
        .ok_or(TokenRefusal::InvalidClient(
            "the client certificate is not among the registered keys",
        ))
}

/// Whether a JWK Set holds this certificate, or its key.
pub fn is_among(keys: &Value, certificate: &Certificate) -> bool {
    let keys = keys.get("keys").and_then(Value::as_array);
    let is_registered = |key: &Value| match key.get("x5c") {
        // A certificate that is named is the one that counts.
        Some(x5c) => leaf(x5c).is_some_and(|der| der == certificate.der()),
        None => certificate
            .key_numbers()
            .is_some_and(|numbers| is_key(key, &numbers)),
    };
    keys.is_some_and(|keys| keys.iter().any(is_registered))
}

/// RFC 7517 §4.7: base64 of the certificate that has the key, before those above it.
fn leaf(x5c: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(x5c.get(0)?.as_str()?).ok()
}

fn is_key(key: &Value, numbers: &KeyNumbers) -> bool {
    let word = |name: &str| key.get(name).and_then(Value::as_str);
    let number = |name: &str| {
        let octets = URL_SAFE_NO_PAD.decode(word(name)?).ok()?;
        let significant = octets.into_iter().skip_while(|octet| *octet == 0);
        Some(significant.collect::<Vec<u8>>())
    };
    let is = |name: &str, octets: &[u8]| {
        let significant = octets.iter().copied().skip_while(|octet| *octet == 0);
        number(name).is_some_and(|number| number.into_iter().eq(significant))
    };
    match numbers {
        KeyNumbers::Rsa { modulus, exponent } => {
            word("kty") == Some("RSA") && is("n", modulus) && is("e", exponent)
        }
        KeyNumbers::P256 { x, y } => {
            word("kty") == Some("EC") && word("crv") == Some("P-256") && is("x", x) && is("y", y)
        }
    }
}
