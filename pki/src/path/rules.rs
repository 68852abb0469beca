//! The rules that `webpki` leaves to its caller.

use super::error::{ConstraintViolation, PathError};
use crate::certificate::{Certificate, CertificatePurpose};
use crate::oid;
use crate::signature::PublicKey;

/// The extensions that may be critical because path building acts on them: `KeyUsage`, `SubjectAlternativeName`,
/// `BasicConstraints`, `NameConstraints`, `CRLDistributionPoints`, `ExtendedKeyUsage`.
pub(crate) const KNOWN_CRITICAL_EXTENSIONS: &[&str] = &[
    oid::KEY_USAGE,
    oid::SUBJECT_ALTERNATIVE_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    "2.5.29.31",
    oid::EXTENDED_KEY_USAGE,
];

pub(super) fn check_purpose(certificate: &Certificate) -> Result<(), PathError> {
    match certificate.purpose() {
        CertificatePurpose::Signing => Ok(()),
        CertificatePurpose::EncryptionOnly => Err(PathError::EncryptionOnly),
        CertificatePurpose::Neither => Err(PathError::NotForSigning),
    }
}

/// A program's certificate: unlike a lock's it need not say what it is for, but must not say that it is for something
/// else.
pub(super) fn check_client(certificate: &Certificate) -> Result<(), PathError> {
    let signs = certificate.key_usage().is_none_or(|u| u.digital_signature);
    let named = certificate.extended_key_usage();
    let is_client = named.is_none_or(|uses| uses.iter().any(|one| one == oid::CLIENT_AUTH));
    (signs && is_client)
        .then_some(())
        .ok_or(PathError::NotForSigning)
}

/// Key and signature of one certificate, and a serial number that can be told apart in a list.
pub(super) fn check_strength(certificate: &Certificate) -> Result<(), PathError> {
    if certificate.public_key().is_weak() {
        return Err(PathError::WeakKey);
    }
    if *certificate.public_key() == PublicKey::Unsupported {
        return Err(PathError::UnsupportedAlgorithm);
    }
    if oid::BROKEN_SIGNATURES.contains(&certificate.signature_algorithm()) {
        return Err(PathError::WeakSignature);
    }
    if certificate.serial_number() == "00" {
        return Err(PathError::Constraint(ConstraintViolation::SerialNumber));
    }
    Ok(())
}

/// What only a CA may carry: keyCertSign (RFC 5280 §4.2.1.3) and name constraints (§4.2.1.10). Whoever has no subject name has
/// a critical alternative one (§4.2.1.6).
pub(super) fn check_end_entity(certificate: &Certificate) -> Result<(), PathError> {
    if certificate
        .key_usage()
        .is_some_and(|usage| usage.key_cert_sign)
    {
        return Err(PathError::Constraint(ConstraintViolation::CaAsEndEntity));
    }
    if certificate.extension(oid::NAME_CONSTRAINTS).is_some() {
        return Err(PathError::Constraint(ConstraintViolation::Name));
    }
    let nameless = certificate.subject().attributes().is_empty();
    let mut critical = certificate.critical_extensions();
    if nameless && !critical.any(|known| known == oid::SUBJECT_ALTERNATIVE_NAME) {
        return Err(PathError::Malformed);
    }
    Ok(())
}

/// RFC 5280 §4.1.2.5: both ends belong to the validity.
pub(super) fn check_validity(certificate: &Certificate, at: i64) -> Result<(), PathError> {
    if at < certificate.not_before() {
        Err(PathError::NotYetValid)
    } else if at > certificate.not_after() {
        Err(PathError::Expired)
    } else {
        Ok(())
    }
}

/// Picks the certificate of an anchor that is within its validity; of one key there may be several.
pub(super) fn check_anchor<'a>(
    mut certificates: impl Iterator<Item = &'a Certificate>,
    at: i64,
) -> Result<&'a Certificate, PathError> {
    let mut objection = PathError::UnknownIssuer;
    let valid = certificates.find(|certificate| match check_validity(certificate, at) {
        Ok(()) => true,
        Err(PathError::NotYetValid) => {
            objection = PathError::IssuerNotYetValid;
            false
        }
        Err(_) => {
            objection = PathError::IssuerExpired;
            false
        }
    });
    valid.ok_or(objection)
}

/// The intermediates that may appear in a path, and the others with the reason why not.
pub(super) struct Intermediates<'a> {
    pub(super) usable: Vec<&'a Certificate>,
    refused: Vec<(&'a Certificate, PathError)>,
}

impl<'a> Intermediates<'a> {
    pub(super) fn usable(given: &'a [Certificate]) -> Self {
        let mut sorted = Self {
            usable: Vec::with_capacity(given.len()),
            refused: Vec::new(),
        };
        for certificate in given {
            match check_strength(certificate).and_then(|()| check_may_issue(certificate)) {
                Ok(()) => sorted.usable.push(certificate),
                Err(why) => sorted.refused.push((certificate, why)),
            }
        }
        sorted
    }

    /// The others.
    pub(super) fn refused(&self) -> &[(&'a Certificate, PathError)] {
        &self.refused
    }

    /// Why the issuer is missing: it was given but refused, or it is not known at all.
    pub(super) fn objection_to_issuer_of(&self, end_entity: &Certificate) -> PathError {
        let mut issuers = std::iter::once(end_entity).chain(self.usable.iter().copied());
        issuers
            .find_map(|child| {
                self.refused
                    .iter()
                    .find(|(parent, _)| parent.subject_der() == child.issuer_der())
            })
            .map_or(PathError::UnknownIssuer, |(_, why)| *why)
    }
}

/// RFC 5280 §6.1.4 n: if `KeyUsage` is present, keyCertSign is set. §4.2.1.11: policy constraints are critical, and nobody here
/// follows policies, so a CA that leaves out the mark is refused as one that sets it is.
fn check_may_issue(certificate: &Certificate) -> Result<(), PathError> {
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.key_cert_sign)
    {
        return Err(PathError::Constraint(ConstraintViolation::IssuerKeyUsage));
    }
    if certificate.extension(oid::POLICY_CONSTRAINTS).is_some() {
        return Err(PathError::UnknownCriticalExtension);
    }
    Ok(())
}
