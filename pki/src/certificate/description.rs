//! Everything a certificate says, for a person who has never seen one of its CA: names with their string types, key,
//! uses, and every extension with each way it can be read.
//!
//! Owns no judgement. Texts are clean as everywhere in this crate, and cut where they are long.

use serde::Serialize;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use super::Certificate;
use crate::holder::profile::Decoding;
use crate::holder::readings;
use crate::name::text;
use crate::oid;
use crate::signature::PublicKey;

/// Longest text that is shown, in characters.
const MAX_TEXT_CHARS: usize = 512;

/// What a certificate says.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// Whom it names, in its order.
    pub subject: Vec<Attribute>,
    /// Who issued it, by its own words.
    pub issuer: Vec<Attribute>,
    /// Upper-case hex.
    pub serial_number: String,
    /// Seconds since the Unix epoch.
    pub not_before: i64,
    /// Seconds since the Unix epoch.
    pub not_after: i64,
    /// Its key.
    pub key: Key,
    /// How it is signed.
    pub signature_algorithm: Known,
    /// Whether `BasicConstraints` says CA.
    pub is_ca: bool,
    /// Names of the bits of `KeyUsage`, where it is present.
    pub key_usage: Option<Vec<&'static str>>,
    /// `ExtendedKeyUsage`, where it is present.
    pub extended_key_usage: Option<Vec<Known>>,
    /// `CertificatePolicies`.
    pub policies: Vec<String>,
    /// Every extension, known or not, in its order.
    pub extensions: Vec<Extension>,
    /// Of the DER, lower-case hex.
    pub sha256: String,
}

/// One attribute of a name.
#[derive(Clone, Debug, Serialize)]
pub struct Attribute {
    /// What it is.
    #[serde(flatten)]
    pub known: Known,
    /// Its ASN.1 type.
    pub string_type: String,
    /// Its text.
    pub text: String,
}

/// A dotted OID, with its name where it has one here.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    /// Dotted.
    pub oid: String,
    /// What people call it.
    pub name: Option<&'static str>,
}

/// A public key.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// RSA, P-256, P-384, SM2 or unsupported.
    pub kind: &'static str,
    /// Its size.
    pub bits: Option<u32>,
    /// Whether it is too short to be believed.
    pub weak: bool,
}

/// One extension.
#[derive(Clone, Debug, Serialize)]
pub struct Extension {
    /// What it is.
    #[serde(flatten)]
    pub known: Known,
    /// Whether it must be understood.
    pub critical: bool,
    /// Octets of its value.
    pub octets: usize,
    /// What each decoding of a profile makes of it; those that fail are left out.
    pub readings: Vec<Reading>,
}

/// One way to read an extension.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// The word in a profile.
    pub decoding: Decoding,
    /// The text.
    pub text: String,
}

impl Description {
    /// Of one certificate.
    pub fn of(certificate: &Certificate) -> Self {
        let usages = certificate.extended_key_usage();
        Self {
            subject: attributes(certificate.subject_der()),
            issuer: attributes(certificate.issuer_der()),
            serial_number: certificate.serial_number().to_owned(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            key: key(certificate.public_key()),
            signature_algorithm: known(certificate.signature_algorithm()),
            is_ca: certificate.is_ca(),
            key_usage: certificate.key_usage().map(|usage| usage.names()),
            extended_key_usage: usages.map(|all| all.iter().map(|oid| known(oid)).collect()),
            policies: certificate.policies().to_vec(),
            extensions: certificate.extensions().map(extension).collect(),
            sha256: hex::encode(certificate.thumbprint_sha256()),
        }
    }
}

fn attributes(name_der: &[u8]) -> Vec<Attribute> {
    let Ok((_, name)) = X509Name::from_der(name_der) else {
        return Vec::new();
    };
    let each = name.iter_attributes().map(|attribute| {
        let value = attribute.attr_value();
        let tag = value.header.tag().0;
        let decoded = text::of_string(tag, value.data);
        Attribute {
            known: known(&attribute.attr_type().to_id_string()),
            string_type: text::type_name(tag).map_or_else(|| format!("tag {tag}"), str::to_owned),
            text: cut(decoded.unwrap_or_else(|| format!("#{}", hex::encode(value.data)))),
        }
    });
    each.collect()
}

fn key(key: &PublicKey) -> Key {
    let (kind, bits) = match key {
        PublicKey::Rsa { modulus_bits } => ("RSA", Some(*modulus_bits)),
        PublicKey::P256 => ("P-256", Some(256)),
        PublicKey::P384 => ("P-384", Some(384)),
        PublicKey::Sm2 => ("SM2", Some(256)),
        PublicKey::Unsupported => ("unsupported", None),
    };
    Key {
        kind,
        bits,
        weak: key.is_weak(),
    }
}

fn extension((oid, critical, value): (&str, bool, &[u8])) -> Extension {
    let readings = readings(value).into_iter();
    Extension {
        known: known(oid),
        critical,
        octets: value.len(),
        readings: readings
            .map(|(decoding, text)| Reading {
                decoding,
                text: cut(text),
            })
            .collect(),
    }
}

fn known(dotted: &str) -> Known {
    Known {
        oid: dotted.to_owned(),
        name: oid::short_name(dotted).or_else(|| oid::long_name(dotted)),
    }
}

fn cut(text: String) -> String {
    if text.chars().count() <= MAX_TEXT_CHARS {
        return text;
    }
    let kept: String = text.chars().take(MAX_TEXT_CHARS).collect();
    format!("{kept}…")
}
