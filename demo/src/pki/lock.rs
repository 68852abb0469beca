//! What a key lock of the sample PKI shall say.
//!
//! Owns the order for one lock. Does not know where its CA writes what: see `recognised`.

use serde::{Deserialize, Serialize};

use super::KeyKind;

/// The CAs of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ca {
    /// Recognised; SM2, a root and an issuing CA.
    Sm2,
    /// Recognised; RSA, one root that issues.
    Rsa,
    /// Outside the region and in no registry; P-256.
    Foreign,
}

/// 企业锁 or 法人锁.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockRole {
    /// 企业锁: speaks for the enterprise.
    KeyLock,
    /// 法人锁: speaks for this person.
    LegalPersonLock {
        /// The person's name.
        person: String,
    },
}

/// One lock.
#[derive(Clone, Debug)]
pub struct LockOrder {
    /// Who issues it.
    pub ca: Ca,
    /// Whom it speaks for.
    pub role: LockRole,
    /// The enterprise's name.
    pub enterprise: String,
    /// The enterprise's credit code; without one the certificate carries none. Written as it is, right or wrong.
    pub credit_code: Option<String>,
    /// The kind of its keys.
    pub key_kind: KeyKind,
    /// 证书Key号; a random one if absent.
    pub key_number: Option<String>,
    /// 硬件介质号; a random one if absent.
    pub media_number: Option<String>,
    /// Days from the beginning of its validity to now.
    pub days_before: i64,
    /// Days from now to the end of its validity; negative if it has expired.
    pub days_after: i64,
    /// Whether the other certificate of the pair, for encryption, comes along with a key of its own.
    pub with_encryption_certificate: bool,
    /// What a person calls the lock.
    pub label: String,
}

impl LockOrder {
    /// A good 企业锁.
    pub fn key_lock(ca: Ca, enterprise: &str, credit_code: &str) -> Self {
        Self {
            ca,
            role: LockRole::KeyLock,
            enterprise: enterprise.to_owned(),
            credit_code: Some(credit_code.to_owned()),
            key_kind: ca.own_key_kind(),
            key_number: None,
            media_number: None,
            days_before: 30,
            days_after: 700,
            with_encryption_certificate: false,
            label: enterprise.to_owned(),
        }
    }

    /// A good 法人锁.
    pub fn legal_person_lock(ca: Ca, enterprise: &str, credit_code: &str, person: &str) -> Self {
        Self {
            role: LockRole::LegalPersonLock {
                person: person.to_owned(),
            },
            ..Self::key_lock(ca, enterprise, credit_code)
        }
    }

    /// The same with keys of another kind.
    #[must_use]
    pub fn with_key_kind(self, key_kind: KeyKind) -> Self {
        Self { key_kind, ..self }
    }
}

impl Ca {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sm2, Self::Rsa, Self::Foreign];

    /// The kind of its own keys, and of its locks' where nothing else is asked.
    pub fn own_key_kind(self) -> KeyKind {
        match self {
            Self::Sm2 => KeyKind::Sm2,
            Self::Rsa => KeyKind::Rsa2048,
            Self::Foreign => KeyKind::P256,
        }
    }
}
