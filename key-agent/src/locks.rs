//! The locks at this computer.
//!
//! Owns where they are looked for. The folder is read anew at each call, so a lock that is put in or pulled out is
//! noticed without more ado. Does not know what is done with them.

use std::io;
use std::path::PathBuf;

use crate::token::soft::SoftToken;
use crate::token::{LockFacts, Token, TokenError};

/// Where locks are looked for.
#[derive(Clone, Debug)]
pub enum LockSource {
    /// Every lock file of a folder.
    Folder(PathBuf),
    /// One lock file.
    File(PathBuf),
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Locks that can be read.
    pub locks: Vec<LockFacts>,
    /// Locks that are there but cannot be read.
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

impl LockSource {
    /// Looks now. `Err` means that the folder itself cannot be read.
    pub fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for token in self.tokens()? {
            match token.facts() {
                Ok(facts) => listing.locks.push(facts),
                Err(TokenError::LockRemoved) => {}
                Err(error) => listing.unreadable.push(UnreadableLock {
                    label: token.file_name(),
                    error,
                }),
            }
        }
        Ok(listing)
    }

    /// The lock with this id, if it is still there.
    pub fn find(&self, id: &str) -> Result<Box<dyn Token>, TokenError> {
        let tokens = self.tokens().or(Err(TokenError::LockRemoved))?;
        let found = tokens
            .into_iter()
            .find(|token| token.id() == id)
            .ok_or(TokenError::LockRemoved)?;
        Ok(Box::new(found))
    }

    fn tokens(&self) -> io::Result<Vec<SoftToken>> {
        match self {
            Self::File(path) => Ok(vec![SoftToken::new(path)]),
            Self::Folder(folder) => {
                let mut tokens = SoftToken::in_folder(folder)?;
                tokens.retain(SoftToken::is_lock);
                Ok(tokens)
            }
        }
    }
}

impl Listing {
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
