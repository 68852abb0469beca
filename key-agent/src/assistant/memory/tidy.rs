//! Tidying (清理证书): what of the memory is shown, and what of it goes, kind by kind.
//!
//! Owns the kinds, and the rule that only what nobody needs any more goes without being chosen. Does not know the file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Memory, PART};
use crate::service::Origin;

/// A kind of thing that is tidied away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Remembered choices of certificates.
    Choices,
    /// Fetched files of updates.
    Downloads,
    /// Pages that a person confirmed.
    Confirmed,
}

/// Something that would be, or was, tidied away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What kind of thing.
    pub kind: Kind,
    /// What a person calls it: a page's origin, a file's name.
    pub name: String,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Choices, Self::Downloads, Self::Confirmed];

    /// The machine word, also the ending of its text's key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Choices => "choices",
            Self::Downloads => "downloads",
            Self::Confirmed => "confirmed",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Memory {
    /// What tidying would take away.
    pub fn untidy(&self) -> Vec<Item> {
        let kept = self.kept();
        let item = |kind, name: &str| Item {
            kind,
            name: name.to_owned(),
        };
        let choices = kept.choices.keys().map(|page| item(Kind::Choices, page));
        let confirmed = kept
            .confirmed
            .iter()
            .map(|page| item(Kind::Confirmed, page.as_str()));
        let files = self
            .downloads()
            .map(|folder| files_of(&folder))
            .unwrap_or_default();
        let files = files
            .iter()
            .map(|file| item(Kind::Downloads, &file_name(file)));
        choices.chain(files).chain(confirmed).collect()
    }

    /// Takes away what is of these kinds; answers what went.
    pub fn tidy(&self, kinds: &[Kind]) -> io::Result<Vec<Item>> {
        let mut gone = self.untidy();
        gone.retain(|item| kinds.contains(&item.kind));
        if gone.is_empty() {
            return Ok(gone);
        }
        if kinds.contains(&Kind::Downloads)
            && let Some(folder) = self.downloads()
        {
            for file in files_of(&folder) {
                fs::remove_file(file)?;
            }
        }
        self.change(|kept| {
            if kinds.contains(&Kind::Choices) {
                kept.choices.clear();
            }
            if kinds.contains(&Kind::Confirmed) {
                kept.confirmed.clear();
            }
        })?;
        Ok(gone)
    }

    /// What nobody needs any more: choices for pages that may not ask, and downloads that ended half-way.
    pub fn stale(&self, allowed: &[Origin]) -> Vec<Item> {
        let is_allowed = |page: &str| allowed.iter().any(|origin| origin.as_str() == page);
        let mut stale = self.untidy();
        stale.retain(|item| match item.kind {
            Kind::Choices => !is_allowed(&item.name),
            Kind::Downloads => item.name.ends_with(PART),
            Kind::Confirmed => false,
        });
        stale
    }

    /// Takes away what [`Memory::stale`] tells.
    pub fn clear_stale(&self, allowed: &[Origin]) -> io::Result<Vec<Item>> {
        let stale = self.stale(allowed);
        for item in stale.iter().filter(|item| item.kind == Kind::Downloads) {
            if let Some(folder) = self.downloads() {
                fs::remove_file(folder.join(&item.name))?;
            }
        }
        self.change(|kept| {
            for item in stale.iter().filter(|item| item.kind == Kind::Choices) {
                kept.choices.remove(&item.name);
            }
        })?;
        Ok(stale)
    }
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

fn file_name(file: &Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
