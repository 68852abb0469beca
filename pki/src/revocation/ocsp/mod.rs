//! Asking a responder about one certificate (RFC 6960, nonces by RFC 9654), and judging its answer.
//!
//! Owns the octets of the question and everything an answer must be before it counts. Knows no network and no clock: who
//! carries the question, and when it is, is the caller's.

mod request;
mod responder;
mod response;

pub use request::{NONCE_OCTETS, OcspRequest};

/// Largest answer that is read, in bytes: one status, one signature and a few certificates.
pub const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// How far a responder's clock may be from ours, in seconds.
pub const MAX_SKEW_SECONDS: i64 = 15 * 60;

/// How long an answer without nextUpdate counts, in seconds: it says that newer information is always at hand.
pub const WITHOUT_NEXT_UPDATE_SECONDS: i64 = 5 * 60;

/// What a responder says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspStatus {
    /// It has not been taken back.
    Good,
    /// It was, for ever or for a while.
    Revoked,
    /// The responder, which should know it, does not. As final as [`Self::Revoked`].
    Unknown,
}

/// An answer that counts. Only [`OcspRequest::verify`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    status: OcspStatus,
    /// Revoked for a while: the reason is certificateHold.
    on_hold: bool,
    this_update: i64,
    until: i64,
}

impl OcspAnswer {
    /// What it says.
    pub fn status(&self) -> OcspStatus {
        self.status
    }

    /// Whether it says that the certificate was revoked, and not only put on hold: that never ends (RFC 5280 §5.3.1).
    pub fn is_revoked_for_good(&self) -> bool {
        self.status == OcspStatus::Revoked && !self.on_hold
    }

    /// From when it is, in seconds since the Unix epoch.
    pub fn this_update(&self) -> i64 {
        self.this_update
    }

    /// It counts before this second only.
    pub fn until(&self) -> i64 {
        self.until
    }
}

/// Why an answer does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// The certificate's or issuer's key or serial number cannot be named in a question.
    #[error("the certificate cannot be asked about")]
    Unaskable,
    /// Larger than [`MAX_RESPONSE_BYTES`].
    #[error("the answer is too large")]
    TooLarge,
    /// Not the DER of a basic response.
    #[error("the answer is malformed")]
    Malformed,
    /// The responder says that it will not answer (RFC 6960 §2.3).
    #[error("the responder did not answer: {0}")]
    NotAnswered(&'static str),
    /// It is about another certificate.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// It is not about exactly one certificate.
    #[error("the answer is not about exactly one certificate")]
    NotOne,
    /// It is from the future, or out of date.
    #[error("the answer is out of date, or not of this time")]
    NotOfNow,
    /// It does not carry the nonce of the question.
    #[error("the answer does not carry the nonce of the question")]
    Nonce,
    /// A critical extension that nobody here understands.
    #[error("the answer carries an unknown critical extension")]
    UnknownCriticalExtension,
    /// Nobody who may signed it.
    #[error("the answer is not signed by one who may answer for this issuer")]
    NotAuthorised,
}
