//! 主体信息备案: which enterprises this platform knows.
//!
//! Owns one JSON file, written whole and atomically, read at start. Mutual recognition covers locks,
//! never filings, so each platform has its own. Does not know sessions or pages.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::files::{self, Readers};

/// What an enterprise filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filing {
    pub(super) name: String,
    pub(super) credit_code: String,
    pub(super) contact_person: String,
    pub(super) phone: String,
    pub(super) note: String,
    pub(super) filed_at: i64,
    pub(super) state: FilingState,
}

/// How far a filing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FilingState {
    /// 待审核.
    Pending,
    /// 审核通过.
    Approved,
}

/// The file of filings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilingsFault {
    /// Not to be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Somebody else's file, or a damaged one: it is left as it is.
    #[error("{path} does not hold filings: {source}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// Where it is wrong.
        source: serde_json::Error,
    },
}

/// All filings, by the enterprise's `sub`.
#[derive(Debug)]
pub(super) struct Filings {
    path: PathBuf,
    by_sub: Mutex<BTreeMap<String, Filing>>,
}

impl Filings {
    pub(super) fn open(path: PathBuf) -> Result<Self, FilingsFault> {
        let by_sub = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| {
                let path = path.clone();
                FilingsFault::Content { path, source }
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(source) => return Err(FilingsFault::File { path, source }),
        };
        Ok(Self {
            path,
            by_sub: Mutex::new(by_sub),
        })
    }

    pub(super) fn find(&self, sub: &str) -> Option<Filing> {
        let by_sub = self.by_sub.lock().unwrap_or_else(PoisonError::into_inner);
        by_sub.get(sub).cloned()
    }

    /// Files for `sub`, unless it has filed before. Blocks on the disk.
    pub(super) fn file(&self, sub: &str, filing: Filing) -> Result<(), FilingsFault> {
        self.change(|by_sub| {
            by_sub.entry(sub.to_owned()).or_insert(filing);
        })
    }

    /// Approves what `sub` filed. Blocks on the disk.
    pub(super) fn approve(&self, sub: &str) -> Result<(), FilingsFault> {
        self.change(|by_sub| {
            if let Some(filing) = by_sub.get_mut(sub) {
                filing.state = FilingState::Approved;
            }
        })
    }

    /// What is not on the disk has not happened: memory follows the file.
    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Filing>),
    ) -> Result<(), FilingsFault> {
        let mut by_sub = self.by_sub.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = by_sub.clone();
        change(&mut changed);
        let bytes = serde_json::to_vec_pretty(&changed).map_err(|source| {
            let path = self.path.clone();
            FilingsFault::Content { path, source }
        })?;
        // People's names and numbers: nobody else's business.
        files::replace(&self.path, &bytes, Readers::Owner).map_err(|source| {
            let path = self.path.clone();
            FilingsFault::File { path, source }
        })?;
        *by_sub = changed;
        Ok(())
    }
}
