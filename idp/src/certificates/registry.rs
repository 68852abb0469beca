//! Loading the CA registry at start. A registry that can't be loaded whole is not loaded at all.

use std::path::{Path, PathBuf};

use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationPolicy};
use idp_core::region::RegionCode;
use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;

use crate::config::{AuthorityConfig, RevocationConfig};

/// Why a CA can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that holds no PEM certificates, or a malformed one.
    #[error("{path}: {problem}")]
    Certificate {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// An entry of the configuration.
    #[error("certificate authority {id}: {problem}")]
    Authority {
        /// Which.
        id: String,
        /// Why.
        problem: String,
    },
}

/// Reads every CA of the configuration.
pub fn load_registry(authorities: &[AuthorityConfig]) -> Result<CaRegistry, RegistryError> {
    let authorities = authorities.iter().map(load).collect::<Result<_, _>>()?;
    Ok(CaRegistry { authorities })
}

fn load(authority: &AuthorityConfig) -> Result<RecognisedCa, RegistryError> {
    let problem = |problem: String| RegistryError::Authority {
        id: authority.id.clone(),
        problem,
    };
    let anchors = read_all(&authority.anchors)?;
    Ok(RecognisedCa {
        id: CaId::from_text(&authority.id),
        name: authority.name.clone(),
        jurisdiction: RegionCode::parse(&authority.jurisdiction)
            .map_err(|e| problem(format!("jurisdiction: {e}")))?,
        anchors: TrustAnchors::from_certificates(&anchors).map_err(|e| problem(e.to_string()))?,
        intermediates: read_all(&authority.intermediates)?,
        profile: authority.profile.clone(),
        revocation: match authority.revocation {
            RevocationConfig::Required => RevocationPolicy::Required,
            RevocationConfig::NotChecked => RevocationPolicy::NotChecked,
        },
    })
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<Certificate>, RegistryError> {
    let mut certificates = Vec::new();
    for path in paths {
        certificates.append(&mut read(path)?);
    }
    Ok(certificates)
}

fn read(path: &Path) -> Result<Vec<Certificate>, RegistryError> {
    let text = std::fs::read_to_string(path).map_err(|source| RegistryError::File {
        path: path.to_owned(),
        source,
    })?;
    let problem = |problem: String| RegistryError::Certificate {
        path: path.to_owned(),
        problem,
    };
    let certificates = Certificate::from_pem(&text).map_err(|e| problem(e.to_string()))?;
    if certificates.is_empty() {
        return Err(problem("holds no certificate".to_owned()));
    }
    Ok(certificates)
}
