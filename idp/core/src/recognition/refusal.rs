//! The ways a certificate is refused as a key lock, and which of several is told.

use pki::holder::HolderError;
use pki::path::PathError;

/// Why a certificate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// No recognised CA of the region issued it (FAQ 4).
    ForeignCa,
    /// The CA that issued it was suspended in the registry.
    CaSuspended,
    /// A key of the path is of a kind that the CA's entry does not allow.
    AlgorithmNotAllowed,
    /// 已过期.
    Expired,
    /// Not valid yet.
    NotYetValid,
    /// 已被吊销 (FAQ 11).
    Revoked,
    /// A CA above it was revoked. Of the certificate itself its own CA says nothing.
    IssuerRevoked,
    /// What the registry holds of its CA can't be read now: closed.
    CaUnreadable,
    /// Nobody can say now whether it was revoked: closed.
    RevocationUnavailable,
    /// A key or digest of the path is too weak.
    Weak,
    /// The encryption certificate of the lock.
    EncryptionOnly,
    /// Not for signing in.
    NotForSigning,
    /// The path breaks a rule.
    Invalid,
    /// 法人锁 (FAQ 2).
    LegalPersonLock,
    /// The CA's rule can't tell 企业锁 from 法人锁.
    LockKindUndecidable,
    /// Two places give two credit codes.
    ConflictingCreditCodes,
    /// The credit code's check digit is wrong.
    BadCreditCode,
    /// Name or key number are missing or unreadable.
    HolderUnreadable,
}

/// What a refusal of a bound lock's certificate means for what lives by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// The lock is marked for ever, and everything of it ends.
    EndsTheLock,
    /// Its sign-ins and grants end for good; the lock stays, and signs in anew once it is recognised again.
    EndsSignIns,
    /// They count for nothing while it is so.
    Pauses,
    /// Nothing.
    None,
}

impl CertificateRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ForeignCa => "foreign-ca",
            Self::CaSuspended => "ca-suspended",
            Self::AlgorithmNotAllowed => "certificate-algorithm-not-allowed",
            Self::Expired => "certificate-expired",
            Self::NotYetValid => "certificate-not-yet-valid",
            Self::Revoked => "certificate-revoked",
            Self::IssuerRevoked => "issuer-revoked",
            Self::CaUnreadable => "ca-unreadable",
            Self::RevocationUnavailable => "revocation-unavailable",
            Self::Weak => "certificate-key-weak",
            Self::EncryptionOnly => "only-encryption-certificate",
            Self::NotForSigning => "certificate-not-for-signing",
            Self::Invalid | Self::HolderUnreadable => "certificate-invalid",
            Self::LegalPersonLock => "legal-person-lock",
            Self::LockKindUndecidable => "lock-kind-undecidable",
            Self::ConflictingCreditCodes => "conflicting-credit-codes",
            Self::BadCreditCode => "certificate-credit-code-bad",
        }
    }

    /// Whether it stands although another CA would recognise the certificate: what is revoked, or no 企业锁, by the word
    /// of one CA that it leads to, is no lock by the word of another.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Revoked
                | Self::IssuerRevoked
                | Self::LegalPersonLock
                | Self::ConflictingCreditCodes
                | Self::BadCreditCode
        )
    }

    /// What it means for what lives by a certificate that was recognised once.
    pub const fn consequence(self) -> Consequence {
        match self {
            Self::Revoked => Consequence::EndsTheLock,
            // Its CA is gone or suspended, or has another key under the old name (its signature fits no more), or the
            // profile reads it otherwise; or a CA above it was revoked, which says nothing of the lock.
            Self::ForeignCa
            | Self::CaSuspended
            | Self::AlgorithmNotAllowed
            | Self::IssuerRevoked
            | Self::Weak
            | Self::EncryptionOnly
            | Self::NotForSigning
            | Self::Invalid
            | Self::LegalPersonLock
            | Self::LockKindUndecidable
            | Self::ConflictingCreditCodes
            | Self::BadCreditCode
            | Self::HolderUnreadable => Consequence::EndsSignIns,
            Self::CaUnreadable => Consequence::Pauses,
            // Told by clock and lists: ends nothing while nobody can say.
            Self::Expired | Self::NotYetValid | Self::RevocationUnavailable => Consequence::None,
        }
    }

    /// Of two refusals of one certificate, by two CAs, the one that says more of it.
    #[must_use]
    pub fn or_more_telling(self, other: Self) -> Self {
        if other.weight() > self.weight() {
            other
        } else {
            self
        }
    }

    const fn weight(self) -> u8 {
        match self {
            Self::ForeignCa => 0,
            // A CA of the same name has another key: its signature does not fit.
            Self::Invalid => 1,
            Self::NotYetValid
            | Self::Expired
            | Self::Weak
            | Self::EncryptionOnly
            | Self::NotForSigning => 2,
            Self::RevocationUnavailable => 3,
            Self::AlgorithmNotAllowed | Self::CaUnreadable => 4,
            Self::CaSuspended => 5,
            Self::HolderUnreadable | Self::LockKindUndecidable => 6,
            Self::BadCreditCode | Self::ConflictingCreditCodes => 7,
            Self::LegalPersonLock => 8,
            Self::IssuerRevoked => 9,
            Self::Revoked => 10,
        }
    }
}

impl From<PathError> for CertificateRefusal {
    fn from(error: PathError) -> Self {
        match error {
            PathError::UnknownIssuer => Self::ForeignCa,
            PathError::Expired => Self::Expired,
            PathError::NotYetValid => Self::NotYetValid,
            PathError::Revoked => Self::Revoked,
            PathError::IssuerRevoked => Self::IssuerRevoked,
            PathError::RevocationUnavailable(_) => Self::RevocationUnavailable,
            PathError::WeakKey | PathError::WeakSignature => Self::Weak,
            PathError::EncryptionOnly => Self::EncryptionOnly,
            PathError::NotForSigning => Self::NotForSigning,
            PathError::IssuerExpired
            | PathError::IssuerNotYetValid
            | PathError::UnsupportedAlgorithm
            | PathError::Constraint(_)
            | PathError::BadSignature
            | PathError::UnknownCriticalExtension
            | PathError::TooComplex
            | PathError::Malformed => Self::Invalid,
        }
    }
}

impl From<HolderError> for CertificateRefusal {
    fn from(error: HolderError) -> Self {
        match error {
            HolderError::ConflictingCreditCodes => Self::ConflictingCreditCodes,
            HolderError::BadCreditCode(_) => Self::BadCreditCode,
            HolderError::NoName | HolderError::NoKeyNumber | HolderError::Undecodable => {
                Self::HolderUnreadable
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CertificateRefusal as Refusal;

    #[test]
    fn the_refusal_that_says_most_is_told_whichever_comes_first() {
        let rising = [
            Refusal::ForeignCa,
            Refusal::Invalid,
            Refusal::RevocationUnavailable,
            Refusal::CaSuspended,
            Refusal::LockKindUndecidable,
            Refusal::LegalPersonLock,
            Refusal::IssuerRevoked,
            Refusal::Revoked,
        ];
        for (less, more) in rising.iter().zip(rising.iter().skip(1)) {
            assert_eq!(less.or_more_telling(*more), *more);
            assert_eq!(more.or_more_telling(*less), *more);
        }
    }
}
