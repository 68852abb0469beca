//! Loading the CA registry at start. A registry that can't be loaded whole is not loaded at all.

use std::path::{Path, PathBuf};

use idp_core::certificate_authority::{RevocationPolicy, RevocationSource};
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RecognisedCa};
use idp_core::region::RegionCode;
use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;

use crate::config::{AuthorityConfig, RevocationConfig, RevocationSourceConfig};

/// Why a CA can't be loaded: its entry, the key, and what is wrong with what stands there.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {key}: {problem}")]
pub struct RegistryError {
    /// The entry of the configuration.
    pub place: String,
    /// The key in it.
    pub key: &'static str,
    /// Which file, and why.
    pub problem: String,
}

/// Reads every CA of the configuration.
pub fn load_registry(authorities: &[AuthorityConfig]) -> Result<CaRegistry, RegistryError> {
    let authorities = authorities.iter().map(load).collect::<Result<_, _>>()?;
    Ok(CaRegistry { authorities })
}

fn load(authority: &AuthorityConfig) -> Result<RecognisedCa, RegistryError> {
    let wrong = |key: &'static str| {
        let place = authority.place();
        move |problem: String| RegistryError {
            place,
            key,
            problem,
        }
    };
    let anchors = read_all(&authority.anchors).map_err(wrong("anchors"))?;
    let intermediates = read_all(&authority.intermediates).map_err(wrong("intermediates"))?;
    let anchors = take_anchors(&anchors).map_err(wrong("anchors"))?;
    Ok(RecognisedCa {
        id: CaId::from_text(&authority.id),
        name: authority.name.clone(),
        jurisdiction: RegionCode::parse(&authority.jurisdiction)
            .map_err(|e| wrong("jurisdiction")(e.to_string()))?,
        anchors,
        intermediates: intermediates.into_iter().map(|(_, one)| one).collect(),
        profile: authority.profile.clone(),
        revocation: match authority.revocation {
            RevocationConfig::Required => RevocationPolicy::Required,
            RevocationConfig::NotChecked => RevocationPolicy::NotChecked,
        },
        sources: sources(authority).map_err(wrong("revocation_sources"))?,
    })
}

/// `crls` first, then `revocation_sources`, each in its order.
fn sources(authority: &AuthorityConfig) -> Result<Vec<RevocationSource>, String> {
    let listed = authority.crls.iter().cloned();
    let listed = listed.map(|path| Ok(RevocationSource::CrlFile { path }));
    let further = authority.revocation_sources.iter().map(source);
    listed.chain(further).collect()
}

fn source(source: &RevocationSourceConfig) -> Result<RevocationSource, String> {
    Ok(match source.clone() {
        RevocationSourceConfig::CrlFile(path) => RevocationSource::CrlFile { path },
        RevocationSourceConfig::CrlUrl {
            url,
            indirect_issuer,
        } => RevocationSource::CrlUrl {
            url,
            indirect_issuer: indirect_issuer.as_deref().map(one_pem).transpose()?,
        },
        RevocationSourceConfig::Ocsp {
            url,
            nonce,
            responder,
        } => RevocationSource::Ocsp {
            url,
            nonce,
            responder: responder.as_deref().map(one_pem).transpose()?,
        },
    })
}

/// The text of a file with exactly one certificate.
fn one_pem(path: &Path) -> Result<String, String> {
    let named = |problem: String| format!("{}: {problem}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| named(e.to_string()))?;
    match Certificate::from_pem(&text).map_err(|e| named(e.to_string()))? {
        one if one.len() == 1 => Ok(text),
        several => Err(named(format!(
            "{} certificates stand in it, and one is wanted",
            several.len()
        ))),
    }
}

fn take_anchors(read: &[(PathBuf, Certificate)]) -> Result<TrustAnchors, String> {
    // One by one first, so that the file is named.
    for (path, certificate) in read {
        TrustAnchors::from_certificates(std::slice::from_ref(certificate))
            .map_err(|e| format!("{}: {e}", path.display()))?;
    }
    let certificates: Vec<Certificate> = read.iter().map(|(_, one)| one.clone()).collect();
    TrustAnchors::from_certificates(&certificates).map_err(|e| e.to_string())
}

/// Every certificate of these files, each with its file.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Certificate)>, String> {
    let mut certificates = Vec::new();
    for path in paths {
        let read = read(path).map_err(|problem| format!("{}: {problem}", path.display()))?;
        certificates.extend(read.into_iter().map(|one| (path.clone(), one)));
    }
    Ok(certificates)
}

fn read(path: &Path) -> Result<Vec<Certificate>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    Certificate::from_pem(&text).map_err(|e| e.to_string())
}
