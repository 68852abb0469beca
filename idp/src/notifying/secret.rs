//! Secrets of the ways: out of a file or a variable, once at start.

use crate::config::SecretSource;

/// Why a way can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{way}: {why}")]
pub struct NotOpened {
    /// Which.
    way: String,
    /// Why.
    why: String,
}

impl NotOpened {
    pub(super) fn new(way: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self {
            way: way.into(),
            why: why.to_string(),
        }
    }
}

/// A text that nobody reads in a log.
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn read(way: &str, source: &SecretSource) -> Result<Self, NotOpened> {
        let wrong = |why: String| NotOpened::new(way, why);
        let text = if source.variable.is_empty() {
            std::fs::read_to_string(&source.file)
                .map_err(|e| wrong(format!("{}: {e}", source.file.display())))?
        } else {
            std::env::var(&source.variable)
                .map_err(|e| wrong(format!("variable {}: {e}", source.variable)))?
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(wrong("the secret is empty".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// As it is sent or computed with; nowhere else.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}
