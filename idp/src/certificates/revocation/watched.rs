//! The files and responders of one CA, as its entry names them.

use std::sync::Arc;

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::recognition::RecognisedCa;
use pki::certificate::Certificate;
use pki::revocation::Lists;

use super::answers::{Asked, asked_of};
use super::kept::Kept;
use super::list_file::{ListFile, Origin, Reading, Signers};

/// The sources of one CA.
pub(super) struct Watched {
    pub(super) id: CaId,
    own: Reading,
    files: Vec<(Reading, ListFile)>,
    imported: Vec<ListFile>,
    pub(super) responders: Vec<String>,
    pub(super) asked: Option<Asked>,
    /// Lists behind addresses are taken to be on their way.
    pub(super) awaits_lists: bool,
}

impl Watched {
    pub(super) fn new(ca: &RecognisedCa, kept: Option<&Kept>) -> Self {
        let mut own = Reading::of(ca);
        let mut files = Vec::new();
        let mut responders = Vec::new();
        for source in &ca.sources {
            let Some(reading) = Reading::of_source(ca, source) else {
                if let RevocationSource::Ocsp { url, .. } = source {
                    responders.push(url.clone());
                }
                continue;
            };
            let file = match source {
                RevocationSource::CrlUrl { url, .. } => {
                    let path = kept.map(|kept| kept.list(&ca.id, url)).unwrap_or_default();
                    ListFile::at(Origin::Url(url.clone()), path)
                }
                RevocationSource::CrlFile { path, .. } => ListFile::at(Origin::File, path.clone()),
                RevocationSource::Ocsp { .. } => continue,
            };
            // What was imported came from one of the sources, by hand.
            own.whole_points.extend(reading.whole_points.clone());
            files.push((reading, file));
        }
        Self {
            id: ca.id.clone(),
            own,
            files,
            imported: Vec::new(),
            responders,
            asked: asked_of(ca),
            awaits_lists: false,
        }
    }

    /// Goes on with what was known of files that are still named: a change of the registry is no way back to an older list.
    pub(super) fn carry_on(&mut self, before: &Self) {
        for (reading, file) in &mut self.files {
            let known = before.files.iter().map(|(_, known)| known);
            if let Some(known) = known.clone().find(|known| file.is_the_same_as(known)) {
                file.carry_on(known, reading);
            }
        }
        for known in &before.imported {
            let mut file = ListFile::at(Origin::Imported, known.path.clone());
            file.carry_on(known, &self.own);
            self.imported.push(file);
        }
    }

    /// Leaves out lists behind addresses: they are taken to come.
    pub(super) fn foresee(&mut self) {
        let before = self.files.len();
        self.files
            .retain(|(_, file)| !matches!(file.origin, Origin::Url(_)));
        self.awaits_lists = self.files.len() < before;
    }

    pub(super) fn look(&mut self, kept: Option<&Kept>) -> bool {
        let mut changed = false;
        for (reading, file) in &mut self.files {
            changed |= file.look(reading);
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

    pub(super) fn all(&self) -> impl Iterator<Item = &ListFile> {
        let files = self.files.iter().map(|(_, file)| file);
        files.chain(&self.imported)
    }

    pub(super) fn lists(&self) -> Arc<Lists> {
        let lists = self.all().flat_map(|file| file.lists.clone());
        Arc::new(Lists::new(lists.collect()))
    }
}

impl Reading {
    /// Of a CA's own lists, whatever source they come from.
    pub(super) fn of(ca: &RecognisedCa) -> Self {
        Self {
            signers: Signers::Own(certificates_of(ca)),
            whole_points: Vec::new(),
        }
    }

    /// Of the lists of one source; `None`: it gives none. One whose named issuer can't be read gives nobody's.
    pub(super) fn of_source(ca: &RecognisedCa, source: &RevocationSource) -> Option<Self> {
        let mut reading = Self::of(ca);
        let (indirect, whole_point) = match source {
            RevocationSource::CrlFile { whole_point, .. } => (None, whole_point),
            RevocationSource::CrlUrl {
                indirect_issuer,
                whole_point,
                ..
            } => (indirect_issuer.as_deref(), whole_point),
            RevocationSource::Ocsp { .. } => return None,
        };
        reading.whole_points.extend(whole_point.clone());
        if let Some(pem) = indirect {
            let read = Certificate::from_pem(pem).unwrap_or_default();
            reading.signers = match read.into_iter().next() {
                Some(issuer) => Signers::Indirect(issuer),
                None => Signers::Own(Vec::new()),
            };
        }
        Some(reading)
    }
}

/// Whoever may sign a CA's lists: its anchors, and the CAs below them.
pub(super) fn certificates_of(ca: &RecognisedCa) -> Vec<Certificate> {
    let anchors = ca.anchors.certificates().iter();
    anchors.chain(&ca.intermediates).cloned().collect()
}
