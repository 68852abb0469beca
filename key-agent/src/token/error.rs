//! The closed list of what can go wrong between this program and a lock.

use super::Tries;

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
    #[error("the PIN is wrong; {0}")]
    PinWrong(Tries),
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
    /// The library that drives the lock failed or answered nonsense.
    #[error("the driver of the lock failed: {0}")]
    Driver(String),
    /// The library that drives the lock did not answer in time.
    #[error("the driver of the lock does not answer")]
    DriverSilent,
}
