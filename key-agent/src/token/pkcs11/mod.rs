//! Locks that a PKCS #11 library drives.
//!
//! Owns finding a library's tokens and opening their keys. Every operation stands between `C_Initialize` and
//! `C_Finalize` of its own: a library that looks for tokens only when it starts sees a new one at the next look, nothing
//! is held while nobody signs, and other programs can use the lock (ADR 0007). Does not know the window.

mod failure;
mod key;
mod slots;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use self::failure::told;
use super::driver::{Driver, DriverLocks, Library, LockId, OpenKey, Opened};
use super::{TokenError, Wanted};
use crate::pin::Pin;

/// A PKCS #11 library with its locks.
pub type Pkcs11Driver = Driver<Pkcs11Library>;

/// A PKCS #11 library.
#[derive(Debug)]
pub struct Pkcs11Library {
    path: PathBuf,
    /// Loaded at the first look and never unloaded: libraries leave threads and handlers behind.
    loaded: OnceLock<Pkcs11>,
}

impl Library for Pkcs11Library {
    const WORD: &'static str = "pkcs11";

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
        let found = slots::all(&self.start()?, tag)?;
        Ok(DriverLocks {
            locks: found.into_iter().map(|found| found.facts).collect(),
            unreadable: Vec::new(),
        })
    }

    fn is_there(&self, lock: &LockId) -> bool {
        self.start()
            .and_then(|started| slots::one(&started, lock))
            .is_ok()
    }

    fn open(
        &self,
        lock: &LockId,
        wanted: &Wanted,
        pin: &Pin,
    ) -> Result<(Opened, Box<dyn OpenKey>), TokenError> {
        let started = self.start()?;
        let found = slots::one(&started, lock)?;
        let (opened, key) = key::open(started, found, wanted, pin)?;
        Ok((opened, Box::new(key)))
    }

    fn seals(&self, lock: &LockId) -> Result<Vec<Vec<u8>>, TokenError> {
        let started = self.start()?;
        let found = slots::one(&started, lock)?;
        slots::seals(&started, found.slot)
    }
}

impl Pkcs11Library {
    /// `C_Initialize`.
    fn start(&self) -> Result<Started, TokenError> {
        let context = self.context()?.clone();
        let begun = |flags| context.initialize(CInitializeArgs::new(flags));
        let outcome = match begun(CInitializeFlags::OS_LOCKING_OK) {
            // It knows no locks of the system; the gate lets one thread in at a time anyway.
            Err(Error::Pkcs11(RvError::CantLock | RvError::NeedToCreateThreads, _)) => {
                begun(CInitializeFlags::empty())
            }
            other => other,
        };
        let ours = match outcome {
            Ok(()) => true,
            // Somebody else in this process uses it: theirs to end.
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
            Err(error) => return Err(told(&error)),
        };
        Ok(Started { context, ours })
    }

    fn context(&self) -> Result<&Pkcs11, TokenError> {
        if let Some(context) = self.loaded.get() {
            return Ok(context);
        }
        if !self.path.is_file() {
            return Err(TokenError::Driver("its file is not there".to_owned()));
        }
        let context = Pkcs11::new(&self.path).map_err(|error| told(&error))?;
        Ok(self.loaded.get_or_init(|| context))
    }
}

/// A library between `C_Initialize` and `C_Finalize`. Every session in between has to be closed before this goes.
struct Started {
    context: Pkcs11,
    ours: bool,
}

impl Drop for Started {
    fn drop(&mut self) {
        if self.ours
            && let Err(error) = self.context.clone().finalize()
        {
            tracing::warn!(error = %told(&error), "a PKCS #11 library did not end well");
        }
    }
}
