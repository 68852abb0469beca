//! Whom a certificate speaks for, and in what capacity.
//!
//! There is no universal place for an enterprise's credit code and no universal mark of a key lock, so each recognised CA
//! has an [`AttributeProfile`]. This module applies it: places in order, and refusal where the certificate contradicts
//! itself. It does not judge the certificate; do that first.

pub mod credit_code;
pub mod profile;

mod explanation;
mod value;

use crate::certificate::Certificate;
pub use credit_code::{CreditCode, CreditCodeError};
pub use explanation::{Explanation, PlaceFound, RuleAsked};
pub use profile::{AttributeProfile, LockKind};
pub(crate) use value::readings;

/// Whom a certificate speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The name of the enterprise, or of the person for a legal-person lock.
    pub name: String,
    /// The unified social credit code, where the certificate carries one.
    pub credit_code: Option<CreditCode>,
    /// 证书Key号.
    pub key_number: String,
    /// 企业锁 or 法人锁.
    pub lock_kind: LockKind,
}

/// Why the holder cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// No place of the profile holds a name.
    #[error("the certificate names no holder")]
    NoName,
    /// Two places hold different credit codes.
    #[error("the certificate carries conflicting credit codes")]
    ConflictingCreditCodes,
    /// A place for credit codes holds something else.
    #[error("the certificate carries a bad credit code: {0}")]
    BadCreditCode(CreditCodeError),
    /// No place of the profile holds a key number.
    #[error("the certificate carries no key number")]
    NoKeyNumber,
    /// A place of the profile is present but cannot be decoded as the profile says.
    #[error("a value in the certificate cannot be decoded")]
    Undecodable,
}

/// Reads the holder as the CA's profile says.
pub fn read_holder(
    certificate: &Certificate,
    profile: &AttributeProfile,
) -> Result<Holder, HolderError> {
    let name = first(certificate, &profile.holder_name)?.ok_or(HolderError::NoName)?;
    let credit_code = credit_code(certificate, &profile.credit_code)?;
    let key_number = first(certificate, &profile.key_number)?.ok_or(HolderError::NoKeyNumber)?;
    let lock_kind = profile.lock_kind.decide(certificate)?;
    Ok(Holder {
        name,
        credit_code,
        key_number,
        lock_kind,
    })
}

/// The first place that holds anything decides.
fn first(
    certificate: &Certificate,
    places: &[profile::Place],
) -> Result<Option<String>, HolderError> {
    for place in places {
        if let Some(text) = place.texts(certificate)?.into_iter().next() {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// All places are read, and all must agree: a certificate with two codes could be used as either.
fn credit_code(
    certificate: &Certificate,
    places: &[profile::Place],
) -> Result<Option<CreditCode>, HolderError> {
    let mut found: Option<CreditCode> = None;
    for place in places {
        for text in place.texts(certificate)? {
            let code = text
                .parse::<CreditCode>()
                .map_err(HolderError::BadCreditCode)?;
            match &found {
                Some(earlier) if *earlier != code => {
                    return Err(HolderError::ConflictingCreditCodes);
                }
                _ => found = Some(code),
            }
        }
    }
    Ok(found)
}
