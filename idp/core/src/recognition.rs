//! Shared step: is this certificate a key lock that we recognise, and whose?
//!
//! Owns the CA registry as the rules see it, the order of the verdict and its one good end,
//! [`Recognised`], which only this module can make. Does not fetch anything: revocation lists come
//! through the port [`RevocationLists`].

use std::sync::Arc;

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::holder::credit_code::CreditCode;
use pki::holder::profile::{AttributeProfile, LockKind};
use pki::holder::{HolderError, read_holder};
use pki::path::{PathError, verify_path};
use pki::revocation::{Crl, Revocation};

use crate::certificate_authority::RevocationSource;
use crate::id::CaId;
use crate::key_lock::Thumbprint;
use crate::region::RegionCode;
use crate::timestamp::Timestamp;

pub use crate::certificate_authority::RevocationPolicy;

/// One CA办理机构.
#[derive(Clone, Debug)]
pub struct RecognisedCa {
    /// Identifier.
    pub id: CaId,
    /// Name as people and platforms see it.
    pub name: String,
    /// Where it is. Only CAs of the region are recognised (FAQ 4).
    pub jurisdiction: RegionCode,
    /// Its roots.
    pub anchors: TrustAnchors,
    /// CAs between root and lock.
    pub intermediates: Vec<Certificate>,
    /// Where its certificates say what.
    pub profile: AttributeProfile,
    /// How revocation is judged.
    pub revocation: RevocationPolicy,
    /// What is asked, in this order.
    pub sources: Vec<RevocationSource>,
}

/// Every CA an operator entered.
#[derive(Clone, Debug, Default)]
pub struct CaRegistry {
    /// In the operator's order.
    pub authorities: Vec<RecognisedCa>,
}

/// Port: revocation lists that are at hand now.
pub trait RevocationLists: Send + Sync {
    /// Lists of one CA; empty when none could be had, which refuses every certificate of a CA whose
    /// policy is [`RevocationPolicy::Required`].
    fn lists_of(&self, ca: &CaId) -> Arc<[Crl]>;
}

/// A certificate that is a key lock of a recognised CA, unrevoked at the moment of the verdict.
#[derive(Clone, Debug)]
pub struct Recognised {
    certificate: Certificate,
    ca_id: CaId,
    ca_name: String,
    holder_name: String,
    credit_code: Option<CreditCode>,
    key_number: String,
    good_until: Timestamp,
}

impl Recognised {
    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its thumbprint.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint(self.certificate.thumbprint_sha256())
    }

    /// Who issued it.
    pub fn ca_id(&self) -> &CaId {
        &self.ca_id
    }

    /// Name of who issued it.
    pub fn ca_name(&self) -> &str {
        &self.ca_name
    }

    /// 主体名称.
    pub fn holder_name(&self) -> &str {
        &self.holder_name
    }

    /// 统一社会信用代码, where the certificate has it.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        self.credit_code.as_ref()
    }

    /// 证书Key号.
    pub fn key_number(&self) -> &str {
        &self.key_number
    }

    /// The verdict holds no longer than to here, by the validity of the path and of its lists.
    pub fn good_until(&self) -> Timestamp {
        self.good_until
    }
}

/// Why a certificate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// No recognised CA of the region issued it (FAQ 4).
    ForeignCa,
    /// 已过期.
    Expired,
    /// Not valid yet.
    NotYetValid,
    /// 已被吊销 (FAQ 11).
    Revoked,
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

impl CertificateRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ForeignCa => "foreign-ca",
            Self::Expired => "certificate-expired",
            Self::NotYetValid => "certificate-not-yet-valid",
            Self::Revoked => "certificate-revoked",
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
}

impl From<PathError> for CertificateRefusal {
    fn from(error: PathError) -> Self {
        match error {
            PathError::UnknownIssuer => Self::ForeignCa,
            PathError::Expired => Self::Expired,
            PathError::NotYetValid => Self::NotYetValid,
            PathError::Revoked => Self::Revoked,
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

/// The verdict on one certificate at one moment.
pub fn recognise(
    registry: &CaRegistry,
    lists: &dyn RevocationLists,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Recognised, CertificateRefusal> {
    // 1. Which CA? The path decides, never the text of the issuer's name.
    let mut verdict = Err(CertificateRefusal::ForeignCa);
    for ca in &registry.authorities {
        verdict = judge_path(ca, lists, certificate, now);
        if verdict != Err(CertificateRefusal::ForeignCa) {
            break;
        }
    }
    let (ca, good_until) = verdict?;
    // 2. Of the region? (FAQ 4: decided by the registry.)
    if !ca.jurisdiction.is_inner_mongolia() {
        return Err(CertificateRefusal::ForeignCa);
    }
    // 3. Whose, and what kind of lock? (FAQ 2)
    let holder = read_holder(certificate, &ca.profile)?;
    match holder.lock_kind {
        LockKind::KeyLock => {}
        LockKind::LegalPersonLock => return Err(CertificateRefusal::LegalPersonLock),
        LockKind::Undecidable => return Err(CertificateRefusal::LockKindUndecidable),
    }
    Ok(Recognised {
        certificate: certificate.clone(),
        ca_id: ca.id.clone(),
        ca_name: ca.name.clone(),
        holder_name: holder.name,
        credit_code: holder.credit_code,
        key_number: holder.key_number,
        good_until,
    })
}

impl PartialEq for RecognisedCa {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

fn judge_path<'a>(
    ca: &'a RecognisedCa,
    lists: &dyn RevocationLists,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<(&'a RecognisedCa, Timestamp), CertificateRefusal> {
    let crls = match ca.revocation {
        RevocationPolicy::Required => lists.lists_of(&ca.id),
        RevocationPolicy::NotChecked => Arc::from([]),
    };
    let revocation = match ca.revocation {
        RevocationPolicy::Required => Revocation::Crls { crls: &crls },
        RevocationPolicy::NotChecked => Revocation::NotChecked,
    };
    let path = verify_path(
        certificate,
        &ca.anchors,
        &ca.intermediates,
        &revocation,
        now.unix_seconds(),
    )?;
    let good_until = path
        .certificates()
        .iter()
        .chain([path.anchor()])
        .map(Certificate::not_after)
        .chain(crls.iter().map(Crl::next_update))
        .min()
        .unwrap_or(now.unix_seconds());
    Ok((ca, Timestamp::from_unix_seconds(good_until)))
}
