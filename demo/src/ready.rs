//! What is up: for scripts as JSON, for people as words.
//!
//! Owns the shape of the ready file.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::DemoError;
use crate::files::{self, Readers};
use crate::pki::{Expectation, SAMPLE_PIN, Sample, SampleKind, SamplePki};

/// Everything a script needs to drive the demonstration. Holds client secrets of a demonstration; no `Debug`.
#[derive(Clone, Serialize)]
pub struct Ready {
    /// The issuer identifier, also the portal's address.
    pub issuer: String,
    /// The state folder, absolute.
    pub state_dir: PathBuf,
    /// The process.
    pub pid: u32,
    /// The platforms: 赤峰, 呼和浩特.
    pub platforms: Vec<ReadyPlatform>,
    /// The key agent.
    pub agent: ReadyAgent,
    /// The sample locks.
    pub locks: Vec<ReadyLock>,
}

/// A platform that is up.
#[derive(Clone, Serialize)]
pub struct ReadyPlatform {
    /// Its identifier in the directory.
    pub id: String,
    /// Its name.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// As registered.
    pub client_id: String,
    /// As registered (`client_secret_basic` and `client_secret_post`); a platform with a key of its own has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Its address.
    pub origin: String,
    /// As registered.
    pub redirect_uri: String,
    /// As registered.
    pub initiate_login_uri: String,
}

/// The agent that is up.
#[derive(Clone, Debug, Serialize)]
pub struct ReadyAgent {
    /// `http://127.0.0.1:<port>`.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// The folder it looks for locks in.
    pub locks: PathBuf,
}

/// A sample lock.
#[derive(Clone, Debug, Serialize)]
pub struct ReadyLock {
    /// What it is.
    pub kind: SampleKind,
    /// What a person calls it.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// Its file, absolute.
    pub file: PathBuf,
    /// Its PIN.
    pub pin: String,
    /// Who issued it.
    pub ca: String,
    /// The enterprise it speaks for.
    pub enterprise: String,
    /// The enterprise's credit code.
    pub credit_code: String,
    /// 证书Key号.
    pub key_number: String,
    /// 硬件介质号.
    pub media_number: String,
    /// What happens when it is used.
    pub expect: Expectation,
}

impl Ready {
    /// Writes the JSON file, whole or not at all, readable by its owner.
    pub fn write(&self, path: &Path) -> Result<(), DemoError> {
        let mut text = serde_json::to_vec_pretty(self).map_err(|source| DemoError::Damaged {
            path: path.to_owned(),
            source,
        })?;
        text.push(b'\n');
        files::replace(path, &text, Readers::Owner).map_err(DemoError::file(path))
    }
}

impl ReadyLock {
    pub(crate) fn of(sample: &Sample, pki: &SamplePki, folder: &Path) -> Result<Self, DemoError> {
        Ok(Self {
            kind: sample.kind,
            name: sample.name_zh.to_owned(),
            name_en: sample.name_en.to_owned(),
            file: folder.join(sample.file),
            pin: SAMPLE_PIN.to_owned(),
            ca: sample.ca().display_name().to_owned(),
            enterprise: sample.enterprise().to_owned(),
            credit_code: sample.credit_code()?,
            key_number: sample.key_number().to_owned(),
            media_number: sample.media_number().to_owned(),
            expect: sample.expectation_now(pki, folder)?,
        })
    }
}
