//! What a lock and its certificates tell without a PIN.
//!
//! Owns the choice of facts that a person needs to tell two certificates apart. Does not know the rule by which a
//! certificate authority marks key numbers or kinds of locks.

use pkcs8::ObjectIdentifier;
use pkcs8::der::Decode as _;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pki::certificate::{Certificate, CertificatePurpose};
use protocol::proof::ProofAlgorithm;
use serde::Serialize;

use super::PinState;
use super::soft::oid;

/// One lock.
#[derive(Clone, Debug)]
pub struct LockFacts {
    /// Names the lock among those present; stable while it is present.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// A file, not a device: fit for demonstration and tests only.
    pub software: bool,
    /// 硬件介质号, if known.
    pub media_number: Option<String>,
    /// Tries left.
    pub pin: PinState,
    /// Its certificates of persons and enterprises; those of authorities are left out.
    pub certificates: Vec<CertificateFacts>,
    /// Whether the certificates can be seen only after the PIN.
    pub sealed: bool,
}

impl LockFacts {
    /// Whether something in the lock may sign, as far as can be told without a PIN.
    pub fn may_sign(&self) -> bool {
        self.sealed
            || self
                .certificates
                .iter()
                .any(|one| one.kind == CertificateKind::Signing)
    }

    /// Whether the lock shows encryption certificates and nothing that may sign.
    pub fn only_encrypts(&self) -> bool {
        !self.may_sign()
            && self
                .certificates
                .iter()
                .any(|one| one.kind == CertificateKind::Encryption)
    }
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateKind {
    /// 签名证书.
    Signing,
    /// 加密证书: the other one of the pair.
    Encryption,
    /// Neither.
    Other,
}

impl CertificateKind {
    /// The word in messages to the window, in `list --json` and in texts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
            Self::Other => "other",
        }
    }
}

/// One certificate.
#[derive(Clone, Debug)]
pub struct CertificateFacts {
    /// Names the certificate within its lock.
    pub id: String,
    /// The certificate itself.
    pub certificate: Certificate,
    /// 证书Key号, if the lock tells it.
    pub key_number: Option<String>,
    /// What it is for.
    pub kind: CertificateKind,
    /// What its key can do; empty if this program cannot use the key.
    pub algorithms: &'static [ProofAlgorithm],
}

impl CertificateFacts {
    /// Reads them from the certificate.
    pub fn of(certificate: Certificate, key_number: Option<String>) -> Self {
        let thumbprint = hex::encode(certificate.thumbprint_sha256());
        Self {
            id: thumbprint.chars().take(32).collect(),
            kind: match certificate.purpose() {
                CertificatePurpose::Signing => CertificateKind::Signing,
                CertificatePurpose::EncryptionOnly => CertificateKind::Encryption,
                CertificatePurpose::Neither => CertificateKind::Other,
            },
            algorithms: algorithms_of(certificate.subject_public_key_info_der()),
            key_number,
            certificate,
        }
    }

    /// Whom the certificate names, in the words a person looks for.
    pub fn subject_name(&self) -> String {
        short_name(self.certificate.subject())
    }

    /// Who issued it, in the words a person looks for.
    pub fn issuer_name(&self) -> String {
        short_name(self.certificate.issuer())
    }
}

fn short_name(name: &pki::name::Name) -> String {
    name.common_name()
        .or_else(|| name.organization())
        .map_or_else(|| name.to_string(), str::to_owned)
}

/// The algorithms of a `SubjectPublicKeyInfo`'s key, the preferred one first.
fn algorithms_of(spki: &[u8]) -> &'static [ProofAlgorithm] {
    SubjectPublicKeyInfoRef::from_der(spki).map_or(&[], |info| {
        let curve = info.algorithm.parameters_oid().ok();
        algorithms_of_key(info.algorithm.oid, curve)
    })
}

/// The algorithms of a key's type, the preferred one first.
pub(super) fn algorithms_of_key(
    key: ObjectIdentifier,
    curve: Option<ObjectIdentifier>,
) -> &'static [ProofAlgorithm] {
    match (key, curve) {
        (oid::RSA, _) => &[ProofAlgorithm::Rs256, ProofAlgorithm::Ps256],
        (oid::EC_PUBLIC_KEY, Some(oid::P256)) => &[ProofAlgorithm::Es256],
        (oid::EC_PUBLIC_KEY, Some(oid::P384)) => &[ProofAlgorithm::Es384],
        (oid::EC_PUBLIC_KEY | oid::SM2, Some(oid::SM2)) => &[ProofAlgorithm::Sm2Sm3],
        _ => &[],
    }
}
