//! The admin API from the other side: gets a token by an operator's key, reads, signs acts and has them done.
//!
//! Owns what is checked before anything is signed: that the challenge is of the place that was asked, and names the very act.
//! Knows no database and no configuration of a provider.

mod client;
mod key;

use std::path::PathBuf;

pub use client::{Client, Place};
pub use key::{KeyFiles, OperatorKey};

/// Why nothing was read or done.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A file.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, String),
    /// The key signs nothing.
    #[error("the key does not sign")]
    NotSigned,
    /// The address is none.
    #[error("{0}: {1}")]
    Address(String, &'static str),
    /// Nobody answers there.
    #[error("{0}")]
    OutOfReach(String),
    /// What came can't be written.
    #[error("it can't be written: {0}")]
    Unwritten(String),
    /// It answers something else than an admin API does.
    #[error("the answer is none of an admin API: {0}")]
    Misunderstood(&'static str),
    /// What was to be signed is not what was asked for. Nothing was signed.
    #[error("NOT SIGNED: {0}")]
    AnotherAct(&'static str),
    /// It refused.
    #[error("{code} ({status}): {title}{}{detail} [{incident}]", if .detail.is_empty() { "" } else { " " })]
    Refused {
        /// Status of the answer.
        status: u16,
        /// The machine word.
        code: String,
        /// In words.
        title: String,
        /// What to do.
        detail: String,
        /// Number under which the provider knows the request.
        incident: String,
    },
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        // The address is the caller's own; what went wrong below it stands in the source.
        let mut told = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(below) = source {
            told = format!("{told}: {below}");
            source = below.source();
        }
        Self::OutOfReach(told)
    }
}
