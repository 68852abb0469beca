//! One file with lists, read again when it changes.
//!
//! A file that gives no list that counts any more leaves the last good ones in force: they close by themselves when their
//! nextUpdate has passed. A file that never gave one gives nothing, and so no login. A file with an older list than the one
//! in use leaves that in force too.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pki::certificate::Certificate;
use pki::revocation::{Crl, CrlError, MAX_CRL_BYTES, UnverifiedCrl, crls_in};

use super::replacing::{OLDER, is_of_the_future};

/// Whose lists a file may hold.
#[derive(Clone)]
pub(super) enum Signers {
    /// Of the CA itself.
    Own(Vec<Certificate>),
    /// Of one whom the operator named for it.
    Indirect(Certificate),
}

/// How the lists of a file are read.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) signers: Signers,
    /// Distribution points whose list is the whole, by the operator's word.
    pub(super) whole_points: Vec<String>,
}

impl Reading {
    /// The list, if whoever may sign it did.
    pub(super) fn verified(&self, unverified: &UnverifiedCrl<'_>) -> Result<Crl, CrlError> {
        let list = match &self.signers {
            Signers::Own(certificates) => unverified.verify(certificates),
            Signers::Indirect(signer) => unverified.verify_indirect(signer),
        };
        list.map(|list| self.taken(list))
    }

    fn taken(&self, list: Crl) -> Crl {
        let points = self.whole_points.iter();
        points.fold(list.as_written(), |list, point| list.whole_at(point))
    }

    fn may_be_signed_by(&self, signer: &Certificate) -> bool {
        match &self.signers {
            Signers::Own(certificates) => certificates.contains(signer),
            Signers::Indirect(named) => named == signer,
        }
    }
}

/// How a file comes to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::certificates) enum Origin {
    /// An operator keeps it up.
    File,
    /// It is fetched from here.
    Url(String),
    /// An operator imported it; it may be another CA's.
    Imported,
}

/// One file, as it was when last looked at.
#[derive(Clone)]
pub(in crate::certificates) struct ListFile {
    pub(in crate::certificates) origin: Origin,
    /// Where it is.
    pub(in crate::certificates) path: PathBuf,
    /// Lists that count.
    pub(in crate::certificates) lists: Vec<Crl>,
    /// Lists in it that do not: the issuer they name, and why.
    pub(in crate::certificates) refused: Vec<(String, CrlError)>,
    /// Why it gives none, as a whole.
    pub(in crate::certificates) problem: Option<String>,
    /// When it was last found changed and read, and when that gave lists: seconds since the Unix epoch.
    pub(super) looked_at: Option<i64>,
    pub(super) read_at: Option<i64>,
    /// How often it could not be read.
    pub(super) errors: u64,
    seen: Option<Seen>,
}

/// By what a changed file is known.
#[derive(Clone, PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    octets: u64,
    #[cfg(unix)]
    node: u64,
}

impl ListFile {
    pub(super) const fn at(origin: Origin, path: PathBuf) -> Self {
        Self {
            origin,
            path,
            lists: Vec::new(),
            refused: Vec::new(),
            problem: None,
            looked_at: None,
            read_at: None,
            errors: 0,
            seen: None,
        }
    }

    /// What messages call it.
    pub(in crate::certificates) fn address(&self) -> String {
        match &self.origin {
            Origin::Url(url) => url.clone(),
            Origin::File | Origin::Imported => self.path.display().to_string(),
        }
    }

    /// Whether another is about the same file.
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        self.origin == other.origin && self.path == other.path
    }

    /// Takes over from the same file under another state of the registry those lists that count still.
    pub(super) fn carry_on(&mut self, before: &Self, reading: &Reading) {
        let lists = before.lists.iter();
        let counting = lists.filter(|list| reading.may_be_signed_by(list.signer()));
        self.lists = counting.map(|list| reading.taken(list.clone())).collect();
        self.read_at = before.read_at;
        self.errors = before.errors;
    }

    /// Reads it if it is not as it was; answers whether the lists of it are others now.
    pub(super) fn look(&mut self, reading: &Reading) -> bool {
        let now = match seen(&self.path) {
            Ok(now) => now,
            Err(why) => {
                self.problem = Some(match self.origin {
                    Origin::Url(_) => "it has not been fetched yet".to_owned(),
                    Origin::File | Origin::Imported => why,
                });
                self.seen = None;
                return false;
            }
        };
        if self.seen.as_ref() == Some(&now) {
            return false;
        }
        let read = read(&self.path, now.octets, reading);
        self.seen = Some(now);
        let at = crate::clock::now().unix_seconds();
        self.looked_at = Some(at);
        match read {
            Ok(Read { mut lists, refused }) => {
                self.problem = None;
                self.keep_newer(&mut lists);
                self.refused = refused;
                if self.origin == Origin::Imported {
                    self.refused.clear();
                }
                if lists.is_empty() {
                    return false;
                }
                let (file, entries) = (self.path.display(), lists.iter().map(Crl::entries));
                let entries: usize = entries.sum();
                tracing::info!(%file, lists = lists.len(), entries, "revocation list read");
                self.lists = lists;
                self.read_at = Some(at);
                true
            }
            Err(why) => {
                self.problem = Some(why);
                self.errors += 1;
                false
            }
        }
    }
}

impl ListFile {
    /// Puts the list in use in the place of an older version of it.
    fn keep_newer(&mut self, lists: &mut [Crl]) {
        let in_use = self.lists.iter().filter(|had| !is_of_the_future(had));
        for list in lists {
            let newer = |had: &&Crl| had.is_about_the_same_as(list) && list.is_older_than(had);
            let Some(had) = in_use.clone().find(newer) else {
                continue;
            };
            let (file, issuer) = (self.path.display(), list.issuer().to_string());
            tracing::error!(%file, issuer, "older revocation list than the one in use: not taken");
            self.problem = Some(format!("list of {issuer}: {OLDER}"));
            self.errors += 1;
            *list = had.clone();
        }
    }
}

/// What a file holds.
pub(super) struct Read {
    pub(super) lists: Vec<Crl>,
    pub(super) refused: Vec<(String, CrlError)>,
}

fn seen(path: &Path) -> Result<Seen, String> {
    let about = std::fs::metadata(path).map_err(|e| e.to_string())?;
    Ok(Seen {
        modified: about.modified().ok(),
        octets: about.len(),
        #[cfg(unix)]
        node: std::os::unix::fs::MetadataExt::ino(&about),
    })
}

fn read(path: &Path, octets: u64, reading: &Reading) -> Result<Read, String> {
    // PEM is a third larger than what it holds, and may hold several.
    if octets > 4 * u64::try_from(MAX_CRL_BYTES).unwrap_or(u64::MAX) {
        return Err(CrlError::TooLarge.to_string());
    }
    let octets = std::fs::read(path).map_err(|e| e.to_string())?;
    let read = crls_in(octets).and_then(|lists| verified(&lists, reading));
    read.map_err(|e| e.to_string())
}

/// Verifies lists, one by one.
pub(super) fn verified(lists: &[Vec<u8>], reading: &Reading) -> Result<Read, CrlError> {
    let mut read = Read {
        lists: Vec::new(),
        refused: Vec::new(),
    };
    for der in lists {
        let unverified = UnverifiedCrl::from_der(der)?;
        match reading.verified(&unverified) {
            Ok(list) => read.lists.push(list),
            Err(why) => read.refused.push((unverified.issuer().to_string(), why)),
        }
    }
    Ok(read)
}
