//! The ways a certificate is refused, each with its own advice to the person. Knows no HTTP and no language.

use crate::revocation::RevocationGap;

/// Why a certificate was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PathError {
    /// No recognised CA issued it.
    #[error("the certificate was not issued by a recognised certificate authority")]
    UnknownIssuer,
    /// Its validity has ended.
    #[error("the certificate has expired")]
    Expired,
    /// Its validity has not begun.
    #[error("the certificate is not yet valid")]
    NotYetValid,
    /// The validity of a CA above it has ended.
    #[error("a certificate authority above the certificate has expired")]
    IssuerExpired,
    /// The validity of a CA above it has not begun.
    #[error("a certificate authority above the certificate is not yet valid")]
    IssuerNotYetValid,
    /// It was revoked.
    #[error("the certificate has been revoked")]
    Revoked,
    /// A CA above it was revoked: nothing is said of the certificate itself.
    #[error("a certificate authority above the certificate has been revoked")]
    IssuerRevoked,
    /// Nobody can say whether it was revoked, so it is refused.
    #[error("the revocation status of the certificate is unknown: {0}")]
    RevocationUnavailable(RevocationGap),
    /// An RSA key below 2048 bits.
    #[error("a key in the certificate chain is too short")]
    WeakKey,
    /// A signature with SHA-1, MD5 or MD2.
    #[error("a signature in the certificate chain uses a broken hash")]
    WeakSignature,
    /// A key or signature of a kind that is not supported.
    #[error("the certificate chain uses an unsupported algorithm")]
    UnsupportedAlgorithm,
    /// It is not for signing at log-in.
    #[error("the certificate is not for signing")]
    NotForSigning,
    /// It is the encryption certificate of the lock; the signing one is wanted.
    #[error("the certificate is for encryption only")]
    EncryptionOnly,
    /// A rule of the chain is broken.
    #[error("the certificate chain breaks a constraint: {0}")]
    Constraint(ConstraintViolation),
    /// A signature in the chain is wrong.
    #[error("a signature in the certificate chain is wrong")]
    BadSignature,
    /// A critical extension that nobody here understands (RFC 5280 §4.2).
    #[error("the certificate chain carries an unknown critical extension")]
    UnknownCriticalExtension,
    /// Building the path would take too long.
    #[error("the certificate chain is too complex")]
    TooComplex,
    /// It cannot be read as RFC 5280 wants.
    #[error("the certificate chain is malformed")]
    Malformed,
}

/// Which rule of the chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ConstraintViolation {
    /// More CAs between than one of them allows, or than are ever followed.
    #[error("the path is too long")]
    PathLength,
    /// A name outside what a CA above may issue. Constraints on directory names always refuse.
    #[error("a name is outside the constraints of its issuer")]
    Name,
    /// A CA certificate, or one whose key may sign certificates, in the place of a lock's.
    #[error("a certificate authority stands in the place of a holder")]
    CaAsEndEntity,
    /// A certificate that is no CA's in the place of a CA.
    #[error("the issuer is not a certificate authority")]
    IssuerNotACa,
    /// A CA without keyCertSign.
    #[error("the issuer's key may not sign certificates")]
    IssuerKeyUsage,
    /// A CA whose `ExtendedKeyUsage` leaves out clientAuth.
    #[error("the issuer may not issue for this use")]
    IssuerExtendedKeyUsage,
    /// The serial number is zero (RFC 5280 §4.1.2.2).
    #[error("the serial number is not allowed")]
    SerialNumber,
}

impl From<webpki::Error> for PathError {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error as E;
        match error {
            E::UnknownIssuer => Self::UnknownIssuer,
            E::CertExpired { .. } => Self::Expired,
            E::CertNotValidYet { .. } => Self::NotYetValid,
            E::InvalidSignatureForPublicKey => Self::BadSignature,
            E::UnsupportedSignatureAlgorithmContext(_)
            | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Self::UnsupportedAlgorithm,
            E::PathLenConstraintViolated | E::MaximumPathDepthExceeded => {
                Self::Constraint(ConstraintViolation::PathLength)
            }
            E::NameConstraintViolation
            | E::MalformedNameConstraint
            | E::InvalidNetworkMaskConstraint
            | E::UnsupportedNameType => Self::Constraint(ConstraintViolation::Name),
            E::CaUsedAsEndEntity => Self::Constraint(ConstraintViolation::CaAsEndEntity),
            E::EndEntityUsedAsCa => Self::Constraint(ConstraintViolation::IssuerNotACa),
            E::EmptyEkuExtension | E::RequiredEkuNotFoundContext(_) => {
                Self::Constraint(ConstraintViolation::IssuerExtendedKeyUsage)
            }
            E::UnsupportedCriticalExtension => Self::UnknownCriticalExtension,
            E::MaximumSignatureChecksExceeded
            | E::MaximumPathBuildCallsExceeded
            | E::MaximumNameConstraintComparisonsExceeded => Self::TooComplex,
            _ => Self::Malformed,
        }
    }
}
