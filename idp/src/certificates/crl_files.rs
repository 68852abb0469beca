//! Revocation lists from files, read in the background and never on the login path.
//!
//! A file that can't be read any more leaves the last good list in force: it closes by itself when its
//! nextUpdate has passed. A file that was never readable gives no list, and so no login.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationLists};
use pki::revocation::Crl;

/// Lists at hand, by CA.
pub struct CrlFiles {
    sources: RwLock<Vec<(CaId, Vec<PathBuf>)>>,
    lists: RwLock<HashMap<CaId, Arc<[Crl]>>>,
    stamps: RwLock<HashMap<PathBuf, Loaded>>,
    problems: RwLock<HashMap<PathBuf, String>>,
    version: AtomicU64,
}

/// One file of a CA, as it was when last looked at.
pub(super) struct CrlFile {
    pub(super) path: PathBuf,
    /// The last good lists of it.
    pub(super) crls: Vec<Crl>,
    /// Why it can't be read now.
    pub(super) problem: Option<String>,
}

struct Loaded {
    modified: Option<SystemTime>,
    crls: Vec<Crl>,
}

impl CrlFiles {
    /// Reads every file of a registry for the first time.
    pub fn load(registry: &CaRegistry) -> Self {
        let files = Self {
            sources: RwLock::default(),
            lists: RwLock::default(),
            stamps: RwLock::default(),
            problems: RwLock::default(),
            version: AtomicU64::new(0),
        };
        files.follow(registry);
        files
    }

    /// Takes over what a registry names as it stands now, and reads it. Blocking.
    pub fn follow(&self, registry: &CaRegistry) {
        let sources = registry.authorities.iter();
        let sources = sources.map(|ca| (ca.id.clone(), files_named(ca))).collect();
        *self.sources.write().unwrap_or_else(PoisonError::into_inner) = sources;
        self.read_again();
        self.gather();
    }

    /// Grows whenever a list changed; a cached verdict is worth nothing then.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Reads again what changed. Blocking.
    pub fn refresh(&self) {
        if self.read_again() {
            self.gather();
        }
    }

    fn sources(&self) -> Vec<(CaId, Vec<PathBuf>)> {
        let sources = self.sources.read();
        sources.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn read_again(&self) -> bool {
        let mut changed = false;
        for path in self.sources().iter().flat_map(|(_, paths)| paths) {
            changed |= self.refresh_file(path);
        }
        changed
    }

    /// Puts what was read in force.
    fn gather(&self) {
        let stamps = self.stamps.read().unwrap_or_else(PoisonError::into_inner);
        let lists = self.sources().into_iter().map(|(ca, paths)| {
            let read = paths.iter().filter_map(|path| stamps.get(path));
            (ca, read.flat_map(|loaded| loaded.crls.clone()).collect())
        });
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = lists.collect();
        self.version.fetch_add(1, Ordering::AcqRel);
    }

    fn is_a_problem(&self, path: &Path) -> bool {
        let problems = self.problems.read().unwrap_or_else(PoisonError::into_inner);
        problems.contains_key(path)
    }

    /// Every file of a CA, in the order of its entry.
    pub(super) fn files_of(&self, ca: &CaId) -> Vec<CrlFile> {
        let stamps = self.stamps.read().unwrap_or_else(PoisonError::into_inner);
        let problems = self.problems.read().unwrap_or_else(PoisonError::into_inner);
        self.sources()
            .into_iter()
            .filter(|(id, _)| id == ca)
            .flat_map(|(_, paths)| paths)
            .map(|path| CrlFile {
                crls: stamps
                    .get(&path)
                    .map(|l| l.crls.clone())
                    .unwrap_or_default(),
                problem: problems.get(&path).cloned(),
                path,
            })
            .collect()
    }

    /// A file that can't be read is told by [`super::Standings`], with its place in the configuration.
    fn refresh_file(&self, path: &Path) -> bool {
        let modified = std::fs::metadata(path).and_then(|m| m.modified()).ok();
        {
            let stamps = self.stamps.read().unwrap_or_else(PoisonError::into_inner);
            let unchanged = stamps.get(path).is_some_and(|l| l.modified == modified);
            if modified.is_some() && unchanged && !self.is_a_problem(path) {
                return false;
            }
        }
        match read(path) {
            Ok(crls) => {
                tracing::info!(file = %path.display(), lists = crls.len(), "revocation list read");
                self.stamps
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(path.to_owned(), Loaded { modified, crls });
                self.problems
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(path);
                true
            }
            Err(problem) => {
                self.problems
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(path.to_owned(), problem);
                false
            }
        }
    }
}

impl RevocationLists for CrlFiles {
    fn lists_of(&self, ca: &CaId) -> Arc<[Crl]> {
        self.lists
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(ca)
            .cloned()
            .unwrap_or_else(|| Arc::from([]))
    }
}

fn files_named(ca: &RecognisedCa) -> Vec<PathBuf> {
    let sources = ca.sources.iter();
    sources
        .filter_map(|source| match source {
            RevocationSource::CrlFile { path } => Some(path.clone()),
            RevocationSource::CrlUrl { .. } | RevocationSource::Ocsp { .. } => None,
        })
        .collect()
}

fn read(path: &Path) -> Result<Vec<Crl>, String> {
    let octets = std::fs::read(path).map_err(|e| e.to_string())?;
    if octets.starts_with(b"-----BEGIN") {
        let text = std::str::from_utf8(&octets).map_err(|e| e.to_string())?;
        Crl::from_pem(text).map_err(|e| e.to_string())
    } else {
        Crl::from_der(&octets)
            .map(|crl| vec![crl])
            .map_err(|e| e.to_string())
    }
}
