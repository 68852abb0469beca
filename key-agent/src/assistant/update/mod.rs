//! Updates of this program (软件升级): told of by a signed manifest, fetched, compared, and then left to the person.
//!
//! Owns the manifest's form and every check on it and on what it names. Does not install or run anything: it says where
//! the file lies. Knows no clock: time is an argument. Why it is done so: ADR 8.

mod fetch;
mod key;
mod make;
mod manifest;
mod version;

pub use fetch::{Downloaded, UpdateSource, download, look};
pub use key::{ReleaseKey, ReleaseKeyError, SigningKey};
pub use make::{Release, ReleaseFile, make_manifest};
pub use manifest::{Offer, ReleasedFile};
pub use version::Version;

use super::web::WebFailure;

/// Largest manifest that is read, in octets.
pub const MANIFEST_MAX_OCTETS: usize = 64 * 1024;

/// Largest file that is fetched, in octets.
pub const FILE_MAX_OCTETS: u64 = 256 * 1024 * 1024;

/// What a look at the manifest found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// This program is the newest.
    UpToDate,
    /// There is a newer one for this computer.
    Newer(Offer),
    /// There is a newer one, but not for this kind of computer.
    NotForThisComputer(Version),
}

/// Why an update was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The settings name no manifest.
    #[error("the settings name no release manifest")]
    NoSource,
    /// The settings name no place for what is fetched.
    #[error("there is no folder to keep the download in")]
    NoFolder,
    /// No answer, or not the one expected.
    #[error("the release server: {0}")]
    Web(#[from] WebFailure),
    /// The manifest is not what the standard says.
    #[error("the release manifest is malformed: {0}")]
    Malformed(&'static str),
    /// Its signature is not of the release key.
    #[error("the release manifest is not signed by the release key")]
    Forged,
    /// It is too old to tell what is new.
    #[error("the release manifest has expired")]
    Expired,
    /// It says to be published in the future: one of the clocks is wrong.
    #[error("the release manifest is published in the future; check this computer's clock")]
    NotYet,
    /// It offers less than is or was on offer.
    #[error("the release manifest offers version {offered}, older than {known}")]
    Downgrade {
        /// What it offers.
        offered: Version,
        /// What this program is, or what was offered before.
        known: Version,
    },
    /// The file is shorter than the manifest says.
    #[error("the download ended early")]
    Truncated,
    /// The file is longer than the manifest says.
    #[error("the download is larger than the manifest says")]
    Oversized,
    /// The file is not the one that the manifest names.
    #[error("the download is not the file that the manifest names")]
    WrongHash,
    /// The folder cannot be written.
    #[error("the download cannot be written to this computer")]
    Disk,
}

impl UpdateError {
    /// The machine word, also the ending of its text's key.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSource => "no-source",
            Self::NoFolder => "no-folder",
            Self::Web(failure) => failure.code(),
            Self::Malformed(_) => "malformed",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::NotYet => "not-yet",
            Self::Downgrade { .. } => "downgrade",
            Self::Truncated => "truncated",
            Self::Oversized => "oversized",
            Self::WrongHash => "wrong-hash",
            Self::Disk => "disk",
        }
    }
}
