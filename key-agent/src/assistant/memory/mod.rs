//! What the agent keeps: which certificate a person chose last for each page, the page that a person confirmed, the
//! newest version it was told of, and downloads.
//!
//! Owns the state folder (`memory.json`, `updates/`). No key, PIN or certificate is in it. The file is read at each use,
//! so that command line and service agree. Without a folder the memory lasts as long as the program runs.

mod tidy;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

pub use tidy::{Item, Kind};

use super::update::Version;
use crate::service::Origin;

/// Largest `memory.json` that is read.
const FILE_MAX_OCTETS: u64 = 256 * 1024;

/// Most pages whose choice is remembered.
const CHOICES_MAX: usize = 64;

/// The ending of a file that is not whole yet.
pub(super) const PART: &str = ".part";

/// The agent's memory. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    folder: Option<PathBuf>,
    /// Held while the file is changed; without a folder it is the memory itself.
    kept: Arc<Mutex<Kept>>,
}

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The certificate chosen last, by page.
    pub choices: BTreeMap<String, String>,
    /// Pages that a person confirmed at this computer.
    pub confirmed: Vec<Origin>,
    /// The newest version this computer was told of: a manifest that offers less is an old one played again.
    pub newest: Option<Version>,
}

impl Memory {
    /// A memory in this folder, which is made when something is to be kept.
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            kept: Arc::default(),
        }
    }

    /// Where fetched files lie.
    pub fn downloads(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join("updates"))
    }

    /// What is kept now. A file that cannot be read is as good as none: nothing in it gives a right but `confirmed`, and
    /// that is then missing.
    pub fn kept(&self) -> Kept {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(&kept)
    }

    /// Remembers the certificate that was chosen for a page.
    pub fn choose(&self, page: &Origin, certificate: &str) -> io::Result<()> {
        self.change(|kept| {
            if kept.choices.len() >= CHOICES_MAX && !kept.choices.contains_key(page.as_str()) {
                kept.choices.pop_first();
            }
            kept.choices
                .insert(page.as_str().to_owned(), certificate.to_owned());
        })
    }

    /// Remembers that a person confirmed a page.
    pub fn confirm(&self, page: &Origin) -> io::Result<()> {
        self.change(|kept| {
            if !kept.confirmed.contains(page) {
                kept.confirmed.push(page.clone());
            }
        })
    }

    /// Remembers that this version was offered.
    pub fn told_of(&self, version: Version) -> io::Result<()> {
        self.change(|kept| kept.newest = kept.newest.max(Some(version)))
    }

    /// Whether something can be kept in the folder, if there is one already.
    pub fn probe(&self) -> io::Result<()> {
        match &self.folder {
            Some(folder) if folder.exists() => self.change(|_| {}),
            Some(_) | None => Ok(()),
        }
    }

    fn read(&self, held: &Kept) -> Kept {
        let Some(file) = self.file() else {
            return held.clone();
        };
        let is_small = fs::metadata(&file).is_ok_and(|facts| facts.len() <= FILE_MAX_OCTETS);
        let text = is_small.then(|| fs::read_to_string(&file).ok()).flatten();
        text.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) -> io::Result<()> {
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.read(&held);
        let mut kept = before.clone();
        change(&mut kept);
        if let (Some(folder), Some(file)) = (&self.folder, self.file()) {
            make_private_folder(folder)?;
            if kept != before || !file.exists() {
                write_whole(&file, &serde_json::to_vec_pretty(&kept)?)?;
            }
        } else {
            *held = kept;
        }
        Ok(())
    }

    fn file(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join("memory.json"))
    }
}

/// Everything in it is of this person alone.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// The old text or the new one, never half of it.
fn write_whole(file: &Path, text: &[u8]) -> io::Result<()> {
    let new = file.with_added_extension("new");
    let mut written = fs::File::create(&new)?;
    written.write_all(text)?;
    written.sync_all()?;
    fs::rename(new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Origin {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_kept_is_shared_and_tidied_away_kind_by_kind() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::in_folder(Some(folder.path().join("state")));
        assert_eq!(memory.untidy(), []);
        memory.choose(&page("https://one.example"), "a/1").unwrap();
        memory.choose(&page("https://one.example"), "a/2").unwrap();
        memory.confirm(&page("https://two.example")).unwrap();
        memory.told_of("2.0.0".parse().unwrap()).unwrap();
        memory.told_of("1.0.0".parse().unwrap()).unwrap();
        fs::create_dir_all(memory.downloads().unwrap()).unwrap();
        fs::write(memory.downloads().unwrap().join("x.deb"), "x").unwrap();

        let other = Memory::in_folder(Some(folder.path().join("state")));
        assert_eq!(other.kept().choices["https://one.example"], "a/2");
        assert_eq!(other.kept().newest, Some("2.0.0".parse().unwrap()));
        assert_eq!(other.untidy().len(), 3);
        let gone = other.tidy(&[Kind::Choices, Kind::Downloads]).unwrap();
        assert_eq!(
            gone.iter()
                .map(|item| item.name.as_str())
                .collect::<Vec<_>>(),
            ["https://one.example", "x.deb"]
        );
        assert_eq!(memory.kept().confirmed.len(), 1);
        // Tidying does not make old manifests good again.
        assert_eq!(memory.kept().newest, Some("2.0.0".parse().unwrap()));
    }

    #[test]
    fn a_damaged_file_confirms_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::in_folder(Some(folder.path().to_owned()));
        for damaged in [
            "",
            "{",
            "[]",
            "{\"confirmed\":[\"*\"]}",
            "{\"confirmed\":[\"http://evil.example\"]}",
        ] {
            fs::write(folder.path().join("memory.json"), damaged).unwrap();
            assert_eq!(memory.kept(), Kept::default(), "{damaged}");
        }
    }

    #[test]
    fn without_a_folder_it_lasts_as_long_as_the_program() {
        let memory = Memory::default();
        memory.choose(&page("https://one.example"), "a/1").unwrap();
        assert_eq!(memory.clone().kept().choices.len(), 1);
        assert_eq!(memory.downloads(), None);
        assert_eq!(memory.tidy(&Kind::ALL).unwrap().len(), 1);
    }
}
