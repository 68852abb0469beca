//! Reading the CA registry: what an operator wrote becomes an entry, files and all, and entries become what certificates
//! are judged by. A configuration that can't be read whole is not taken at all; of the stored registry an entry that can't
//! be read is left out alone, so that it keeps no change of another away.

use std::path::{Path, PathBuf};

use idp_core::certificate_authority::{
    CaEntry, CaState, PemFile, RevocationPlan, RevocationPolicy, RevocationSource, StoredRegistry,
    UnreadableCa,
};
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, EntryError, RecognisedCa};
use idp_core::region::RegionCode;
use pki::certificate::Certificate;

use super::pem::section;
use crate::config::{AuthorityConfig, RevocationConfig, RevocationSourceConfig};

/// Why a CA can't be read: its entry, the key, and what is wrong with what stands there.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {error}")]
pub struct RegistryError {
    /// The entry.
    pub place: String,
    /// What is wrong in it.
    pub error: EntryError,
}

/// A registry that was read, and what messages call its parts.
#[derive(Clone, Debug, Default)]
pub struct Registered {
    registry: CaRegistry,
    places: Vec<Place>,
}

/// What messages call one entry and its certificates, file by file.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) entry: String,
    pub(super) anchors: Vec<String>,
    pub(super) intermediates: Vec<String>,
}

impl Registered {
    /// What certificates are judged by.
    pub fn registry(&self) -> &CaRegistry {
        &self.registry
    }

    pub(super) fn placed(&self) -> impl Iterator<Item = (&RecognisedCa, &Place)> {
        self.registry.authorities.iter().zip(&self.places)
    }

    /// Reads stored entries, as they stood at this version of the registry.
    pub fn of_store(version: i64, stored: &StoredRegistry) -> Self {
        let mut read = Self::default();
        let unreadable = &mut stored.unreadable.clone();
        for ca in &stored.authorities {
            let place = format!("{} ({})", ca.id, ca.entry.name);
            if let Err(error) = read.take(place, &ca.id, ca.state, &ca.entry) {
                unreadable.push(UnreadableCa {
                    id: ca.id.clone(),
                    state: Some(ca.state),
                    problem: error.to_string(),
                });
            }
        }
        read.registry.unreadable.append(unreadable);
        read.registry.version = version;
        read
    }

    /// One entry, as if it were recognised: to be looked at before it is.
    pub fn of_one(id: &CaId, entry: &CaEntry) -> Result<Self, RegistryError> {
        let mut read = Self::default();
        let place = format!("{id} ({})", entry.name);
        read.take(place, id, CaState::Active, entry)?;
        Ok(read)
    }

    fn take(
        &mut self,
        place: String,
        id: &CaId,
        state: CaState,
        entry: &CaEntry,
    ) -> Result<(), RegistryError> {
        let ca = RecognisedCa::read(id, state, entry);
        let wrong = |error| RegistryError {
            place: place.clone(),
            error,
        };
        self.registry.authorities.push(ca.map_err(wrong)?);
        self.places.push(Place {
            anchors: files_of(&entry.anchors),
            intermediates: files_of(&entry.intermediates),
            entry: place,
        });
        Ok(())
    }
}

/// The file of every certificate.
fn files_of(files: &[PemFile]) -> Vec<String> {
    let each = files.iter().flat_map(|file| {
        let inside = Certificate::from_pem(&file.pem).map_or(0, |all| all.len());
        std::iter::repeat_n(file.file.clone(), inside)
    });
    each.collect()
}

/// Reads every CA of a configuration, all of them active.
pub fn load_registry(authorities: &[AuthorityConfig]) -> Result<Registered, RegistryError> {
    let mut read = Registered::default();
    for authority in authorities {
        let entry = entry_of(authority)?;
        let id = CaId::from_text(&authority.id);
        read.take(authority.place(), &id, CaState::Active, &entry)?;
    }
    Ok(read)
}

/// What an operator wrote down, its files read.
pub fn entry_of(authority: &AuthorityConfig) -> Result<CaEntry, RegistryError> {
    let wrong = |key: &'static str| {
        let place = authority.place();
        move |problem: String| RegistryError {
            place,
            error: EntryError { key, problem },
        }
    };
    Ok(CaEntry {
        name: authority.name.clone(),
        anchors: pem_files(&authority.anchors).map_err(wrong("anchors"))?,
        intermediates: pem_files(&authority.intermediates).map_err(wrong("intermediates"))?,
        jurisdiction: RegionCode::parse(&authority.jurisdiction)
            .map_err(|e| wrong("jurisdiction")(e.to_string()))?,
        profile: authority.profile.clone(),
        algorithms: authority.algorithms.clone(),
        revocation: RevocationPlan {
            policy: match authority.revocation {
                RevocationConfig::Required => RevocationPolicy::Required,
                RevocationConfig::NotChecked => RevocationPolicy::NotChecked,
            },
            sources: sources(authority).map_err(wrong("revocation_sources"))?,
        },
    })
}

/// An entry to be stored: other processes, with other working folders, read its files too.
pub fn with_whole_paths(mut entry: CaEntry) -> Result<CaEntry, std::io::Error> {
    for file in entry.anchors.iter_mut().chain(&mut entry.intermediates) {
        file.file = std::path::absolute(&file.file)?.display().to_string();
    }
    for source in &mut entry.revocation.sources {
        if let RevocationSource::CrlFile { path, .. } = source {
            *path = std::path::absolute(&*path)?;
        }
    }
    Ok(entry)
}

fn pem_files(paths: &[PathBuf]) -> Result<Vec<PemFile>, String> {
    let each = paths.iter().map(|path| {
        let pem: String = certificates_in(path)?.iter().map(pem).collect();
        let file = path.display().to_string();
        Ok(PemFile { file, pem })
    });
    each.collect()
}

fn certificates_in(path: &Path) -> Result<Vec<Certificate>, String> {
    let named = |problem: String| format!("{}: {problem}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| named(e.to_string()))?;
    Certificate::from_pem(&text).map_err(|e| named(e.to_string()))
}

/// The certificate alone: whatever else stood in a file, a private key perhaps, is not taken along.
fn pem(certificate: &Certificate) -> String {
    section("CERTIFICATE", certificate.der())
}

/// `crls` first, then `revocation_sources`, each in its order.
fn sources(authority: &AuthorityConfig) -> Result<Vec<RevocationSource>, String> {
    let listed = authority.crls.iter().cloned();
    let listed = listed.map(|path| {
        let whole_point = None;
        Ok(RevocationSource::CrlFile { path, whole_point })
    });
    let further = authority.revocation_sources.iter().map(source);
    listed.chain(further).collect()
}

fn source(source: &RevocationSourceConfig) -> Result<RevocationSource, String> {
    Ok(match source.clone() {
        RevocationSourceConfig::CrlFile { path, whole_point } => {
            RevocationSource::CrlFile { path, whole_point }
        }
        RevocationSourceConfig::CrlUrl {
            url,
            indirect_issuer,
            whole_point,
        } => RevocationSource::CrlUrl {
            url,
            indirect_issuer: indirect_issuer.as_deref().map(one_pem).transpose()?,
            whole_point,
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
    match certificates_in(path)?.as_slice() {
        [one] => Ok(pem(one)),
        several => Err(format!(
            "{}: {} certificates stand in it, and one is wanted",
            path.display(),
            several.len()
        )),
    }
}
