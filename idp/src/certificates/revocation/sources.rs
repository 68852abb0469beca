//! The sources of every CA, and what is known of them now.
//!
//! The login path asks [`RevocationSources::of`] and waits for nobody: readers share what was gathered last, and whoever
//! reads files holds another lock.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::key_lock::Thumbprint;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationKnowledge};
use pki::certificate::Certificate;
use pki::revocation::ocsp::OcspStatus;
use pki::revocation::{Crl, Lists, RevocationStatus};

use super::answers::{Answer, Answers, Known, Unasked};
use super::kept::Kept;
use super::list_file::{ListFile, Origin, Signers};
use super::report::{Attempted, SourceReport};

/// What is known of every CA.
pub struct RevocationSources {
    foresees: bool,
    kept: Option<Kept>,
    watched: Mutex<Vec<Watched>>,
    known: RwLock<HashMap<CaId, Known>>,
    changed: Mutex<HashSet<CaId>>,
    revoked: Mutex<HashSet<Thumbprint>>,
    version: AtomicU64,
    pub(super) answers: Answers,
    pub(super) attempted: Attempted,
}

/// The sources of one CA.
struct Watched {
    id: CaId,
    own: Signers,
    files: Vec<(Signers, ListFile)>,
    imported: Vec<ListFile>,
    responders: Vec<String>,
    /// Lists behind addresses are taken to be on their way.
    awaits_lists: bool,
}

impl RevocationSources {
    /// Reads every file that a registry names. Without a folder nothing that is fetched or imported counts.
    pub fn load(registry: &CaRegistry) -> Self {
        Self::open(registry, None)
    }

    /// As [`Self::load`], with what is kept in a folder.
    pub fn open(registry: &CaRegistry, kept: Option<Kept>) -> Self {
        Self::new(registry, kept, false)
    }

    /// As [`Self::load`], taking it that lists behind addresses will come: to look at a configuration, never to judge
    /// a lock.
    pub fn foreseen(registry: &CaRegistry) -> Self {
        Self::new(registry, None, true)
    }

    fn new(registry: &CaRegistry, kept: Option<Kept>, foresees: bool) -> Self {
        let sources = Self {
            foresees,
            kept,
            watched: Mutex::default(),
            known: RwLock::default(),
            changed: Mutex::default(),
            revoked: Mutex::default(),
            version: AtomicU64::new(0),
            answers: Answers::new(),
            attempted: Attempted::default(),
        };
        sources.follow(registry);
        sources
    }

    /// Takes over what a registry names as it stands now, and reads it. Blocking.
    pub fn follow(&self, registry: &CaRegistry) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let authorities = registry.authorities.iter();
        *watched = authorities
            .map(|ca| Watched::new(ca, self.kept.as_ref()))
            .collect();
        if self.foresees {
            for ca in watched.iter_mut() {
                let before = ca.files.len();
                ca.files
                    .retain(|(_, file)| !matches!(file.origin, Origin::Url(_)));
                ca.awaits_lists = ca.files.len() < before;
            }
        }
        for ca in watched.iter_mut() {
            ca.look(self.kept.as_ref());
        }
        let known = watched.iter().map(|ca| (ca.id.clone(), self.known_of(ca)));
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
        let kept = self.kept.as_ref();
        let changed: Vec<&Watched> = watched
            .iter_mut()
            .filter_map(|ca| ca.look(kept).then_some(&*ca))
            .collect();
        if changed.is_empty() {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for ca in &changed {
            known.insert(ca.id.clone(), self.known_of(ca));
        }
        drop(known);
        self.tell(changed.iter().map(|ca| ca.id.clone()));
    }

    fn tell(&self, changed: impl Iterator<Item = CaId>) {
        let mut all = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(changed);
        self.version.fetch_add(1, Ordering::AcqRel);
    }

