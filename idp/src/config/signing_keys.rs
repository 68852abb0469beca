//! `[signing_keys]`: when keys follow one another, and where their private parts are.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Config, ConfigError};

/// `[signing_keys]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeysConfig {
    /// A key signs for this many days.
    pub rotate_after_days: u32,
    /// A new key is published this many days before it signs.
    pub publish_before_days: u32,
    /// A retired key stays published this many days.
    pub publish_after_days: u32,
    /// Tokens may be signed with SM2, for platforms that an operator gave it.
    pub sm2: bool,
    /// Where new ones are made. Old ones stay where they are.
    pub keep_in: KeepIn,
    /// The token that keys are inside of.
    pub pkcs11: Pkcs11Config,
}

impl Default for SigningKeysConfig {
    fn default() -> Self {
        Self {
            rotate_after_days: 90,
            publish_before_days: 1,
            publish_after_days: 7,
            sm2: false,
            keep_in: KeepIn::Database,
            pkcs11: Pkcs11Config::default(),
        }
    }
}

/// Where private keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeepIn {
    /// Sealed under the master key.
    Database,
    /// Inside the token.
    Pkcs11,
}

/// `[signing_keys.pkcs11]`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pkcs11Config {
    /// The vendor's library. Empty: there is no token.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// Its serial number, where the label is not enough.
    pub serial: String,
    /// File with the PIN of its user, readable by its owner alone.
    pub pin_file: PathBuf,
    /// The PIN by the environment ([`Self::PIN_VARIABLE`]), instead of a file.
    pub pin: String,
    /// Sessions at once at most: so many signatures are made side by side.
    pub sessions: usize,
}

impl Default for Pkcs11Config {
    fn default() -> Self {
        Self {
            module: PathBuf::new(),
            token: String::new(),
            serial: String::new(),
            pin_file: PathBuf::new(),
            pin: String::new(),
            sessions: 8,
        }
    }
}

impl std::fmt::Debug for Pkcs11Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pkcs11Config")
            .field("module", &self.module)
            .field("token", &self.token)
            .field("serial", &self.serial)
            .field("pin_file", &self.pin_file)
            .finish_non_exhaustive()
    }
}

impl Pkcs11Config {
    /// Read as it stands: a PIN of digits is a text too, with its zeros.
    pub const PIN_VARIABLE: &'static str = "IDP_SIGNING_KEYS__PKCS11__PIN";

    /// Whether there is a token.
    pub fn is_set(&self) -> bool {
        !self.module.as_os_str().is_empty()
    }

    /// What the token is called: its label, else its serial number.
    pub fn name(&self) -> &str {
        if self.token.is_empty() {
            &self.serial
        } else {
            &self.token
        }
    }

    /// Paths in the file are relative to the file.
    pub(super) fn resolve_from(&mut self, folder: &Path) {
        for path in [&mut self.module, &mut self.pin_file] {
            if !path.as_os_str().is_empty() {
                *path = folder.join(&*path);
            }
        }
    }
}

impl Config {
    /// What of `[signing_keys]` fits together, without a look at the token.
    pub(super) fn check_signing_keys(&self) -> Result<(), ConfigError> {
        let wrong = |key, problem: &str| {
            let problem = problem.to_owned();
            Err(ConfigError::Value { key, problem })
        };
        let (keys, token) = (&self.signing_keys, &self.signing_keys.pkcs11);
        if self.lifetimes.access_token.max(self.lifetimes.id_token)
            > u64::from(keys.publish_after_days) * 86_400
        {
            return wrong(
                "signing_keys.publish_after_days",
                "a retired key must stay published longer than a token lives",
            );
        }
        if keys.keep_in == KeepIn::Pkcs11 && !token.is_set() {
            return wrong(
                "signing_keys.keep_in",
                "pkcs11 needs signing_keys.pkcs11.module",
            );
        }
        if keys.keep_in == KeepIn::Pkcs11 && keys.sm2 {
            return wrong(
                "signing_keys.sm2",
                "PKCS #11 has no SM2: a key for it can't be inside a token. Keep signing keys in the database, or do without SM2",
            );
        }
        if !token.is_set() {
            return Ok(());
        }
        if token.name().is_empty() {
            return wrong(
                "signing_keys.pkcs11.token",
                "its label or its serial number is needed",
            );
        }
        if token.pin.is_empty() == token.pin_file.as_os_str().is_empty() {
            return wrong(
                "signing_keys.pkcs11.pin_file",
                "a file with the PIN is needed, or IDP_SIGNING_KEYS__PKCS11__PIN instead of it",
            );
        }
        if !(2..=256).contains(&token.sessions) {
            return wrong("signing_keys.pkcs11.sessions", "must be 2 to 256");
        }
        Ok(())
    }
}
