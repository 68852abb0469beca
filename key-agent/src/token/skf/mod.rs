//! Locks that a SKF library (GM/T 0016) drives: the USB keys of Chinese certificate authorities.
//!
//! Owns finding a library's devices and opening their keys. Each application of a device is a lock: it has a PIN of its
//! own. Everything is opened for one operation and closed after it. Does not know C (`library`) nor the window.

mod applications;
mod failure;
mod key;
mod library;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use self::library::Functions;
use super::driver::{Driver, DriverLocks, Library, LockId, OpenKey, Opened};
use super::{TokenError, Wanted};
use crate::pin::Pin;

/// A SKF library with its locks.
pub type SkfDriver = Driver<SkfLibrary>;

/// A SKF library.
pub struct SkfLibrary {
    path: PathBuf,
    /// Loaded at the first look and never unloaded.
    loaded: OnceLock<&'static Functions>,
}

impl Library for SkfLibrary {
    const WORD: &'static str = "skf";

    fn in_file(path: PathBuf) -> Self {
        Self {
            path,
            loaded: OnceLock::new(),
        }
    }

    fn path(&self) -> &Path {
        &self.path
    }

    fn look(&self, tag: &str) -> Result<DriverLocks, TokenError> {
        let found = applications::all(self.functions()?, tag)?;
        Ok(DriverLocks {
            locks: found.locks.into_iter().map(|found| found.facts).collect(),
            unreadable: found.unreadable,
        })
    }

    fn is_there(&self, lock: &LockId) -> bool {
        self.functions()
            .and_then(|functions| applications::one(functions, lock))
            .is_ok()
    }

    fn open(
        &self,
        lock: &LockId,
        wanted: &Wanted,
        pin: &Pin,
    ) -> Result<(Opened, Box<dyn OpenKey>), TokenError> {
        let found = applications::one(self.functions()?, lock)?;
        let (opened, key) = key::open(found, wanted, pin)?;
        Ok((opened, Box::new(key)))
    }

    fn seals(&self, lock: &LockId) -> Result<Vec<Vec<u8>>, TokenError> {
        applications::one(self.functions()?, lock)?.seals()
    }
}

impl SkfLibrary {
    fn functions(&self) -> Result<&'static Functions, TokenError> {
        if let Some(functions) = self.loaded.get() {
            return Ok(functions);
        }
        let functions: &'static Functions = Box::leak(Box::new(Functions::load(&self.path)?));
        Ok(self.loaded.get_or_init(|| functions))
    }
}
