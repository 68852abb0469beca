//! The folder of what was fetched, imported and answered: `revocation` in the state folder.
//!
//! Owns names and whole writes. Everything in it is signed by others and verified again whenever it is read, so whoever
//! can write here can at most take away.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use idp_core::id::CaId;
use pki::certificate::Certificate;
use sha2::{Digest as _, Sha256};

use super::answers::{Asked, key};

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

    /// The last answer about a certificate by these responders; `None`: what it says is for good, whoever is asked now.
    /// The name ends with the certificate's own end.
    pub(super) fn answer(
        &self,
        (certificate, issuer): (&Certificate, &Certificate),
        asked: Option<&Asked>,
    ) -> PathBuf {
        let (certificate_key, issuer_key) = key(certificate, issuer);
        let mut named = [certificate_key, issuer_key].concat();
        named.extend(asked.into_iter().flatten());
        let name = hex::encode(Sha256::digest(named));
        let end = certificate.not_after();
        self.0.join("answers").join(format!("{name}-{end}"))
    }

    /// Removes answers about certificates that have ended, and what no version writes so any more; how many.
    pub(super) fn sweep_answers(&self, now: i64) -> usize {
        let Ok(all) = std::fs::read_dir(self.0.join("answers")) else {
            return 0;
        };
        let is_over = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str())?;
            let (name, _) = name.split_once('.').unwrap_or((name, ""));
            let end = name.rsplit_once('-').and_then(|(_, end)| end.parse().ok());
            Some(end.is_none_or(|end: i64| end < now))
        };
        let paths = all.filter_map(|entry| Some(entry.ok()?.path()));
        let over = paths.filter(|path| is_over(path).unwrap_or(false));
        over.filter(|path| std::fs::remove_file(path).is_ok())
            .count()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_about_certificates_that_have_ended_are_swept_and_others_are_not() {
        let name = format!("answers-{}", std::process::id());
        let state = std::env::temp_dir().join(name);
        let kept = Kept::in_state(&state);
        let folder = state.join("revocation").join("answers");
        let hash = "ab".repeat(32);
        let (past, lasting) = (format!("{hash}-999"), format!("{hash}-1000"));
        let (under_way, former) = (format!("{hash}-2000.new-7"), hash.clone());
        for name in [&past, &lasting, &under_way, &former] {
            write_whole(&folder.join(name), b"signed").unwrap();
        }
        // Writing one whole has a name of its own in between.
        std::fs::write(folder.join(&under_way), b"signed").unwrap();
        assert_eq!(kept.sweep_answers(1000), 2);
        let left = |name: &String| folder.join(name).exists();
        assert_eq!(
            [&past, &lasting, &under_way, &former].map(left),
            [false, true, true, false]
        );
        std::fs::remove_dir_all(&state).unwrap();
    }
}
