//! The certificates from which trust flows.
//!
//! Owns what a trust anchor must be. Which CAs are recognised is the CA registry's decision; this module only refuses
//! what no registry should contain.

use rustls_pki_types::TrustAnchor;

use crate::certificate::Certificate;
use crate::path::KNOWN_CRITICAL_EXTENSIONS;
use crate::signature::PublicKey;

/// Trust anchors, checked once.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    certificates: Vec<Certificate>,
    anchors: Vec<TrustAnchor<'static>>,
}

/// Why a certificate cannot be a trust anchor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{subject} cannot be a trust anchor: {reason}")]
pub struct AnchorError {
    /// The subject of the certificate refused.
    pub subject: String,
    /// Why.
    pub reason: AnchorProblem,
}

/// The ways in which a certificate fails to be a trust anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorProblem {
    /// `BasicConstraints` does not say CA.
    #[error("it is not a CA certificate")]
    NotACa,
    /// `KeyUsage` is present without keyCertSign.
    #[error("its key may not sign certificates")]
    NotForCertificateSigning,
    /// RSA below 2048 bits.
    #[error("its key is too short")]
    WeakKey,
    /// The key is of no supported kind.
    #[error("its key is of an unsupported kind")]
    UnsupportedKey,
    /// It has no subject name by which others could point at it.
    #[error("its subject is empty")]
    EmptySubject,
    /// It carries a critical extension that nobody here understands (RFC 5280 §4.2).
    #[error("it carries an unknown critical extension")]
    UnknownCriticalExtension,
    /// It cannot be read as an anchor.
    #[error("it is malformed")]
    Malformed,
}

impl TrustAnchors {
    /// Takes certificates as trust anchors. They need not be self-signed: to trust one issuing CA of a hierarchy and not
    /// its siblings, name that CA. Their validity is judged with each path, at the time of that path.
    pub fn from_certificates(certificates: &[Certificate]) -> Result<Self, AnchorError> {
        let mut anchors = Vec::with_capacity(certificates.len());
        for certificate in certificates {
            let refuse = |reason| AnchorError {
                subject: certificate.subject().to_string(),
                reason,
            };
            check(certificate).map_err(refuse)?;
            let anchor = webpki::anchor_from_trusted_cert(certificate.pki_der())
                .map_err(|_malformed| refuse(AnchorProblem::Malformed))?;
            anchors.push(anchor.to_owned());
        }
        Ok(Self {
            certificates: certificates.to_vec(),
            anchors,
        })
    }

    /// The certificates, in the order given.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Parallel to [`Self::certificates`].
    pub(crate) fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// The certificates behind one of [`Self::anchors`]: several when a CA renewed its own certificate with the same key.
    pub(crate) fn certificates_of(
        &self,
        anchor: &TrustAnchor<'_>,
    ) -> impl Iterator<Item = &Certificate> {
        self.anchors
            .iter()
            .zip(&self.certificates)
            .filter(move |(known, _)| *known == anchor)
            .map(|(_, found)| found)
    }
}

fn check(certificate: &Certificate) -> Result<(), AnchorProblem> {
    if !certificate.is_ca() {
        return Err(AnchorProblem::NotACa);
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.key_cert_sign)
    {
        return Err(AnchorProblem::NotForCertificateSigning);
    }
    if certificate.public_key().is_weak() {
        return Err(AnchorProblem::WeakKey);
    }
    if *certificate.public_key() == PublicKey::Unsupported {
        return Err(AnchorProblem::UnsupportedKey);
    }
    if certificate.subject().attributes().is_empty() {
        return Err(AnchorProblem::EmptySubject);
    }
    if certificate
        .critical_extensions()
        .any(|oid| !KNOWN_CRITICAL_EXTENSIONS.contains(&oid))
    {
        return Err(AnchorProblem::UnknownCriticalExtension);
    }
    Ok(())
}
