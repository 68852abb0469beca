//! Why something could not be reached, in words that name what an operator can do.

use std::path::PathBuf;

/// Why something was not fetched, or nobody told.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is none that is reached.
    #[error("{0} is no http or https address without a user name")]
    Address(String),
    /// It would be read by whoever stands between.
    #[error("{0} is no https address")]
    NotHttps(String),
    /// It is an inner one.
    #[error(
        "the address {address} is within this machine or its networks, and {setting} does not name it"
    )]
    Forbidden {
        /// Which.
        address: String,
        /// What would allow it.
        setting: &'static str,
    },
    /// It leads onward too often.
    #[error("it leads onward more than {0} times")]
    TooManyRedirects(usize),
    /// It is more than there is room for.
    #[error("the answer is larger than {0} octets")]
    TooLarge(usize),
    /// It takes too long.
    #[error("no whole answer within {0} seconds")]
    TooSlow(u64),
    /// It is refused, or leads onward where that is not followed.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// Nobody answers, or not so that it can be read.
    #[error("{0}")]
    Failed(String),
    /// What is to be trusted can't be read.
    #[error("{}: {why}", file.display())]
    Roots {
        /// Which file.
        file: PathBuf,
        /// Why.
        why: String,
    },
}

impl FetchError {
    /// Whether nobody answered: not whoever was asked.
    pub const fn is_silence(&self) -> bool {
        matches!(self, Self::TooSlow(_) | Self::Failed(_))
    }

    /// The innermost reason: the outer ones repeat the address.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
    pub(super) fn failed(error: reqwest::Error) -> Self {
        let mut why: &dyn std::error::Error = &error;
        while let Some(inner) = why.source() {
            why = inner;
        }
        Self::Failed(why.to_string())
    }
}
