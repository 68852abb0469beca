//! `revocation_sources` of a `[[certificate_authorities]]` entry: where its revocation is asked, in order.

use std::path::{Path, PathBuf};

use idp_core::certificate_authority::NoncePolicy;
use serde::{Deserialize, Serialize};

/// One source, as the operator writes it down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum RevocationSourceConfig {
    /// `{ crl_file = "…", whole_point = "…" }`
    CrlFile {
        /// The file.
        path: PathBuf,
        /// The distribution point whose list the CA states to be the whole.
        whole_point: Option<String>,
    },
    /// `{ crl_url = "…", indirect_issuer = "…", whole_point = "…" }`
    CrlUrl {
        /// Where the list is fetched from.
        url: String,
        /// PEM file of who signs lists in the CA's stead.
        indirect_issuer: Option<PathBuf>,
        /// As of a file.
        whole_point: Option<String>,
    },
    /// `{ ocsp = "…", nonce = "absent", responder = "…" }`
    Ocsp {
        /// Where the responder answers.
        url: String,
        /// Whether its answers carry our nonce.
        nonce: NoncePolicy,
        /// PEM file of a responder that is trusted by itself.
        responder: Option<PathBuf>,
    },
}

/// The keys of it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ocsp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indirect_issuer: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole_point: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<NoncePolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responder: Option<PathBuf>,
}

impl RevocationSourceConfig {
    /// Files of it are relative to this folder.
    pub(super) fn resolve_from(&mut self, folder: &Path) {
        let file = match self {
            Self::CrlFile { path, .. } => Some(path),
            Self::CrlUrl {
                indirect_issuer, ..
            } => indirect_issuer.as_mut(),
            Self::Ocsp { responder, .. } => responder.as_mut(),
        };
        if let Some(file) = file {
            *file = folder.join(&*file);
        }
    }
}

impl TryFrom<Written> for RevocationSourceConfig {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let of_ocsp = written.nonce.is_some() || written.responder.is_some();
        let is_indirect = written.indirect_issuer.is_some();
        let is_whole = written.whole_point.is_some();
        match (written.crl_file, written.crl_url, written.ocsp) {
            (Some(path), None, None) if !of_ocsp && !is_indirect => Ok(Self::CrlFile {
                path,
                whole_point: written.whole_point,
            }),
            (None, Some(url), None) if !(of_ocsp || is_indirect && is_whole) => Ok(Self::CrlUrl {
                url: http(url)?,
                indirect_issuer: written.indirect_issuer,
                whole_point: written.whole_point,
            }),
            (None, None, Some(url)) if !is_indirect && !is_whole => Ok(Self::Ocsp {
                url: http(url)?,
                nonce: written.nonce.unwrap_or_default(),
                responder: written.responder,
            }),
            _ => Err(
                "a revocation source is exactly one of `crl_file`, `crl_url` and `ocsp`; `indirect_issuer` \
                 belongs to `crl_url`, `whole_point` to either of the two with `crl_` (without `indirect_issuer`), \
                 `nonce` and `responder` belong to `ocsp`",
            ),
        }
    }
}

/// Lists and answers are signed: http is as good as https.
fn http(url: String) -> Result<String, &'static str> {
    let parsed = url::Url::parse(&url).map_err(|_not_one| "`crl_url` and `ocsp` are URLs")?;
    if matches!(parsed.scheme(), "http" | "https") && parsed.username().is_empty() {
        Ok(url)
    } else {
        Err("`crl_url` and `ocsp` are http or https, without a user name")
    }
}

impl From<RevocationSourceConfig> for Written {
    fn from(source: RevocationSourceConfig) -> Self {
        match source {
            RevocationSourceConfig::CrlFile { path, whole_point } => Self {
                crl_file: Some(path),
                whole_point,
                ..Self::default()
            },
            RevocationSourceConfig::CrlUrl {
                url,
                indirect_issuer,
                whole_point,
            } => Self {
                crl_url: Some(url),
                indirect_issuer,
                whole_point,
                ..Self::default()
            },
            RevocationSourceConfig::Ocsp {
                url,
                nonce,
                responder,
            } => Self {
                ocsp: Some(url),
                nonce: Some(nonce),
                responder,
                ..Self::default()
            },
        }
    }
}
