//! What a key lock is to this program, whatever it is made of.
//!
//! Owns the [`Token`] trait, the facts a lock tells without a PIN, and the closed list of what can go wrong. Does not
//! know files, drivers or devices: each kind of token has its own module.

mod choice;
mod digest_info;
mod driver;
mod error;
mod facts;
pub mod pkcs11;
pub mod skf;
pub mod soft;
mod told;
mod tries;

use pki::certificate::Certificate;
use protocol::proof::ProofAlgorithm;

use crate::pin::Pin;

pub use driver::{DriverLocks, Patience};
pub use error::TokenError;
pub use facts::{CertificateFacts, CertificateKind, LockFacts};
pub use tries::{PinState, Tries};

/// One lock. A lock is asked anew each time: it may be pulled out at any moment.
pub trait Token: Send + Sync {
    /// What the lock tells without a PIN.
    fn facts(&self) -> Result<LockFacts, TokenError>;

    /// Shows the PIN to the lock and readies one key for signing. The key stays usable until the returned value goes.
    fn open(&self, wanted: &Wanted, pin: &Pin) -> Result<Box<dyn SigningSession>, TokenError>;

    /// The e-seals (GB/T 38540) that the lock shows without a PIN: octets as found, unchecked, each at most
    /// [`SEAL_MAX_OCTETS`], no more than [`SEALS_MAX`].
    fn seals(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        Ok(Vec::new())
    }
}

/// Largest e-seal that is read: a picture and some certificates.
pub const SEAL_MAX_OCTETS: usize = 512 * 1024;

/// Most e-seals that are read out of one lock.
pub const SEALS_MAX: usize = 16;

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
