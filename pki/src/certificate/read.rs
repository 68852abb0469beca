//! From DER to facts. Strict: what another strict reader (`webpki`) refuses is refused here too, so that both always
//! speak of the same certificate.

use std::collections::HashSet;

use der::Decode;
use der::asn1::BitStringRef;
use rustls_pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, Class, Oid, Sequence};
use x509_parser::certificate::{TbsCertificate, X509CertificateParser};
use x509_parser::error::X509Error;
use x509_parser::extensions::BasicConstraints;
use x509_parser::nom::Parser;
use x509_parser::prelude::FromDer;

use super::{CertificateError, Facts, KeyUsage, MAX_CERTIFICATE_BYTES, ReadExtension};
use crate::name::Name;
use crate::oid;
use crate::signature::PublicKey;

pub(super) fn facts(der: &[u8]) -> Result<Facts, CertificateError> {
    if der.len() > MAX_CERTIFICATE_BYTES {
        return Err(CertificateError::TooLarge);
    }
    let (rest, parsed) = X509CertificateParser::new()
        .with_deep_parse_extensions(false)
        .parse(der)
        .map_err(|_malformed| CertificateError::Malformed)?;
    if !rest.is_empty() {
        return Err(CertificateError::TrailingData);
    }
    let der = CertificateDer::from(der.to_vec());
    // The anchor reader passes over unknown critical extensions, which are judged with the path, and nothing else.
    webpki::anchor_from_trusted_cert(&der).map_err(|_malformed| CertificateError::Malformed)?;

    let tbs = &parsed.tbs_certificate;
    let extensions = extensions(tbs)?;
    optional(&extensions, oid::NAME_CONSTRAINTS, name_constraints)?;
    Ok(Facts {
        subject: Name::read(&tbs.subject),
        subject_der: tbs.subject.as_raw().to_vec(),
        issuer: Name::read(&tbs.issuer),
        issuer_der: tbs.issuer.as_raw().to_vec(),
        serial_number: serial_number(tbs.raw_serial())?,
        not_before: tbs.validity.not_before.timestamp(),
        not_after: tbs.validity.not_after.timestamp(),
        public_key: PublicKey::from_spki_der(tbs.subject_pki.raw),
        spki_der: tbs.subject_pki.raw.to_vec(),
        signature_algorithm: parsed.signature_algorithm.algorithm.to_id_string(),
        key_usage: optional(&extensions, oid::KEY_USAGE, key_usage)?,
        extended_key_usage: optional(&extensions, oid::EXTENDED_KEY_USAGE, object_identifiers)?,
        policies: optional(&extensions, oid::CERTIFICATE_POLICIES, policies)?.unwrap_or_default(),
        is_ca: optional(&extensions, oid::BASIC_CONSTRAINTS, basic_constraints)?.unwrap_or(false),
        extensions,
        thumbprint: Sha256::digest(&der).into(),
        der,
    })
}

fn extensions(tbs: &TbsCertificate<'_>) -> Result<Vec<ReadExtension>, CertificateError> {
    let mut seen = HashSet::new();
    tbs.iter_extensions()
        .map(|extension| {
            if !seen.insert(extension.oid.as_bytes().to_vec()) {
                return Err(CertificateError::DuplicateExtension);
            }
            Ok(ReadExtension {
                oid: extension.oid.to_id_string(),
                critical: extension.critical,
                value: extension.value.to_vec(),
            })
        })
        .collect()
}

/// RFC 5280 §4.1.2.2: a positive number of at most 20 octets. Zero is left to `path`, since old self-signed roots have it.
fn serial_number(octets: &[u8]) -> Result<String, CertificateError> {
    let magnitude = match octets {
        [] => return Err(CertificateError::BadSerialNumber),
        [0, magnitude @ ..] if !magnitude.is_empty() => magnitude,
        [first, ..] if first & 0x80 != 0 => return Err(CertificateError::BadSerialNumber),
        whole => whole,
    };
    if octets.len() > 20 {
        return Err(CertificateError::BadSerialNumber);
    }
    Ok(hex::encode_upper(magnitude))
}

