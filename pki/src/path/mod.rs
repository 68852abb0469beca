//! The verdict: from a lock's certificate to a trust anchor.
//!
//! Owns the order in which a certificate is judged and the one type, [`VerifiedPath`], that says it passed. Path building,
//! validity, path length, name constraints and signatures are `webpki`'s (asked in `question`); what it leaves open
//! (`KeyUsage`, weak keys, the anchors' own validity) is `rules`'s, and who was taken back is asked of
//! [`crate::revocation`]. How a CA stands before anybody comes is `standing`'s.

mod error;
mod named;
mod question;
mod rules;
mod signed;
mod standing;

use crate::anchors::TrustAnchors;
use crate::certificate::Certificate;
use crate::name::Name;
use crate::revocation::Revocation;

pub use error::{ConstraintViolation, PathError};
pub(crate) use named::{Named, named_signature};
use question::{AnyUse, ClientAuth, Question};
pub(crate) use rules::KNOWN_CRITICAL_EXTENSIONS;
pub(crate) use signed::{is_signature_of, is_signed_by};
pub use standing::{Obstacle, Standing, standing};

/// Proof that a certificate was followed to a trust anchor. Only [`verify_chain`] makes one. It does not say that the
/// certificate is fit for log-in; [`VerifiedPath`] does.
#[derive(Clone, Debug)]
pub struct VerifiedChain {
    certificates: Vec<Certificate>,
    anchor: Certificate,
    unrevoked_until: Option<i64>,
}

impl VerifiedChain {
    /// The judged certificate first, then the intermediates up to but without the anchor.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The trust anchor's certificate.
    pub fn anchor(&self) -> &Certificate {
        &self.anchor
    }

    /// What was said about revocation counts before this second only; `None` where it was not asked.
    pub fn unrevoked_until(&self) -> Option<i64> {
        self.unrevoked_until
    }
}

/// Proof that a lock's signing certificate passed every rule. Only [`verify_path`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedPath {
    chain: VerifiedChain,
}

impl VerifiedPath {
    /// The lock's certificate first, then the intermediates up to but without the anchor.
    pub fn certificates(&self) -> &[Certificate] {
        self.chain.certificates()
    }

    /// The trust anchor's certificate.
    pub fn anchor(&self) -> &Certificate {
        self.chain.anchor()
    }

    /// What was said about revocation counts before this second only; `None` where it was not asked.
    pub fn unrevoked_until(&self) -> Option<i64> {
        self.chain.unrevoked_until()
    }

    /// SHA-256 of the anchor's DER: the key under which the CA registry knows it.
    pub fn anchor_thumbprint_sha256(&self) -> [u8; 32] {
        self.anchor().thumbprint_sha256()
    }

    /// The anchor's subject.
    pub fn anchor_subject(&self) -> &Name {
        self.anchor().subject()
    }
}

/// Judges a lock's signing certificate at the time `at` (seconds since the Unix epoch). In order:
///
/// 1. It is a signing certificate (`KeyUsage`, `ExtendedKeyUsage`), its key is strong, it is within its validity.
/// 2. A path leads from it through `intermediates` to one of `anchors`; every signature, validity, path length, name
///    constraint, use and critical extension on it is in order, and nothing on it uses SHA-1, MD5 or RSA below 2048 bits.
/// 3. No certificate of the path is revoked, as far as `revocation` asks.
pub fn verify_path(
    end_entity: &Certificate,
    anchors: &TrustAnchors,
    intermediates: &[Certificate],
    revocation: &Revocation<'_>,
    at: i64,
) -> Result<VerifiedPath, PathError> {
    rules::check_purpose(end_entity)?;
    let chain = Question {
        end_entity,
        anchors,
        revocation,
        at,
    }
    .ask(intermediates, ClientAuth)?;
    Ok(VerifiedPath { chain })
}

/// Judges a certificate that a program shows in a TLS handshake (RFC 8705 §2.1): a path as [`verify_path`] follows it, and
/// uses, where the certificate names any, that let it sign a handshake as a client. Whom it names is the caller's to
/// compare.
pub fn verify_client(
    end_entity: &Certificate,
    anchors: &TrustAnchors,
    intermediates: &[Certificate],
    revocation: &Revocation<'_>,
    at: i64,
) -> Result<VerifiedChain, PathError> {
    rules::check_client(end_entity)?;
    Question {
        end_entity,
        anchors,
        revocation,
        at,
    }
    .ask(intermediates, ClientAuth)
}

/// Judges a certificate as [`verify_path`] does, except that what it is *for* is not asked: for certificates that are not
/// a lock's, whose use the caller judges.
pub fn verify_chain(
    end_entity: &Certificate,
    anchors: &TrustAnchors,
    intermediates: &[Certificate],
    revocation: &Revocation<'_>,
    at: i64,
) -> Result<VerifiedChain, PathError> {
    Question {
        end_entity,
        anchors,
        revocation,
        at,
    }
    .ask(intermediates, AnyUse)
}
