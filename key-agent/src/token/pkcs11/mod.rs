//! Locks that a PKCS #11 library drives.
//!
//! Owns finding a library's tokens and opening their keys. Every operation stands between `C_Initialize` and
//! `C_Finalize` of its own: a library that looks for tokens only when it starts sees a new one at the next look, nothing
//! is held while nobody signs, and other programs can use the lock (ADR 0007). Does not know the window.

mod failure;
mod key;
mod slots;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use self::failure::told;
use super::driver::{Gate, Patience};
use super::{LockFacts, SigningSession, Token, TokenError, Wanted, told};
use crate::pin::Pin;

/// A PKCS #11 library.
#[derive(Clone, Debug)]
pub struct Pkcs11Driver {
    library: Arc<Library>,
    gate: Arc<Gate>,
    tag: String,
}

#[derive(Debug)]
struct Library {
    path: PathBuf,
    /// Loaded at the first look and never unloaded: libraries leave threads and handlers behind.
    loaded: OnceLock<Pkcs11>,
}

impl Pkcs11Driver {
    /// The library in this file. It is loaded at the first look.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_patience(path, Patience::default())
    }

    /// The same with other time limits.
    pub fn with_patience(path: impl Into<PathBuf>, patience: Patience) -> Self {
        let path = path.into();
        Self {
            tag: told::id(&[b"pkcs11", path.as_os_str().as_encoded_bytes()]),
            library: Arc::new(Library {
                path,
                loaded: OnceLock::new(),
            }),
            gate: Gate::new(patience),
        }
    }

    /// Where the library is.
    pub fn path(&self) -> &Path {
        &self.library.path
    }

    /// The locks that are there now.
    pub fn locks(&self) -> Result<Vec<LockFacts>, TokenError> {
        let (library, tag) = (Arc::clone(&self.library), self.tag.clone());
        let found = self
            .gate
            .look(move || slots::all(&library.start()?, &tag))?;
        Ok(found.into_iter().map(|found| found.facts).collect())
    }

    /// The lock with this id, if the id is one of this library's.
    pub fn lock(&self, id: &str) -> Option<Pkcs11Token> {
        let own = id.strip_prefix(&self.tag)?.starts_with('-');
        own.then(|| Pkcs11Token {
            driver: self.clone(),
            id: id.to_owned(),
        })
    }
}

impl Library {
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

/// A token in a slot.
pub struct Pkcs11Token {
    driver: Pkcs11Driver,
    id: String,
}

impl Token for Pkcs11Token {
    fn facts(&self) -> Result<LockFacts, TokenError> {
        self.driver
            .locks()?
            .into_iter()
            .find(|lock| lock.id == self.id)
            .ok_or(TokenError::LockRemoved)
    }

    fn open(&self, wanted: &Wanted, pin: &Pin) -> Result<Box<dyn SigningSession>, TokenError> {
        let Self { driver, id } = self;
        let (wanted, pin) = (wanted.clone(), pin.clone());
        let (library, tag, own) = (driver.library.clone(), driver.tag.clone(), id.clone());
        let open = move || {
            let started = library.start()?;
            let found = slots::one(&started, &tag, &own)?;
            key::open(started, found, &wanted, &pin)
        };
        let (library, tag, own) = (driver.library.clone(), driver.tag.clone(), id.clone());
        let still_there = move || {
            library
                .start()
                .and_then(|started| slots::one(&started, &tag, &own))
                .is_ok()
        };
        driver.gate.open(open, still_there)
    }

    fn seals(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        let Self { driver, id } = self;
        let (library, tag, id) = (driver.library.clone(), driver.tag.clone(), id.clone());
        driver.gate.look(move || {
            let started = library.start()?;
            let found = slots::one(&started, &tag, &id)?;
            slots::seals(&started, found.slot)
        })
    }
}
