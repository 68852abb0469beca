//! Why metadata is refused (RFC 7591 §3.2.2).

/// Why metadata is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataProblem {
    /// `invalid_redirect_uri`
    #[error("redirect_uris: {0}")]
    RedirectUri(String),
    /// `invalid_client_metadata`
    #[error("{0}: {1}")]
    Metadata(&'static str, String),
    /// `unapproved_software_statement`
    #[error(
        "software_statement: nobody's statements are approved here; say the members themselves"
    )]
    SoftwareStatement,
}

impl MetadataProblem {
    /// The word on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RedirectUri(_) => "invalid_redirect_uri",
            Self::Metadata(..) => "invalid_client_metadata",
            Self::SoftwareStatement => "unapproved_software_statement",
        }
    }
}

pub(super) fn bad<T>(name: &'static str, why: impl Into<String>) -> Result<T, MetadataProblem> {
    Err(MetadataProblem::Metadata(name, why.into()))
}
