//! The sources of every CA, and what is known of them now.
//!
//! The login path asks [`RevocationSources::of`] and waits for nobody: readers share what was gathered last, and whoever
//! reads files holds another lock.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationKnowledge};
use pki::certificate::Certificate;
use pki::revocation::{Lists, RevocationStatus};

use super::list_file::{ListFile, Signers};

/// What is known of every CA.
pub struct RevocationSources {
    watched: Mutex<Vec<Watched>>,
    known: RwLock<HashMap<CaId, Arc<Lists>>>,
    nothing: Arc<Lists>,
    changed: Mutex<HashSet<CaId>>,
    version: AtomicU64,
}

/// The files of one CA.
struct Watched {
    id: CaId,
    files: Vec<(Signers, ListFile)>,
}

impl RevocationSources {
    /// Reads every file of a registry for the first time.
    pub fn load(registry: &CaRegistry) -> Self {
        let sources = Self {
            watched: Mutex::default(),
            known: RwLock::default(),
            nothing: Arc::default(),
            changed: Mutex::default(),
            version: AtomicU64::new(0),
        };
        sources.follow(registry);
        sources
    }

    /// Takes over what a registry names as it stands now, and reads it. Blocking.
    pub fn follow(&self, registry: &CaRegistry) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        *watched = registry.authorities.iter().map(Watched::new).collect();
        for ca in watched.iter_mut() {
            ca.look();
        }
        let known = watched.iter().map(|ca| (ca.id.clone(), ca.lists()));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known.collect();
        self.tell(watched.iter().map(|ca| ca.id.clone()));
    }

    /// Grows whenever a list changed; a cached verdict is worth nothing then.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Reads again what changed. Blocking.
    pub fn refresh(&self) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let changed: Vec<&Watched> = watched
            .iter_mut()
            .filter_map(|ca| ca.look().then_some(&*ca))
            .collect();
        if changed.is_empty() {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for ca in &changed {
            known.insert(ca.id.clone(), ca.lists());
        }
        drop(known);
        self.tell(changed.iter().map(|ca| ca.id.clone()));
    }

    /// The CAs of which something changed since this was last asked.
    pub fn take_changed(&self) -> HashSet<CaId> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut changed)
    }

    /// Whether a list of this CA, in force or not, names the certificate.
    pub fn names(&self, ca: &CaId, certificate: &Certificate) -> bool {
        let lists = self.lists_of(ca);
        lists.all().iter().any(|list| list.takes_back(certificate))
    }

    /// The lists of one CA.
    pub(in crate::certificates) fn lists_of(&self, ca: &CaId) -> Arc<Lists> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.get(ca).unwrap_or(&self.nothing))
    }

    /// Every file of a CA, in the order of its entry.
    pub(in crate::certificates) fn files_of(&self, ca: &CaId) -> Vec<ListFile> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let of_ca = watched.iter().filter(|watched| watched.id == *ca);
        of_ca
            .flat_map(|watched| watched.files.iter().map(|(_, file)| file.clone()))
            .collect()
    }

    fn tell(&self, changed: impl Iterator<Item = CaId>) {
        let mut all = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(changed);
        self.version.fetch_add(1, Ordering::AcqRel);
    }
}

impl RevocationKnowledge for RevocationSources {
    fn of(&self, ca: &CaId) -> Arc<dyn RevocationStatus> {
        self.lists_of(ca)
    }
}

impl Watched {
    fn new(ca: &RecognisedCa) -> Self {
        let own = Signers::Own(certificates_of(ca));
        let files = ca.sources.iter().filter_map(|source| match source {
            RevocationSource::CrlFile { path } => Some((own.clone(), ListFile::at(path.clone()))),
            RevocationSource::CrlUrl { .. } | RevocationSource::Ocsp { .. } => None,
        });
        Self {
            id: ca.id.clone(),
            files: files.collect(),
        }
    }

    fn look(&mut self) -> bool {
        let mut changed = false;
        for (signers, file) in &mut self.files {
            changed |= file.look(signers);
        }
        changed
    }

    fn lists(&self) -> Arc<Lists> {
        let lists = self.files.iter().flat_map(|(_, file)| file.lists.clone());
        Arc::new(Lists::new(lists.collect()))
    }
}

/// Whoever may sign a CA's lists: its anchors, and the CAs below them.
fn certificates_of(ca: &RecognisedCa) -> Vec<Certificate> {
    let anchors = ca.anchors.certificates().iter();
    anchors.chain(&ca.intermediates).cloned().collect()
}
