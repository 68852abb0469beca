//! Whether a certificate has been taken back.
//!
//! Owns the policy and the lists that answer it. Fetching lists, and remembering what was once seen revoked, is the
//! caller's: this module sees only what it is handed.

mod crl;

pub use crl::{Crl, CrlError, MAX_CRL_BYTES};

/// How revocation is judged. The caller always says it; there is no default.
#[derive(Clone, Copy, Debug)]
pub enum Revocation<'a> {
    /// Revocation is **not** judged: a revoked certificate passes. Only for an explicit policy, such as looking at a
    /// certificate of a CA whose status is asked for by other means before the verdict is used.
    NotChecked,
    /// Every certificate of the path below the anchor must be covered by one of these lists: signed by that
    /// certificate's issuer, within its thisUpdate and nextUpdate, and without the certificate's serial number. Whatever
    /// is not covered is refused. A CA that publishes no list about its intermediate CAs is registered with the issuing
    /// CA as the anchor.
    Crls {
        /// The lists, in any order; of several by one issuer the latest in force counts.
        crls: &'a [Crl],
    },
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
    /// The list is not signed by the issuer, or not with an algorithm that counts, or the issuer may not sign lists.
    #[error("the revocation list cannot be verified")]
    Unverifiable,
}
