//! What a key lock is to this program, whatever it is made of.
//!
//! Owns the [`Token`] trait, the facts a lock tells without a PIN, and the closed list of what can go wrong. Does not
//! know files, drivers or devices: each kind of token has its own module.

mod facts;
pub mod soft;

use pki::certificate::Certificate;
use protocol::proof::ProofAlgorithm;

use crate::pin::Pin;

pub use facts::{CertificateFacts, CertificateKind, LockFacts, PinState};

/// One lock. A lock is asked anew each time: it may be pulled out at any moment.
pub trait Token: Send + Sync {
    /// What the lock tells without a PIN.
    fn facts(&self) -> Result<LockFacts, TokenError>;

    /// Shows the PIN to the lock and readies one key for signing. The key stays usable until the returned value goes.
    fn open(&self, wanted: &Wanted, pin: &Pin) -> Result<Box<dyn SigningSession>, TokenError>;
}

/// One key whose PIN was shown.
pub trait SigningSession: Send + Sync {
    /// The certificate of the key.
    fn certificate(&self) -> &Certificate;

    /// 硬件介质号 of the lock, if it has one.
    fn media_number(&self) -> Option<&str>;

    /// What the key can do, the preferred one first.
    fn algorithms(&self) -> &'static [ProofAlgorithm];

    /// Signs in the encoding that [`ProofAlgorithm`] fixes. The algorithm's own digest runs over `message`.
    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError>;
}

/// Which certificate of a lock is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The lock's first signing certificate.
    Signing,
    /// The certificate with this [`CertificateFacts::id`].
    Certificate(String),
}

/// Why a lock did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is no lock.
    #[error("no lock is present")]
    NoLock,
    /// The lock, or the certificate chosen, serves for encryption only.
    #[error("the lock holds only an encryption certificate; signing needs the signing certificate")]
    OnlyEncryptionCertificate,
    /// The lock holds no certificate that may sign.
    #[error("the lock holds no signing certificate")]
    NoSigningCertificate,
    /// The PIN was wrong.
    #[error("the PIN is wrong; {retries_left} more tries before the lock locks itself")]
    PinWrong {
        /// Tries left.
        retries_left: u8,
    },
    /// Too many wrong PINs; only the certificate authority can help.
    #[error(
        "the PIN is locked after too many wrong tries; the certificate authority that issued the lock can unlock it"
    )]
    PinLocked,
    /// The lock that was chosen is gone.
    #[error("the lock was removed")]
    LockRemoved,
    /// Nobody's list of algorithms holds one that this key can do.
    #[error("the key of this lock cannot sign with an accepted algorithm")]
    UnsupportedAlgorithm,
    /// The lock is there but cannot be used.
    #[error("the lock cannot be read: {0}")]
    Unreadable(&'static str),
}
