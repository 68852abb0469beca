//! The rules that `webpki` leaves to its caller.

use super::error::{ConstraintViolation, PathError};
use crate::certificate::{Certificate, CertificatePurpose};
use crate::oid;
use crate::revocation::{Crl, Revocation, RevocationGap};
use crate::signature::PublicKey;

use super::signed::is_signed_by;

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

/// Picks the certificate of an anchor that is within its validity; of one key there may be several. Where lists are
/// checked, the anchor's `KeyUsage` must allow signing them (RFC 5280 §6.3.3 f), which `webpki` asks of intermediates only.
pub(super) fn check_anchor<'a>(
    mut certificates: impl Iterator<Item = &'a Certificate>,
    lists_checked: bool,
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
    let anchor = valid.ok_or(objection)?;
    if lists_checked && anchor.key_usage().is_some_and(|usage| !usage.crl_sign) {
        return Err(PathError::RevocationUnavailable(
            RevocationGap::Unverifiable,
        ));
    }
    Ok(anchor)
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

/// The lists within thisUpdate…nextUpdate, latest first, since the first that fits is the one asked; and the others.
pub(super) struct ListsInForce<'a> {
    in_force: Vec<&'a Crl>,
    out_of_force: Vec<(&'a Crl, RevocationGap)>,
}

impl<'a> ListsInForce<'a> {
    /// `None` when revocation is not judged.
    pub(super) fn select(revocation: &Revocation<'a>, at: i64) -> Option<Self> {
        let Revocation::Crls { crls } = *revocation else {
            return None;
        };
        let mut sorted = Self {
            in_force: Vec::with_capacity(crls.len()),
            out_of_force: Vec::new(),
        };
        for crl in crls {
            if at < crl.this_update() {
                sorted
                    .out_of_force
                    .push((crl, RevocationGap::NotYetInForce));
            } else if at >= crl.next_update() {
                sorted.out_of_force.push((crl, RevocationGap::Stale));
            } else {
                sorted.in_force.push(crl);
            }
        }
        sorted
            .in_force
            .sort_by_key(|crl| std::cmp::Reverse(crl.this_update()));
        Some(sorted)
    }

    pub(super) fn lists(&self) -> Vec<&'a webpki::CertRevocationList<'static>> {
        self.in_force.iter().map(|crl| crl.list()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.in_force.is_empty()
    }

    /// Why no list covers these certificates.
    pub(super) fn gap<'c>(
        &self,
        mut certificates: impl Iterator<Item = &'c Certificate>,
    ) -> RevocationGap {
        certificates
            .find_map(|certificate| {
                self.out_of_force
                    .iter()
                    .find(|(crl, _)| crl.issuer_der() == certificate.issuer_der())
            })
            .map_or(RevocationGap::NoList, |(_, gap)| *gap)
    }

    pub(super) fn has_of_issuer(&self, issuer_der: &[u8]) -> bool {
        self.in_force
            .iter()
            .any(|crl| crl.issuer_der() == issuer_der)
    }

    /// What a path would be told of a lock's certificate by this issuer, the lock itself aside.
    pub(super) fn cover_holders_of(&self, issuer: &Certificate) -> Result<(), RevocationGap> {
        self.list_by(issuer, Crl::is_about_holders).map(drop)
    }

    /// What a path would be told of the CA `child` by its issuer's list.
    pub(super) fn judge_ca(
        &self,
        child: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), PathError> {
        let crl = self
            .list_by(issuer, Crl::is_about_cas)
            .map_err(PathError::RevocationUnavailable)?;
        let mut serial = hex::decode(child.serial_number()).map_err(|_odd| PathError::Malformed)?;
        // Lists know serial numbers as DER writes them, with the sign octet.
        if serial.first().is_some_and(|first| *first >= 0x80) {
            serial.insert(0, 0);
        }
        match crl.list().find_serial(&serial) {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(PathError::Revoked),
            Err(why) => Err(why.into()),
        }
    }

    /// The list that is asked: the latest in force by the issuer's name. It alone counts, even where it can't be
    /// verified and an older one could.
    fn list_by(
        &self,
        issuer: &Certificate,
        within: fn(&Crl) -> bool,
    ) -> Result<&'a Crl, RevocationGap> {
        let of_issuer = |crl: &Crl| crl.issuer_der() == issuer.subject_der();
        let asked = self
            .in_force
            .iter()
            .find(|crl| of_issuer(crl) && within(crl));
        let Some(asked) = asked else {
            let out_of_force = self.out_of_force.iter().find(|(crl, _)| of_issuer(crl));
            return Err(out_of_force.map_or(RevocationGap::NoList, |(_, gap)| *gap));
        };
        let signs_lists = issuer.key_usage().is_none_or(|usage| usage.crl_sign);
        if signs_lists && is_signed_by(asked.der(), issuer) {
            Ok(asked)
        } else {
            Err(RevocationGap::Unverifiable)
        }
    }
}