/// Reads one extension, if it is there, to its last byte.
fn optional<T>(
    extensions: &[ReadExtension],
    oid: &str,
    read: impl Fn(&[u8]) -> Result<(&[u8], T), CertificateError>,
) -> Result<Option<T>, CertificateError> {
    let Some(extension) = extensions.iter().find(|extension| extension.oid == oid) else {
        return Ok(None);
    };
    match read(&extension.value)? {
        ([], value) => Ok(Some(value)),
        _ => Err(CertificateError::MalformedExtension),
    }
}

/// RFC 5280 §4.2.1.3; bits that the string leaves out are not set.
fn key_usage(value: &[u8]) -> Result<(&[u8], KeyUsage), CertificateError> {
    let bits =
        BitStringRef::from_der(value).map_err(|_malformed| CertificateError::MalformedExtension)?;
    let set = |position| bits.bits().nth(position).unwrap_or(false);
    let usage = KeyUsage {
        digital_signature: set(0),
        content_commitment: set(1),
        key_encipherment: set(2),
        data_encipherment: set(3),
        key_agreement: set(4),
        key_cert_sign: set(5),
        crl_sign: set(6),
    };
    Ok((&[], usage))
}

fn object_identifiers(value: &[u8]) -> Result<(&[u8], Vec<String>), CertificateError> {
    let (rest, oids) = <Vec<Oid<'_>>>::from_der(value)
        .map_err(|_malformed| CertificateError::MalformedExtension)?;
    Ok((rest, oids.iter().map(Oid::to_id_string).collect()))
}

/// SEQUENCE OF SEQUENCE { policyIdentifier, qualifiers OPTIONAL }; the qualifiers are of no concern.
fn policies(value: &[u8]) -> Result<(&[u8], Vec<String>), CertificateError> {
    let read = |_malformed| CertificateError::MalformedExtension;
    let (rest, policies) = Sequence::from_der(value).map_err(read)?;
    let mut entries: &[u8] = &policies.content;
    let mut oids = Vec::new();
    while !entries.is_empty() {
        let (others, entry) = Sequence::from_der(entries).map_err(read)?;
        let (_qualifiers, oid) = Oid::from_der(&entry.content).map_err(read)?;
        oids.push(oid.to_id_string());
        entries = others;
    }
    Ok((rest, oids))
}

/// RFC 5280 §4.2.1.10: permittedSubtrees `[0]`, excludedSubtrees `[1]` or both, and neither of them empty. What they say is
/// the path's concern.
fn name_constraints(value: &[u8]) -> Result<(&[u8], ()), CertificateError> {
    let read = |_malformed| CertificateError::MalformedExtension;
    let (rest, subtrees) = Sequence::from_der(value).map_err(read)?;
    let mut left: &[u8] = &subtrees.content;
    let mut next_number = 0;
    while !left.is_empty() {
        let (others, list) = Any::from_der(left).map_err(read)?;
        let number = list.tag().0;
        let (constructed, class) = (list.header.is_constructed(), list.class());
        if class != Class::ContextSpecific || !constructed || list.data.is_empty() {
            return Err(CertificateError::MalformedExtension);
        }
        if !(next_number..=1).contains(&number) {
            return Err(CertificateError::MalformedExtension);
        }
        next_number = number + 1;
        left = others;
    }
    if next_number == 0 {
        return Err(CertificateError::MalformedExtension);
    }
    Ok((rest, ()))
}

fn basic_constraints(value: &[u8]) -> Result<(&[u8], bool), CertificateError> {
    let (rest, constraints) = BasicConstraints::from_der(value).map_err(malformed)?;
    Ok((rest, constraints.ca))
}

fn malformed(_error: x509_parser::nom::Err<X509Error>) -> CertificateError {
    CertificateError::MalformedExtension
}
