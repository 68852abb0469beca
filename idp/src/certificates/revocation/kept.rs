//! The folder of what was fetched, imported and answered: `revocation` in the state folder.
//!
//! Owns names and whole writes. Everything in it is signed by others and verified again whenever it is read, so whoever
//! can write here can at most take away.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use idp_core::id::CaId;
use sha2::{Digest as _, Sha256};

use super::answers::Key;

/// The folder.
#[derive(Clone, Debug)]
pub struct Kept(PathBuf);

impl Kept {
    /// Beneath this state folder. Nothing is made until something is kept.
    pub fn in_state(state: &Path) -> Self {
        Self(state.join("revocation"))
    }

    /// The list fetched from an address for a CA.
    pub(super) fn list(&self, ca: &CaId, url: &str) -> PathBuf {
        let name = Sha256::digest(format!("{ca}\n{url}"));
        self.0
            .join("fetched")
            .join(format!("{}.crl", hex::encode(name)))
    }

    /// Where imported lists are.
    pub fn imported(&self) -> PathBuf {
        self.0.join("imported")
    }

    /// Every imported list, in order of name.
    pub fn all_imported(&self) -> Vec<PathBuf> {
        let found = std::fs::read_dir(self.imported());
        let mut files: Vec<PathBuf> = found
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "crl"))
            .collect();
        files.sort();
        files
    }

    /// The last answer about a certificate.
    pub(super) fn answer(&self, (certificate, issuer): &Key) -> PathBuf {
        let name = Sha256::digest([*certificate, *issuer].concat());
        self.0.join("answers").join(hex::encode(name))
    }

    /// What the server tells the command line of its sources.
    pub fn report(&self) -> PathBuf {
        self.0.join("sources.json")
    }
}

/// Writes a file so that whoever reads it, at whatever moment, sees the old one or the new one, and so that the new one
/// outlasts a loss of power.
pub fn write_whole(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(octets)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&beside, path)?;
    std::fs::File::open(folder)?.sync_all()
}
