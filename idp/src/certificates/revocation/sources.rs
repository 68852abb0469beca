//! The sources of every CA, and what is known of them now.
//!
//! The login path asks [`RevocationSources::of`] and waits for nobody: readers share what was gathered last, and whoever
//! reads files holds another lock.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use idp_core::id::CaId;
use idp_core::key_lock::Thumbprint;
use idp_core::recognition::{CaRegistry, RecognisedCa, RevocationKnowledge};
use pki::certificate::Certificate;
use pki::revocation::ocsp::OcspStatus;
use pki::revocation::{Crl, Lists, RevocationStatus};

use super::answers::{Answer, Answers, Known, Unasked, asked_of, key};
use super::kept::Kept;
use super::list_file::{ListFile, Origin};
use super::report::{Askings, Attempted, SourceReport};
use super::watched::{Watched, certificates_of};
use crate::clock;

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
    askings: Mutex<Askings>,
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
            askings: Mutex::default(),
        };
        sources.follow(registry);
        sources
    }

    /// Takes over what a registry names as it stands now, and reads it. Blocking.
    pub fn follow(&self, registry: &CaRegistry) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let authorities = registry.authorities.iter();
        let mut named: Vec<Watched> = authorities
            .map(|ca| Watched::new(ca, self.kept.as_ref()))
            .collect();
        for ca in &mut named {
            if self.foresees {
                ca.foresee();
            }
            if let Some(before) = watched.iter().find(|before| before.id == ca.id) {
                ca.carry_on(before);
            }
            ca.look(self.kept.as_ref());
        }
        *watched = named;
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
        // What hangs by a CA's certificate is everything of the CA.
        let above = answer.certificate.is_ca().then(|| answer.ca.clone());
        self.answers.put(answer);
        if status == OcspStatus::Revoked {
            match above {
                Some(ca) => self.note_changed(ca),
                None => self.note_revoked(thumbprint),
            }
        }
        if status != OcspStatus::Good {
            self.version.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(super) const fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// What asking anew costs.
    pub fn askings(&self) -> Askings {
        *self.askings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note_turn(&self, asked: usize, took: Duration) {
        let mut askings = self.askings.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = u64::try_from(asked).unwrap_or(u64::MAX);
        askings.asked = askings.asked.saturating_add(asked);
        askings.last = (asked, took);
    }

    /// The lists of one CA.
    pub(in crate::certificates) fn lists_of(&self, ca: &CaId) -> Arc<Lists> {
        self.known(ca).map(|known| known.lists).unwrap_or_default()
    }

    pub(super) fn known(&self, ca: &CaId) -> Option<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(ca).cloned()
    }

    fn known_of(&self, ca: &Watched) -> Known {
        Known {
            awaits_lists: ca.awaits_lists,
            lists: ca.lists(),
            answers: self.answers.clone(),
            asked: ca.asked,
        }
    }

    /// Whether a CA's certificate is known as taken back by the CA of this entry.
    pub(super) fn is_taken_back(&self, ca: &RecognisedCa, certificate: &Certificate) -> bool {
        let (asked, at) = (asked_of(ca), clock::now().unix_seconds());
        let by_list = |list: &Crl| list.takes_back(certificate);
        let by_answer = |issuer: &Certificate| {
            let key = key(certificate, issuer);
            let answer = self.answers.find(&key, asked.as_ref(), at);
            answer.is_some_and(|answer| answer.said.status() == OcspStatus::Revoked)
        };
        let lists = self.lists_of(&ca.id);
        lists.all().iter().any(by_list) || certificates_of(ca).iter().any(by_answer)
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
        let (mut report, answers) = (Vec::new(), self.answers.all());
        for ca in watched.iter() {
            let files = ca
                .all()
                .filter(|file| file.origin != Origin::Imported || !file.lists.is_empty());
            report.extend(files.map(|file| SourceReport::on_file(&ca.id, file, &self.attempted)));
            let at_hand = (answers.as_slice(), &self.attempted);
            let responders = ca.responders.iter();
            report.extend(responders.map(|url| SourceReport::on_responder(&ca.id, url, at_hand)));
        }
        report
    }
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
