//! How many tries the PIN of a soft lock has left.
//!
//! Owns the counter in the file `<lock>.pin-state` beside the lock, so that a PIN really locks and stays locked over a
//! restart. A try is taken off *before* the PIN is looked at and given back after a right one: ending the process in
//! between gains nothing. Removing the file unlocks; that is what makes a soft lock fit for demonstration and tests only.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::container::Unopened;
use crate::token::{PinState, TokenError, Tries};

/// Tries of a soft lock.
pub const SOFT_RETRIES_MAX: u8 = 6;

/// What precedes the one digit of the file.
const PREFIX: &str = "retries-left ";

/// The counter of one lock.
pub(super) struct PinCounter {
    path: PathBuf,
}

impl PinCounter {
    pub(super) fn beside(lock: &Path) -> Self {
        let mut name = lock.as_os_str().to_owned();
        name.push(".pin-state");
        Self { path: name.into() }
    }

    /// Tries left. A lock without the file has never seen a wrong PIN.
    pub(super) fn state(&self) -> Result<PinState, TokenError> {
        let left = match File::open(&self.path) {
            Ok(mut file) => read(&mut file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => SOFT_RETRIES_MAX,
            Err(_) => return Err(UNREADABLE),
        };
        Ok(PinState {
            tries: Tries::counted(left),
            max: Some(SOFT_RETRIES_MAX),
        })
    }

    /// Runs one try. Other processes wait: two parallel tries are two tries.
    pub(super) fn attempt<T>(
        &self,
        open: impl FnOnce() -> Result<T, Unopened>,
    ) -> Result<T, TokenError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.path)
            .or(Err(UNREADABLE))?;
        file.lock().or(Err(UNREADABLE))?;
        let before = if file.metadata().or(Err(UNREADABLE))?.len() == 0 {
            SOFT_RETRIES_MAX
        } else {
            read(&mut file)?
        };
        let after = before.checked_sub(1).ok_or(TokenError::PinLocked)?;
        write(&mut file, after)?;
        match open() {
            Ok(opened) => {
                write(&mut file, SOFT_RETRIES_MAX)?;
                Ok(opened)
            }
            Err(Unopened::WrongPin) if after == 0 => Err(TokenError::PinLocked),
            Err(Unopened::WrongPin) => Err(TokenError::PinWrong(Tries::counted(after))),
            Err(Unopened::Unreadable(reason)) => {
                write(&mut file, before)?;
                Err(TokenError::Unreadable(reason))
            }
        }
    }
}

const UNREADABLE: TokenError =
    TokenError::Unreadable("the file that counts wrong PINs cannot be read and written");

/// A file that says anything else fails closed.
fn read(file: &mut File) -> Result<u8, TokenError> {
    let mut text = String::new();
    file.rewind().or(Err(UNREADABLE))?;
    file.take(64)
        .read_to_string(&mut text)
        .or(Err(UNREADABLE))?;
    text.trim_end()
        .strip_prefix(PREFIX)
        .and_then(|digit| digit.parse().ok())
        .filter(|left| *left <= SOFT_RETRIES_MAX)
        .ok_or(UNREADABLE)
}

/// Always the same length, in place: no moment at which the file is empty.
fn write(file: &mut File, retries_left: u8) -> Result<(), TokenError> {
    file.rewind().or(Err(UNREADABLE))?;
    file.write_all(format!("{PREFIX}{retries_left}\n").as_bytes())
        .or(Err(UNREADABLE))
}
