//! A driver library as the rest of the program sees it: what locks it drives, and each of them by its id.
//!
//! Owns what is the same for every kind of library, so that a kind brings its own calls and nothing else. Does not know
//! those calls.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Gate, OpenKey, Opened, Patience};
use crate::pin::Pin;
use crate::token::{LockFacts, SigningSession, Token, TokenError, Wanted, told};

/// What a kind of library does itself, each in the driver's own thread and alone.
pub trait Library: Send + Sync + 'static {
    /// Keeps the ids of its locks apart from those of other kinds.
    const WORD: &'static str;

    /// The library in this file. It is loaded at the first look.
    fn in_file(path: PathBuf) -> Self;

    /// Where it is.
    fn path(&self) -> &Path;

    /// The locks that are there now; their ids begin with `tag`.
    fn look(&self, tag: &str) -> Result<DriverLocks, TokenError>;

    /// Whether this lock is still there.
    fn is_there(&self, lock: &LockId) -> bool;

    /// Shows the PIN to this lock and opens one of its keys.
    fn open(
        &self,
        lock: &LockId,
        wanted: &Wanted,
        pin: &Pin,
    ) -> Result<(Opened, Box<dyn OpenKey>), TokenError>;

    /// The e-seals of this lock.
    fn seals(&self, lock: &LockId) -> Result<Vec<Vec<u8>>, TokenError>;
}

/// What a look finds.
#[derive(Clone, Debug, Default)]
pub struct DriverLocks {
    /// Locks that can be read.
    pub locks: Vec<LockFacts>,
    /// Those that cannot, by what a person calls them.
    pub unreadable: Vec<(String, TokenError)>,
}

/// Which lock of a library.
#[derive(Clone, Debug)]
pub struct LockId {
    /// What the ids of the library's locks begin with.
    pub tag: String,
    /// The whole id.
    pub id: String,
}

/// A driver library. Cloning shares it.
pub struct Driver<L> {
    library: Arc<L>,
    gate: Arc<Gate>,
    tag: String,
}

impl<L> Clone for Driver<L> {
    fn clone(&self) -> Self {
        Self {
            library: Arc::clone(&self.library),
            gate: Arc::clone(&self.gate),
            tag: self.tag.clone(),
        }
    }
}

impl<L: Library> fmt::Debug for Driver<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(L::WORD)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

impl<L: Library> Driver<L> {
    /// The library in this file. It is loaded at the first look.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_patience(path, Patience::default())
    }

    /// The same with other time limits.
    pub fn with_patience(path: impl Into<PathBuf>, patience: Patience) -> Self {
        let path = path.into();
        Self {
            tag: told::id(&[L::WORD.as_bytes(), path.as_os_str().as_encoded_bytes()]),
            library: Arc::new(L::in_file(path)),
            gate: Gate::new(patience),
        }
    }

    /// Where the library is.
    pub fn path(&self) -> &Path {
        self.library.path()
    }

    /// The locks that are there now.
    pub fn locks(&self) -> Result<DriverLocks, TokenError> {
        let (library, tag) = (Arc::clone(&self.library), self.tag.clone());
        self.gate.look(move || library.look(&tag))
    }

    /// The lock with this id, if the id is one of this library's.
    pub fn lock(&self, id: &str) -> Option<DriverToken<L>> {
        let own = id.strip_prefix(&self.tag)?.starts_with('-');
        own.then(|| DriverToken {
            driver: self.clone(),
            lock: LockId {
                tag: self.tag.clone(),
                id: id.to_owned(),
            },
        })
    }
}

/// A lock that a library drives.
pub struct DriverToken<L> {
    driver: Driver<L>,
    lock: LockId,
}

impl<L: Library> Token for DriverToken<L> {
    fn facts(&self) -> Result<LockFacts, TokenError> {
        let found = self.driver.locks()?.locks.into_iter();
        let mut own = found.filter(|lock| lock.id == self.lock.id);
        own.next().ok_or(TokenError::LockRemoved)
    }

    fn open(&self, wanted: &Wanted, pin: &Pin) -> Result<Box<dyn SigningSession>, TokenError> {
        let (wanted, pin) = (wanted.clone(), pin.clone());
        let (library, lock) = (Arc::clone(&self.driver.library), self.lock.clone());
        let open = move || library.open(&lock, &wanted, &pin);
        let (library, lock) = (Arc::clone(&self.driver.library), self.lock.clone());
        self.driver.gate.open(open, move || library.is_there(&lock))
    }

    fn seals(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        let (library, lock) = (Arc::clone(&self.driver.library), self.lock.clone());
        self.driver.gate.look(move || library.seals(&lock))
    }
}
