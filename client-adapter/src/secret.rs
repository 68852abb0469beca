//! Words that must not leak: no `==`, no `Debug` of the value.
//!
//! Owns the comparison in constant time. Does not know what a secret opens.

use std::fmt;

use openidconnect::CsrfToken;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// How many random bytes make a secret of ours.
const RANDOM_BYTES: u32 = 32;

/// A secret text.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` secret from now on.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// 32 random bytes, base64url: 43 characters.
    pub fn random() -> Self {
        Self(CsrfToken::new_random_len(RANDOM_BYTES).secret().to_owned())
    }

    /// Whether `other` is the same text; takes the same time wherever they differ.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }

    /// The text itself. Never log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the text has the shape that [`Secret::random`] gives.
    pub(crate) fn looks_random(text: &str) -> bool {
        text.len() == 43
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_random_and_never_printed() {
        let secret = Secret::random();
        assert!(Secret::looks_random(secret.reveal()));
        assert!(!secret.matches(Secret::random().reveal()));
        assert!(secret.matches(secret.reveal()));
        assert_eq!(format!("{secret:?}"), "[secret]");
    }
}
