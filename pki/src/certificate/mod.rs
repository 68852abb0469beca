//! One X.509 certificate, read once and shared cheaply.
//!
//! Owns strict reading and the plain facts of a certificate. Does not know whether it is to be trusted (`path`) nor whom
//! it speaks for (`holder`).

mod alternative_names;
mod description;
mod key_numbers;
mod read;
mod summary;
mod usage;

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::name::Name;
use crate::signature::PublicKey;

pub use alternative_names::AlternativeName;
pub use description::{Attribute, Description, Extension, Key, Known, Reading};
pub use key_numbers::KeyNumbers;
pub use usage::{CertificatePurpose, KeyUsage};

/// Largest certificate that is read, in bytes. Certificates of locks are 1–3 KiB; seals and pictures do not belong here.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// Why bytes are not a certificate that can be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Larger than [`MAX_CERTIFICATE_BYTES`].
    #[error("the certificate is too large")]
    TooLarge,
    /// Bytes follow the certificate.
    #[error("bytes follow the certificate")]
    TrailingData,
    /// Not the DER of a certificate.
    #[error("the certificate is malformed")]
    Malformed,
    /// One extension occurs twice (RFC 5280 §4.2 forbids it).
    #[error("the certificate carries one extension twice")]
    DuplicateExtension,
    /// An extension that this crate reads is not what it should be.
    #[error("the certificate carries a malformed extension")]
    MalformedExtension,
    /// A negative serial number or one longer than 20 octets (RFC 5280 §4.1.2.2).
    #[error("the certificate's serial number is not allowed")]
    BadSerialNumber,
    /// The PEM text is broken or holds no certificate.
    #[error("the PEM text holds no readable certificate")]
    BadPem,
}

/// A certificate. Cloning shares it.
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Facts>,
}

/// What was read from the DER.
struct Facts {
    der: CertificateDer<'static>,
    subject: Name,
    subject_der: Vec<u8>,
    issuer: Name,
    issuer_der: Vec<u8>,
    serial_number: String,
    not_before: i64,
    not_after: i64,
    public_key: PublicKey,
    spki_der: Vec<u8>,
    signature_algorithm: String,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<Vec<String>>,
    policies: Vec<String>,
    extensions: Vec<ReadExtension>,
    is_ca: bool,
    thumbprint: [u8; 32],
}

struct ReadExtension {
    oid: String,
    critical: bool,
    value: Vec<u8>,
}

impl Certificate {
    /// Reads one DER certificate: at most [`MAX_CERTIFICATE_BYTES`], strict, nothing after it.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        Ok(Self {
            inner: Arc::new(read::facts(der)?),
        })
    }

    /// Reads every `CERTIFICATE` section of a PEM text; other sections are passed over. At least one is needed.
    pub fn from_pem(pem: &str) -> Result<Vec<Self>, CertificateError> {
        let certificates = CertificateDer::pem_slice_iter(pem.as_bytes())
            .map(|section| section.map_err(|_malformed| CertificateError::BadPem))
            .map(|section| section.and_then(|der| Self::from_der(&der)))
            .collect::<Result<Vec<_>, _>>()?;
        if certificates.is_empty() {
            Err(CertificateError::BadPem)
        } else {
            Ok(certificates)
        }
    }

    /// Reads every certificate of a file, PEM sections or one DER, each by itself: one that can't be read hides no other.
    pub fn each_of(file: &[u8]) -> Vec<Result<Self, CertificateError>> {
        if !file.windows(10).any(|octets| octets == b"-----BEGIN") {
            return vec![Self::from_der(file)];
        }
        let sections = CertificateDer::pem_slice_iter(file);
        sections
            .map(|section| section.map_err(|_malformed| CertificateError::BadPem))
            .map(|section| section.and_then(|der| Self::from_der(&der)))
            .collect()
    }

    /// The certificate's bytes.
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// Whom the certificate names.
    pub fn subject(&self) -> &Name {
        &self.inner.subject
    }

    /// Who issued it, by its own words.
    pub fn issuer(&self) -> &Name {
        &self.inner.issuer
    }

    /// The serial number in upper-case hex without separators and without the sign octet.
    pub fn serial_number(&self) -> &str {
        &self.inner.serial_number
    }

    /// First second of validity, in seconds since the Unix epoch.
    pub fn not_before(&self) -> i64 {
        self.inner.not_before
    }

    /// Last second of validity, in seconds since the Unix epoch.
    pub fn not_after(&self) -> i64 {
        self.inner.not_after
    }

    /// The kind of public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.inner.public_key
    }

    /// The `SubjectPublicKeyInfo` in DER.
    pub fn subject_public_key_info_der(&self) -> &[u8] {
        &self.inner.spki_der
    }

    /// The `KeyUsage` extension, if present.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.inner.key_usage
    }

    /// The dotted OIDs of `ExtendedKeyUsage`, if the extension is present.
    pub fn extended_key_usage(&self) -> Option<&[String]> {
        self.inner.extended_key_usage.as_deref()
    }

    /// The dotted OIDs of `CertificatePolicies`; empty if the extension is absent.
    pub fn policies(&self) -> &[String] {
        &self.inner.policies
    }

    /// The content octets of the extnValue of the extension with this dotted OID.
    pub fn extension(&self, oid: &str) -> Option<&[u8]> {
        self.inner
            .extensions
            .iter()
            .find(|extension| extension.oid == oid)
            .map(|found| found.value.as_slice())
    }

    /// SHA-256 of the DER (`x5t#S256` of RFC 7515 before base64url).
    pub fn thumbprint_sha256(&self) -> [u8; 32] {
        self.inner.thumbprint
    }

    /// Whether `BasicConstraints` says CA.
    pub fn is_ca(&self) -> bool {
        self.inner.is_ca
    }

    /// What the certificate may be used for at log-in.
    pub fn purpose(&self) -> CertificatePurpose {
        usage::purpose(self.key_usage(), self.extended_key_usage())
    }

    pub(crate) fn pki_der(&self) -> &CertificateDer<'static> {
        &self.inner.der
    }

    pub(crate) fn subject_der(&self) -> &[u8] {
        &self.inner.subject_der
    }

    pub(crate) fn issuer_der(&self) -> &[u8] {
        &self.inner.issuer_der
    }

    /// Every extension: dotted OID, whether it is critical, content octets of its extnValue.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = (&str, bool, &[u8])> {
        let all = self.inner.extensions.iter();
        all.map(|one| (one.oid.as_str(), one.critical, one.value.as_slice()))
    }

    pub(crate) fn signature_algorithm(&self) -> &str {
        &self.inner.signature_algorithm
    }

    pub(crate) fn critical_extensions(&self) -> impl Iterator<Item = &str> {
        self.inner
            .extensions
            .iter()
            .filter(|extension| extension.critical)
            .map(|extension| extension.oid.as_str())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.inner.der == other.inner.der
    }
}

impl Eq for Certificate {}

/// Subject and serial number only: a certificate's body does not belong in a log.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.inner.subject.to_string())
            .field("serial_number", &self.inner.serial_number)
            .finish_non_exhaustive()
    }
}
