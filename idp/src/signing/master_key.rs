//! The master key: 32 octets outside the database, under which signing keys are encrypted.
//!
//! A stolen database is worth nothing without it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::signing_key::SigningKey;
use zeroize::Zeroizing;

use crate::config::Config;

/// Why there is no usable master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file.
    #[error("master key file {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others could read it.
    #[error("master key file {0} is readable by others; set its mode to 600")]
    Permissions(PathBuf),
    /// Not base64 of 32 octets.
    #[error("the master key is not the base64 text of 32 octets")]
    Malformed,
    /// The cryptography library refused.
    #[error("the master key can't be used")]
    Unusable,
    /// A ciphertext that this key did not make.
    #[error("a signing key in the database was encrypted under another master key")]
    WrongKey,
}

/// Opens and closes signing keys.
pub struct MasterKey(RandomizedNonceKey);

impl MasterKey {
    /// For a store that holds these signing keys: with none, one is made where it is missing.
    pub fn for_keys(config: &Config, stored: &[SigningKey]) -> Result<Self, MasterKeyError> {
        match stored {
            [] => Self::load_or_make(config),
            _ => Self::load(config),
        }
    }

    /// As [`Self::load`], but makes the state folder's own when it is missing. Only where no key was ever
    /// encrypted: else a new one would hide that the old one is lost.
    pub fn load_or_make(config: &Config) -> Result<Self, MasterKeyError> {
        let own = config.state_dir.join("master.key");
        let own_is_used =
            config.master_key.value.is_empty() && config.master_key.file.as_os_str().is_empty();
        if own_is_used && !own.exists() {
            make(&own).map_err(|source| MasterKeyError::File { path: own, source })?;
        }
        Self::load(config)
    }

    /// From the environment, the named file, or the state folder's own.
    pub fn load(config: &Config) -> Result<Self, MasterKeyError> {
        if !config.master_key.value.is_empty() {
            return Self::from_text(&config.master_key.value);
        }
        let named = !config.master_key.file.as_os_str().is_empty();
        let path = if named {
            config.master_key.file.clone()
        } else {
            config.state_dir.join("master.key")
        };
        Self::of_file(&path)
    }

    /// Of a file.
    pub fn of_file(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File {
            path: path.to_owned(),
            source,
        };
        if !is_its_owners_alone(path).map_err(failed)? {
            return Err(MasterKeyError::Permissions(path.to_owned()));
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        Self::from_text(&Zeroizing::new(text))
    }

    /// From its base64 text.
    pub fn from_text(text: &str) -> Result<Self, MasterKeyError> {
        let octets = Zeroizing::new(
            STANDARD
                .decode(text.trim())
                .or(Err(MasterKeyError::Malformed))?,
        );
        if octets.len() != 32 {
            return Err(MasterKeyError::Malformed);
        }
        RandomizedNonceKey::new(&AES_256_GCM, &octets)
            .map(Self)
            .or(Err(MasterKeyError::Unusable))
    }

    /// `nonce ‖ ciphertext ‖ tag`; bound to the `kid`, so that rows can't be swapped.
    pub(super) fn close(&self, kid: &str, secret: &[u8]) -> Result<Vec<u8>, MasterKeyError> {
        let mut sealed = secret.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(kid.as_bytes()), &mut sealed)
            .or(Err(MasterKeyError::Unusable))?;
        let mut out = nonce.as_ref().to_vec();
        out.append(&mut sealed);
        Ok(out)
    }

    /// The reverse.
    pub(super) fn open(
        &self,
        kid: &str,
        closed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, MasterKeyError> {
        let (nonce, sealed) = closed
            .split_at_checked(NONCE_LEN)
            .ok_or(MasterKeyError::WrongKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).or(Err(MasterKeyError::WrongKey))?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let length = self
            .0
            .open_in_place(nonce, Aad::from(kid.as_bytes()), &mut opened)
            .or(Err(MasterKeyError::WrongKey))?
            .len();
        opened.truncate(length);
        Ok(opened)
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut octets = Zeroizing::new([0; 32]);
    rand::fill(&mut *octets).or(Err(std::io::Error::other("no randomness")))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(
        file,
        "{}",
        Zeroizing::new(STANDARD.encode(*octets)).as_str()
    )?;
    file.sync_all()
}

/// Whether nobody else can read it, as far as the system knows.
#[cfg(unix)]
pub(super) fn is_its_owners_alone(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let others = fs::metadata(path)?.permissions().mode() & 0o077;
    Ok(others == 0)
}

#[cfg(not(unix))]
pub(super) fn is_its_owners_alone(_: &Path) -> std::io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_only_under_its_master_key_and_its_kid() {
        let one = MasterKey::from_text(&STANDARD.encode([1; 32])).unwrap();
        let two = MasterKey::from_text(&STANDARD.encode([2; 32])).unwrap();
        let mut closed = one.close("kid", b"secret").unwrap();
        assert!(!closed.windows(6).any(|w| w == b"secret"));
        assert_eq!(one.open("kid", &closed).unwrap().as_slice(), b"secret");
        assert!(one.open("other", &closed).is_err());
        assert!(two.open("kid", &closed).is_err());
        *closed.last_mut().unwrap() ^= 1;
        assert!(one.open("kid", &closed).is_err());
        assert!(one.open("kid", b"short").is_err());
    }
}
