//! The locks at this computer.
//!
//! Owns where they are looked for: folders and files of soft locks, and the driver libraries of devices. Every place is
//! looked at anew at each call, so a lock that is put in or pulled out is noticed without more ado. Does not know what
//! is done with them.

use std::io;
use std::path::PathBuf;

use crate::token::pkcs11::Pkcs11Driver;
use crate::token::skf::SkfDriver;
use crate::token::soft::SoftToken;
use crate::token::{DriverLocks, LockFacts, Token, TokenError};

/// A place where locks are looked for.
#[derive(Clone, Debug)]
pub enum LockSource {
    /// Every lock file of a folder.
    Folder(PathBuf),
    /// One lock file.
    File(PathBuf),
    /// The tokens of a PKCS #11 library.
    Pkcs11(Pkcs11Driver),
    /// The devices of a SKF library (GM/T 0016).
    Skf(SkfDriver),
}

/// All places where locks are looked for.
#[derive(Clone, Debug, Default)]
pub struct LockSources(Vec<LockSource>);

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Locks that can be read.
    pub locks: Vec<LockFacts>,
    /// Locks that are there but cannot be read, and places that cannot be looked at.
    pub unreadable: Vec<UnreadableLock>,
}

/// A lock that is there but cannot be read.
#[derive(Clone, Debug)]
pub struct UnreadableLock {
    /// What a person calls it.
    pub label: String,
    /// Why.
    pub error: TokenError,
}

impl From<LockSource> for LockSources {
    fn from(source: LockSource) -> Self {
        Self(vec![source])
    }
}

impl FromIterator<LockSource> for LockSources {
    fn from_iter<T: IntoIterator<Item = LockSource>>(sources: T) -> Self {
        Self(sources.into_iter().collect())
    }
}

impl LockSources {
    /// Whether locks are looked for nowhere.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each place by itself.
    pub fn each(&self) -> impl Iterator<Item = &LockSource> {
        self.0.iter()
    }

    /// Looks now. `Err` means that the only place is a folder that cannot be read; beside other places such a folder is
    /// told among what is unreadable, so that it hides no lock.
    pub fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for source in &self.0 {
            if let Err(error) = source.look(&mut listing) {
                if self.0.len() == 1 {
                    return Err(error);
                }
                listing.unreadable.push(UnreadableLock {
                    label: source.label(),
                    error: TokenError::Unreadable("the folder of locks cannot be read"),
                });
            }
        }
        Ok(listing)
    }

    /// The lock with this id, if it is still there.
    pub fn find(&self, id: &str) -> Result<Box<dyn Token>, TokenError> {
        self.0
            .iter()
            .find_map(|source| source.find(id))
            .ok_or(TokenError::LockRemoved)
    }
}

impl LockSource {
    /// Whether a library drives it, not files of soft locks.
    pub fn is_driver(&self) -> bool {
        !matches!(self, Self::Folder(_) | Self::File(_))
    }

    /// Driver libraries by their paths.
    pub fn drivers(
        pkcs11: impl IntoIterator<Item = PathBuf>,
        skf: impl IntoIterator<Item = PathBuf>,
    ) -> impl Iterator<Item = Self> {
        let pkcs11 = pkcs11.into_iter().map(Pkcs11Driver::new).map(Self::Pkcs11);
        pkcs11.chain(skf.into_iter().map(SkfDriver::new).map(Self::Skf))
    }

    fn look(&self, listing: &mut Listing) -> io::Result<()> {
        let found = match self {
            Self::Folder(_) | Self::File(_) => return self.look_at_files(listing),
            Self::Pkcs11(driver) => driver.locks(),
            Self::Skf(driver) => driver.locks(),
        };
        let found = found.unwrap_or_else(|error| DriverLocks {
            locks: Vec::new(),
            unreadable: vec![(self.label(), error)],
        });
        listing.locks.extend(found.locks);
        let unreadable = found.unreadable.into_iter();
        listing
            .unreadable
            .extend(unreadable.map(|(label, error)| UnreadableLock { label, error }));
        Ok(())
    }

    fn look_at_files(&self, listing: &mut Listing) -> io::Result<()> {
        for token in self.files()? {
            match token.facts() {
                Ok(facts) => listing.locks.push(facts),
                Err(TokenError::LockRemoved) => {}
                Err(error) => listing.unreadable.push(UnreadableLock {
                    label: token.file_name(),
                    error,
                }),
            }
        }
        Ok(())
    }

    fn find(&self, id: &str) -> Option<Box<dyn Token>> {
        match self {
            Self::Folder(_) | Self::File(_) => {
                let files = self.files().ok()?;
                let found = files.into_iter().find(|token| token.id() == id)?;
                Some(Box::new(found))
            }
            Self::Pkcs11(driver) => Some(Box::new(driver.lock(id)?)),
            Self::Skf(driver) => Some(Box::new(driver.lock(id)?)),
        }
    }

    fn files(&self) -> io::Result<Vec<SoftToken>> {
        match self {
            Self::Pkcs11(_) | Self::Skf(_) => Ok(Vec::new()),
            Self::File(path) => Ok(vec![SoftToken::new(path)]),
            Self::Folder(folder) => {
                let mut tokens = SoftToken::in_folder(folder)?;
                tokens.retain(SoftToken::is_lock);
                Ok(tokens)
            }
        }
    }

    /// What a person calls it.
    pub fn label(&self) -> String {
        match self {
            Self::Folder(path) | Self::File(path) => path.display().to_string(),
            Self::Pkcs11(driver) => driver.path().display().to_string(),
            Self::Skf(driver) => driver.path().display().to_string(),
        }
    }
}

impl Listing {
    /// The lock to sign with where nobody is asked: the one with this media number, else the first that may sign.
    pub fn for_signing(&self, media_number: Option<&str>) -> Result<&LockFacts, TokenError> {
        let mut locks = self.locks.iter().filter(|lock| {
            media_number.is_none_or(|number| lock.media_number.as_deref() == Some(number))
        });
        let first = locks.clone().next();
        locks.find(|lock| lock.may_sign()).or(first).ok_or_else(|| {
            let broken = self.unreadable.first().map(|lock| lock.error.clone());
            broken.unwrap_or(TokenError::NoLock)
        })
    }

    /// What is missing before anything can be signed: [`TokenError::NoLock`] or
    /// [`TokenError::OnlyEncryptionCertificate`]; nothing if a lock may sign.
    pub fn obstacle(&self) -> Option<TokenError> {
        if self.locks.iter().any(LockFacts::may_sign) {
            None
        } else if self.locks.iter().any(LockFacts::only_encrypts) {
            Some(TokenError::OnlyEncryptionCertificate)
        } else {
            Some(TokenError::NoLock)
        }
    }
}
