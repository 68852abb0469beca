//! The state folder: what must be the same after a restart.
//!
//! Owns the folder's layout, the lock that keeps a second demonstration out, and the file `demo.json` (0600) with the
//! ports and secrets of the last start. Does not know who uses them.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use idp::clock::SystemRng;
use idp_core::cx::random_text;
use serde::{Deserialize, Serialize};

use crate::error::DemoError;
use crate::files::{self, Readers};
use crate::platform_key::PlatformKey;

/// What is remembered. No `Debug`: it holds secrets.
#[derive(Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub(crate) ports: RememberedPorts,
    /// A client secret.
    pub(crate) chifeng_secret: String,
    /// A private key: PKCS#8, PEM. Empty where the last start was before it had one.
    #[serde(default)]
    pub(crate) hohhot_key: String,
    /// Opens the keys of the sample CAs.
    pub(crate) ca_password: String,
}

/// Ports of the last start; 0: none yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RememberedPorts {
    pub(crate) provider: u16,
    pub(crate) chifeng: u16,
    pub(crate) hohhot: u16,
    pub(crate) agent: u16,
}

/// The folder, while this process has it.
pub(crate) struct State {
    folder: PathBuf,
    pub(crate) remembered: Remembered,
    /// Open as long as the folder is ours.
    _lock: File,
}

impl State {
    /// Opens or makes the folder, for this process alone.
    pub(crate) fn open(folder: &Path) -> Result<Self, DemoError> {
        fs::create_dir_all(folder).map_err(DemoError::file(folder))?;
        let folder = folder.canonicalize().map_err(DemoError::file(folder))?;
        let path = folder.join("demo.lock");
        let lock = File::create(&path).map_err(DemoError::file(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DemoError::InUse(folder)),
            Err(TryLockError::Error(source)) => return Err(DemoError::File { path, source }),
        }
        let mut remembered = Remembered::read_or_make(&folder)?;
        if remembered.hohhot_key.is_empty() {
            remembered.hohhot_key = PlatformKey::generate()?.into_pem();
            remembered.write(&folder)?;
        }
        Ok(Self {
            folder,
            remembered,
            _lock: lock,
        })
    }

    /// Writes down the ports of this start.
    pub(crate) fn remember(&mut self, ports: RememberedPorts) -> Result<(), DemoError> {
        self.remembered.ports = ports;
        self.remembered.write(&self.folder)
    }

    /// The folder itself, absolute.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn provider(&self) -> PathBuf {
        provider(&self.folder)
    }

    pub(crate) fn platforms(&self) -> PathBuf {
        self.folder.join("platforms")
    }

    pub(crate) fn locks(&self) -> PathBuf {
        locks(&self.folder)
    }

    pub(crate) fn pki(&self) -> PathBuf {
        pki(&self.folder)
    }
}

/// Where the provider keeps its own.
pub(crate) fn provider(folder: &Path) -> PathBuf {
    folder.join("provider")
}

/// Where the sample locks lie.
pub(crate) fn locks(folder: &Path) -> PathBuf {
    folder.join("locks")
}

/// Where the sample CAs lie.
pub(crate) fn pki(folder: &Path) -> PathBuf {
    folder.join("pki")
}

impl Remembered {
    /// Reads the file; makes it with fresh secrets if there is none.
    pub(crate) fn read_or_make(folder: &Path) -> Result<Self, DemoError> {
        let path = Self::path(folder);
        match fs::read(&path) {
            Ok(text) => {
                serde_json::from_slice(&text).map_err(|source| DemoError::Damaged { path, source })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let fresh = Self {
                    ports: RememberedPorts::default(),
                    chifeng_secret: random_text(&SystemRng),
                    hohhot_key: String::new(),
                    ca_password: random_text(&SystemRng),
                };
                fresh.write(folder)?;
                Ok(fresh)
            }
            Err(source) => Err(DemoError::File { path, source }),
        }
    }

    fn write(&self, folder: &Path) -> Result<(), DemoError> {
        let path = Self::path(folder);
        let text = serde_json::to_vec_pretty(self).map_err(|source| DemoError::Damaged {
            path: path.clone(),
            source,
        })?;
        files::replace(&path, &text, Readers::Owner).map_err(DemoError::file(path))
    }

    fn path(folder: &Path) -> PathBuf {
        folder.join("demo.json")
    }
}
