//! Certificates with all their facts (证书显示), the two of a pair side by side.
//!
//! Owns which facts are shown, how they are spelt, and which certificates make a pair. Does not judge.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::{Certificate, KeyUsage};
use pki::signature::PublicKey;

use crate::locks::Listing;
use crate::service::view::{self, seconds_since_epoch};
use crate::token::{CertificateFacts, CertificateKind, LockFacts};

/// One lock.
pub struct Lock {
    /// Names it among those present.
    pub id: String,
    /// What the window shows of it.
    pub view: view::Lock,
    /// Its certificates by whom they name.
    pub holders: Vec<Holder>,
}

/// Whom certificates of a lock name.
pub struct Holder {
    /// The name.
    pub name: String,
    /// Whether there is one for signing and one for encryption.
    pub is_pair: bool,
    /// Those for signing first.
    pub certificates: Vec<Shown>,
}

/// One certificate.
pub struct Shown {
    /// Names it within its lock.
    pub id: String,
    /// What it is for.
    pub kind: CertificateKind,
    /// The whole subject.
    pub subject: String,
    /// The whole issuer.
    pub issuer: String,
    /// Serial number, hex.
    pub serial_number: String,
    /// 证书Key号, if the lock tells it.
    pub key_number: Option<String>,
    /// First day of validity (Beijing time).
    pub not_before: String,
    /// Last day of validity (Beijing time).
    pub not_after: String,
    /// Days until its end; `None` if it has ended.
    pub days_left: Option<i64>,
    /// `SM2`, `RSA 2048`.
    pub key: String,
    /// The words of `KeyUsage`.
    pub usages: Vec<&'static str>,
    /// SHA-256 of the certificate, in pairs of digits.
    pub thumbprint: String,
    /// The certificate as PEM.
    pub pem: String,
}

/// All locks of a listing.
pub fn of_listing(listing: &Listing, now: SystemTime) -> Vec<Lock> {
    let now = seconds_since_epoch(now);
    listing
        .locks
        .iter()
        .map(|lock| of_lock(lock, now))
        .collect()
}

fn of_lock(lock: &LockFacts, now: i64) -> Lock {
    let mut holders: Vec<(String, Holder)> = Vec::new();
    for facts in &lock.certificates {
        let subject = facts.certificate.subject().to_string();
        let shown = show(facts, now);
        match holders.iter_mut().find(|(known, _)| *known == subject) {
            Some((_, holder)) => holder.certificates.push(shown),
            None => holders.push((
                subject,
                Holder {
                    name: facts.subject_name(),
                    is_pair: false,
                    certificates: vec![shown],
                },
            )),
        }
    }
    let holders = holders.into_iter().map(|(_, mut holder)| {
        let rank = |shown: &Shown| match shown.kind {
            CertificateKind::Signing => 0,
            CertificateKind::Encryption => 1,
            CertificateKind::Other => 2,
        };
        holder.certificates.sort_by_key(rank);
        let has = |kind| holder.certificates.iter().any(|shown| shown.kind == kind);
        holder.is_pair = has(CertificateKind::Signing) && has(CertificateKind::Encryption);
        holder
    });
    Lock {
        id: lock.id.clone(),
        view: view::Lock::of(lock, now),
        holders: holders.collect(),
    }
}

fn show(facts: &CertificateFacts, now: i64) -> Shown {
    let certificate = &facts.certificate;
    Shown {
        id: facts.id.clone(),
        kind: facts.kind,
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial_number: certificate.serial_number().to_owned(),
        key_number: facts.key_number.clone(),
        not_before: view::day(certificate.not_before()),
        not_after: view::day(certificate.not_after()),
        days_left: days_left(certificate, now),
        key: key_name(*certificate.public_key()),
        usages: certificate.key_usage().map(usages).unwrap_or_default(),
        thumbprint: in_pairs(&certificate.thumbprint_sha256()),
        pem: pem(certificate),
    }
}

/// Whole days until the end, as the portal counts them; `None` once it has ended.
pub fn days_left(certificate: &Certificate, now: i64) -> Option<i64> {
    let seconds = certificate.not_after() - now;
    (seconds >= 0).then_some(seconds / 86_400)
}

fn key_name(key: PublicKey) -> String {
    match key {
        PublicKey::Rsa { modulus_bits } => format!("RSA {modulus_bits}"),
        PublicKey::P256 => "ECDSA P-256".to_owned(),
        PublicKey::P384 => "ECDSA P-384".to_owned(),
        PublicKey::Sm2 => "SM2".to_owned(),
        PublicKey::Unsupported => "?".to_owned(),
    }
}

/// The names of RFC 5280 §4.2.1.3.
fn usages(usage: KeyUsage) -> Vec<&'static str> {
    [
        (usage.digital_signature, "digitalSignature"),
        (usage.content_commitment, "nonRepudiation"),
        (usage.key_encipherment, "keyEncipherment"),
        (usage.data_encipherment, "dataEncipherment"),
        (usage.key_agreement, "keyAgreement"),
        (usage.key_cert_sign, "keyCertSign"),
        (usage.crl_sign, "cRLSign"),
    ]
    .into_iter()
    .filter_map(|(set, name)| set.then_some(name))
    .collect()
}

fn in_pairs(octets: &[u8]) -> String {
    let pairs: Vec<_> = octets.iter().map(|one| format!("{one:02X}")).collect();
    pairs.join(":")
}

/// RFC 7468 §5.
pub fn pem(certificate: &Certificate) -> String {
    let text = STANDARD.encode(certificate.der());
    let lines: Vec<String> = text
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
