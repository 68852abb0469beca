//! Locks that a SKF library (GM/T 0016) drives: the USB keys of Chinese certificate authorities.
//!
//! Owns finding a library's devices and opening their keys. Each application of a device is a lock: it has a PIN of its
//! own. Everything is opened for one operation and closed after it. Does not know C (`library`) nor the window.

mod applications;
mod failure;
mod key;
mod library;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use self::applications::Found;
use self::library::Functions;
use super::driver::{Gate, Patience};
use super::{LockFacts, SigningSession, Token, TokenError, Wanted, told};
use crate::pin::Pin;

/// A SKF library.
#[derive(Clone, Debug)]
pub struct SkfDriver {
    library: Arc<Library>,
    gate: Arc<Gate>,
    tag: String,
}

/// What a look finds.
#[derive(Clone, Debug, Default)]
pub struct SkfLocks {
    /// Locks that can be read.
    pub locks: Vec<LockFacts>,
    /// Devices that cannot, by what a person calls them.
    pub unreadable: Vec<(String, TokenError)>,
}

struct Library {
    path: PathBuf,
    /// Loaded at the first look and never unloaded.
    loaded: OnceLock<&'static Functions>,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Library {
    fn functions(&self) -> Result<&'static Functions, TokenError> {
        if let Some(functions) = self.loaded.get() {
            return Ok(functions);
        }
        let functions: &'static Functions = Box::leak(Box::new(Functions::load(&self.path)?));
        Ok(self.loaded.get_or_init(|| functions))
    }
}

impl SkfDriver {
    /// The library in this file. It is loaded at the first look.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_patience(path, Patience::default())
    }

    /// The same with other time limits.
    pub fn with_patience(path: impl Into<PathBuf>, patience: Patience) -> Self {
        let path = path.into();
        Self {
            tag: told::id(&[b"skf", path.as_os_str().as_encoded_bytes()]),
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
    pub fn locks(&self) -> Result<SkfLocks, TokenError> {
        let (library, tag) = (Arc::clone(&self.library), self.tag.clone());
        self.gate.look(move || {
            let found = applications::all(library.functions()?, &tag)?;
            Ok(SkfLocks {
                locks: found.locks.into_iter().map(|found| found.facts).collect(),
                unreadable: found.unreadable,
            })
        })
    }

    /// The lock with this id, if the id is one of this library's.
    pub fn lock(&self, id: &str) -> Option<SkfToken> {
        let own = id.strip_prefix(&self.tag)?.starts_with('-');
        own.then(|| SkfToken {
            driver: self.clone(),
            id: id.to_owned(),
        })
    }
}

/// An application of a device.
pub struct SkfToken {
    driver: SkfDriver,
    id: String,
}

impl SkfToken {
    /// What finds this lock again, in the driver's own thread.
    fn finder(&self) -> impl Fn() -> Result<Found, TokenError> + Send + 'static {
        let (library, tag) = (Arc::clone(&self.driver.library), self.driver.tag.clone());
        let id = self.id.clone();
        move || applications::one(library.functions()?, &tag, &id)
    }
}

impl Token for SkfToken {
    fn facts(&self) -> Result<LockFacts, TokenError> {
        let find = self.finder();
        self.driver.gate.look(move || Ok(find()?.facts))
    }

    fn open(&self, wanted: &Wanted, pin: &Pin) -> Result<Box<dyn SigningSession>, TokenError> {
        let (wanted, pin) = (wanted.clone(), pin.clone());
        let (find, find_again) = (self.finder(), self.finder());
        let open = move || key::open(find()?, &wanted, &pin);
        self.driver.gate.open(open, move || find_again().is_ok())
    }

    fn seals(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        let find = self.finder();
        self.driver.gate.look(move || find()?.seals())
    }
}
