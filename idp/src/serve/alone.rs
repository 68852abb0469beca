//! One process at a time where sessions live in its memory: a second one beside it would know nothing of them.

use std::fs::{File, TryLockError};

use super::error::StartError;
use crate::config::Config;

/// The right to serve a state folder alone; ends when it is dropped, and with the process however that ends.
#[derive(Debug)]
pub struct Alone {
    _locked: File,
}

impl Alone {
    /// Takes it where the configuration needs it (`ephemeral.url = "memory:"`); `None` where several may serve.
    pub fn hold(config: &Config) -> Result<Option<Self>, StartError> {
        if config.ephemeral.url != "memory:" {
            return Ok(None);
        }
        let folder = &config.state_dir;
        let what = || format!("state folder {}", folder.display());
        let opened = std::fs::create_dir_all(folder)
            .and_then(|()| File::create(folder.join("serving.lock")));
        let file = opened.map_err(|e| StartError::new(what(), e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _locked: file })),
            Err(TryLockError::WouldBlock) => Err(StartError::new(
                what(),
                "another process serves from it, and with ephemeral.url = \"memory:\" they would know nothing of each \
                 other's sessions: stop that one, or give both a Redis",
            )),
            Err(TryLockError::Error(e)) => Err(StartError::new(what(), e)),
        }
    }
}
