//! Certificates of key locks and the verdict on them.
//!
//! This crate reads X.509 certificates and CRLs, follows a certificate to a trust anchor, verifies signatures made by a
//! lock (RSA, ECDSA P-256/P-384 and SM2-with-SM3), says whom a certificate speaks for and reads electronic seals. It knows no clock (time is an
//! argument, `i64` seconds since the Unix epoch), no network, no file and no HTTP; a caller that wants an answer about
//! "now" brings the now.
//!
//! Everything that is parsed here comes from outside and is taken to be hostile: parsing is strict, bounded in size,
//! and never panics; text that leaves this crate carries no control characters.

pub mod anchors;
pub mod certificate;
pub mod eseal;
pub mod holder;
pub mod name;
pub mod path;
pub mod revocation;
pub mod signature;
pub mod sm2;

mod oid;