    /// The CAs of which something changed since this was last asked.
    pub fn take_changed(&self) -> HashSet<CaId> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut changed)
    }

    /// Says again that something of a CA changed: what follows from it could not be done.
    pub(super) fn note_changed(&self, ca: CaId) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.insert(ca);
    }

    /// Remembers a certificate that was taken back, until it is asked for.
    pub(super) fn note_revoked(&self, thumbprint: Thumbprint) {
        let mut revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.insert(thumbprint);
    }

    /// Certificates that a responder said were taken back, since this was last asked.
    pub(super) fn take_revoked(&self) -> HashSet<Thumbprint> {
        let mut revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut revoked)
    }

    /// Takes an answer in. One that refuses makes every verdict from before worthless.
    pub(super) fn take(&self, answer: Answer) {
        let status = answer.said.status();
        let thumbprint = Thumbprint(answer.certificate.thumbprint_sha256());
        self.answers.put(answer);
        if status == OcspStatus::Revoked {
            self.note_revoked(thumbprint);
        }
        if status != OcspStatus::Good {
            self.version.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(super) const fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// The lists of one CA.
    pub(in crate::certificates) fn lists_of(&self, ca: &CaId) -> Arc<Lists> {
        self.known(ca).map(|known| known.lists).unwrap_or_default()
    }

    fn known(&self, ca: &CaId) -> Option<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(ca).cloned()
    }

    fn known_of(&self, ca: &Watched) -> Known {
        let asks = !ca.responders.is_empty();
        Known {
            awaits_lists: ca.awaits_lists,
            lists: ca.lists(),
            answers: asks.then(|| self.answers.clone()),
        }
    }

    /// The lists that an address gave a CA.
    pub(super) fn fetched(&self, ca: &CaId, url: &str) -> Vec<Crl> {
        let files = self.files_of(ca).into_iter();
        let mut fetched = files.filter(|file| file.origin == Origin::Url(url.to_owned()));
        fetched.next().map(|file| file.lists).unwrap_or_default()
    }

    /// What is known before a key was proven.
    pub const fn before_proof(&self) -> BeforeProof<'_> {
        BeforeProof(self)
    }

    /// Every file of a CA, in the order of its entry, imported ones last.
    pub(in crate::certificates) fn files_of(&self, ca: &CaId) -> Vec<ListFile> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let of_ca = watched.iter().filter(|watched| watched.id == *ca);
        of_ca.flat_map(Watched::all).cloned().collect()
    }

    /// How every source is doing.
    pub fn report(&self) -> Vec<SourceReport> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let mut report = Vec::new();
        for ca in watched.iter() {
            let files = ca
                .all()
                .filter(|file| file.origin != Origin::Imported || !file.lists.is_empty());
            report.extend(files.map(|file| self.report_on(&ca.id, file)));
            report.extend(
                ca.responders
                    .iter()
                    .map(|url| self.report_on_responder(&ca.id, url)),
            );
        }
        report
    }

    fn report_on(&self, ca: &CaId, file: &ListFile) -> SourceReport {
        let address = file.address();
        let attempts = self.attempted.of(ca, &address);
        let refused = file.refused.first().map(|(_, why)| why.to_string());
        let problem = file.problem.clone().or(refused);
        let kind = match file.origin {
            Origin::File => "file",
            Origin::Url(_) => "url",
            Origin::Imported => "imported",
        };
        SourceReport {
            ca: ca.to_string(),
            kind: kind.to_owned(),
            this_update: file.lists.iter().map(Crl::this_update).max(),
            next_update: file.lists.iter().map(Crl::next_update).min(),
            entries: file.lists.iter().map(Crl::entries).sum(),
            last_attempt: attempts.last_attempt.or(file.looked_at),
            last_success: attempts.last_success.or(file.read_at),
            last_error: attempts.last_error.or(problem),
            errors: attempts.errors + file.errors,
            latency_ms: attempts.latency.map(milliseconds),
            address,
        }
    }

    fn report_on_responder(&self, ca: &CaId, url: &str) -> SourceReport {
        let attempts = self.attempted.of(ca, url);
        let answers = self.answers.all();
        let of_ca: Vec<_> = answers.iter().filter(|answer| answer.ca == *ca).collect();
        SourceReport {
            ca: ca.to_string(),
            kind: "ocsp".to_owned(),
            address: url.to_owned(),
            this_update: of_ca.iter().map(|answer| answer.said.this_update()).max(),
            next_update: None,
            entries: of_ca.len(),
            last_attempt: attempts.last_attempt,
            last_success: attempts.last_success,
            last_error: attempts.last_error,
            errors: attempts.errors,
            latency_ms: attempts.latency.map(milliseconds),
        }
    }
}

