//! Why the server does not start, and why a command is not carried out: what, and what to do.

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
