//! The sample PKI of the demonstration: certificate authorities, revocation lists and key locks, made without any other
//! program.
//!
//! Owns making them: keys, X.509 certificates and lists in the forms that CAs of this field use, and the files of soft
//! locks. Does not know what becomes of a lock, nor whether anybody recognises its CA: judging is the `pki` crate's and the
//! provider's. Time comes in as an argument, in seconds since the Unix epoch.
//!
//! ```no_run
//! # fn main() -> Result<(), demo::pki::PkiError> {
//! use demo::pki::{Ca, LockOrder, SamplePki};
//!
//! let now = 1_790_000_000;
//! let mut pki = SamplePki::open(std::path::Path::new("pki"), "password of the CA keys", now)?;
//! let lock = pki.mint(&LockOrder::key_lock(Ca::Sm2, "乌海市示例有限公司", "91350100M000100Y43"), now)?;
//! lock.write(std::path::Path::new("lock.pem"), "123456")?;
//! # Ok(())
//! # }
//! ```

mod authority;
mod certificate;
mod credit_code;
mod eseal;
mod extension;
mod key;
mod lock;
mod lock_file;
mod name;
mod recognised;
mod sample_pki;
mod sample_seal;
mod samples;

use std::path::PathBuf;

pub use authority::Authority;
pub use certificate::{Order, Validity};
pub use credit_code::{complete_credit_code, random_credit_code};
pub use eseal::{SealMaker, SealOrder, make_seal};
pub use extension::Extensions;
pub use key::{Key, KeyKind};
pub use lock::{Ca, LockOrder, LockRole};
pub use lock_file::MintedLock;
pub use name::SubjectName;
pub use sample_pki::SamplePki;
pub use samples::{Expectation, SAMPLE_PIN, SAMPLES, Sample, SampleKind};

/// Why something of the sample PKI could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A key could not be made, read or used.
    #[error("a key of the sample PKI cannot be used: {0}")]
    Key(&'static str),
    /// DER could not be written; a text or number does not fit its place.
    #[error("a certificate or list cannot be written: {0}")]
    Encoding(#[from] der::Error),
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that does not hold what it should.
    #[error("{path}: {problem}")]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The lock file cannot be made.
    #[error("the lock file cannot be made: {0}")]
    LockFile(String),
}
