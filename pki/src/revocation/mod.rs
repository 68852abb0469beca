//! Whether a certificate has been taken back.
//!
//! Owns the question that a path puts for each of its certificates ([`RevocationStatus`]) and two ways to an answer: lists
//! ([`Crl`], verified and indexed once) and responders ([`ocsp`]). Fetching either, and remembering what was once seen
//! revoked, is the caller's: this module sees only what it is handed.

mod crl;
mod lists;
pub mod ocsp;
mod tlv;

use std::fmt;

use crate::certificate::Certificate;

pub use crl::{Crl, CrlError, MAX_CRL_BYTES, SHOWN_CRL_BYTES, UnverifiedCrl, crls_in};
pub use lists::{ListFault, Lists};

/// How revocation is judged. The caller always says it; there is no default.
#[derive(Clone, Copy)]
pub enum Revocation<'a> {
    /// Revocation is **not** judged: a revoked certificate passes. Only for an explicit policy, such as looking at a
    /// certificate of a CA whose status is asked for by other means before the verdict is used.
    NotChecked,
    /// Every certificate of the path below the anchor must be said to be unrevoked. Whatever is not is refused. A CA that
    /// says nothing about its intermediate CAs is registered with the issuing CA as the anchor.
    Asked(&'a dyn RevocationStatus),
}

/// One certificate of a path and the one above it, at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Whose status is asked.
    pub certificate: &'a Certificate,
    /// Who issued it: its key verified the certificate.
    pub issuer: &'a Certificate,
    /// Whether the certificate stands in the path as a CA.
    pub is_ca: bool,
    /// When, in seconds since the Unix epoch.
    pub at: i64,
}

/// It has not been taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrevoked {
    /// The answer counts before this second only.
    pub until: i64,
}

/// Nobody says that it has not been taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unconfirmed {
    /// It was taken back, for ever or for a while. Final.
    Revoked,
    /// Nothing that counts clears it now.
    Unavailable(RevocationGap),
}

/// Port: who knows what was taken back. Asked while paths are tried, so it answers from what is at hand.
pub trait RevocationStatus: Send + Sync {
    /// The status of one certificate.
    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed>;

    /// Whether a lock's certificate by this issuer would be given an answer, as far as can be said without it.
    fn covers_holders_of(&self, issuer: &Certificate, at: i64) -> Result<(), RevocationGap>;
}

/// Why the status of a certificate is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RevocationGap {
    /// No list by the certificate's issuer, or none whose scope includes the certificate.
    #[error("no revocation list covers the certificate")]
    NoList,
    /// The issuer's list has passed its nextUpdate.
    #[error("the revocation list is out of date")]
    Stale,
    /// The issuer's list begins in the future.
    #[error("the revocation list is not yet in force")]
    NotYetInForce,
    /// The issuer may not sign lists.
    #[error("the issuer may not sign revocation lists")]
    Unverifiable,
    /// A responder has not answered, or not with anything that counts.
    #[error("no responder gave an answer that counts")]
    Unanswered,
    /// The responder, which should know the certificate, does not. No other source is asked.
    #[error("the responder does not know the certificate")]
    Unknown,
}

impl fmt::Debug for Revocation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotChecked => "NotChecked",
            Self::Asked(_) => "Asked",
        })
    }
}