fn milliseconds(latency: std::time::Duration) -> u64 {
    u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)
}

/// What is known, for certificates about which no responder may be asked yet.
pub struct BeforeProof<'a>(&'a RevocationSources);

impl RevocationKnowledge for BeforeProof<'_> {
    fn of(&self, ca: &CaId) -> Arc<dyn RevocationStatus> {
        match self.0.known(ca) {
            Some(known) => Arc::new(Unasked(known)),
            None => Arc::new(Lists::default()),
        }
    }
}

impl RevocationKnowledge for RevocationSources {
    fn of(&self, ca: &CaId) -> Arc<dyn RevocationStatus> {
        match self.known(ca) {
            Some(known) => Arc::new(known),
            None => Arc::new(Lists::default()),
        }
    }
}

impl Watched {
    fn new(ca: &RecognisedCa, kept: Option<&Kept>) -> Self {
        let own = Signers::Own(certificates_of(ca));
        let mut files = Vec::new();
        let mut responders = Vec::new();
        for source in &ca.sources {
            match source {
                RevocationSource::CrlFile { path } => {
                    files.push((own.clone(), ListFile::at(Origin::File, path.clone())));
                }
                RevocationSource::CrlUrl {
                    url,
                    indirect_issuer,
                } => {
                    let signers = signers_of(&own, indirect_issuer.as_deref());
                    let path = kept.map(|kept| kept.list(&ca.id, url)).unwrap_or_default();
                    files.push((signers, ListFile::at(Origin::Url(url.clone()), path)));
                }
                RevocationSource::Ocsp { url, .. } => responders.push(url.clone()),
            }
        }
        Self {
            id: ca.id.clone(),
            own,
            files,
            imported: Vec::new(),
            responders,
            awaits_lists: false,
        }
    }

    fn look(&mut self, kept: Option<&Kept>) -> bool {
        let mut changed = false;
        for (signers, file) in &mut self.files {
            changed |= file.look(signers);
        }
        let present = kept.map(Kept::all_imported).unwrap_or_default();
        let before = self.imported.len();
        self.imported.retain(|file| present.contains(&file.path));
        changed |= self.imported.len() != before;
        for path in present {
            if !self.imported.iter().any(|file| file.path == path) {
                self.imported.push(ListFile::at(Origin::Imported, path));
            }
        }
        for file in &mut self.imported {
            changed |= file.look(&self.own);
        }
        changed
    }

    fn all(&self) -> impl Iterator<Item = &ListFile> {
        let files = self.files.iter().map(|(_, file)| file);
        files.chain(&self.imported)
    }

    fn lists(&self) -> Arc<Lists> {
        let lists = self.all().flat_map(|file| file.lists.clone());
        Arc::new(Lists::new(lists.collect()))
    }
}

/// Whose lists an address gives. One whose named issuer can't be read gives nobody's.
pub(super) fn signers_of(own: &Signers, indirect: Option<&str>) -> Signers {
    let Some(pem) = indirect else {
        return own.clone();
    };
    let read = Certificate::from_pem(pem).unwrap_or_default();
    match read.into_iter().next() {
        Some(issuer) => Signers::Indirect(issuer),
        None => Signers::Own(Vec::new()),
    }
}

/// Whoever may sign a CA's lists: its anchors, and the CAs below them.
pub(super) fn certificates_of(ca: &RecognisedCa) -> Vec<Certificate> {
    let anchors = ca.anchors.certificates().iter();
    anchors.chain(&ca.intermediates).cloned().collect()
}
