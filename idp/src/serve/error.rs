//! Why the server does not start, and why a command is not carried out: what, and what to do.

use crate::signing::KeysError;

/// Why the server does not start. Each names what to do.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct StartError {
    /// Which part.
    pub what: String,
    /// Why.
    pub why: String,
}

impl StartError {
    pub(crate) fn new(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self {
            what: what.into(),
            why: format!("{why}"),
        }
    }
}

impl From<KeysError> for StartError {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::MasterKey(error) => Self::new("master key", error),
            KeysError::Hsm(error) => Self::new("signing_keys.pkcs11", error),
            error => Self::new("signing keys", error),
        }
    }
}
