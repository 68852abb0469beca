//! What the service is told: by the command line, by its configuration file, or by a program that embeds it.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::origin::{Origin, OriginError};
use crate::assistant::update::{ReleaseKey, ReleaseKeyError, UpdateSource};
use crate::assistant::web::is_loopback;
use crate::locks::{LockSource, LockSources};

/// Ports that pages try, in this order.
pub const DEFAULT_PORTS: RangeInclusive<u16> = 17650..=17654;

/// Time a person has for one operation.
const OPERATION_LIMIT: Duration = Duration::from_mins(2);

/// Where the service listens, always on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// The first free port of a range.
    FirstFree(RangeInclusive<u16>),
    /// This port and no other; 0 lets the system choose.
    Exactly(u16),
}

/// Where pages look for the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PagePorts {
    /// On these ports.
    Range(RangeInclusive<u16>),
    /// On the very port it takes: whoever embeds it tells them.
    Told,
}

/// Everything the service needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the locks are.
    pub locks: LockSources,
    /// Pages that may ask for signatures. Nobody else is answered.
    pub allow_origins: Vec<Origin>,
    /// Where to listen.
    pub ports: Ports,
    /// Where pages look for it.
    pub page_ports: PagePorts,
    /// 登录系统: where the root page leads, if anywhere.
    pub portal_url: Option<Url>,
    /// Folder of what the assistant keeps; without one it keeps it as long as it runs.
    pub state: Option<PathBuf>,
    /// Where the assistant learns of newer versions.
    pub update: Option<UpdateSource>,
    /// Time a person has for one operation.
    pub operation_limit: Duration,
    /// Whether to end on Ctrl-C; a program that embeds the service keeps its own handling.
    pub stop_on_signals: bool,
}

impl Settings {
    /// Locks of these places, the default ports, nobody allowed yet.
    pub fn new(locks: impl Into<LockSources>) -> Self {
        Self {
            locks: locks.into(),
            allow_origins: Vec::new(),
            ports: Ports::FirstFree(DEFAULT_PORTS),
            page_ports: PagePorts::Range(DEFAULT_PORTS),
            portal_url: None,
            state: None,
            update: None,
            operation_limit: OPERATION_LIMIT,
            stop_on_signals: false,
        }
    }

    /// The origin of the portal, if it is one for which may be signed at all.
    pub(crate) fn portal_origin(&self) -> Option<Origin> {
        let portal = self.portal_url.as_ref()?;
        portal.origin().ascii_serialization().parse().ok()
    }
}

/// The configuration file (TOML). A misspelt member is an error, not silence.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Folder with lock files.
    pub locks: Option<PathBuf>,
    /// PKCS #11 libraries.
    #[serde(default)]
    pub pkcs11: Vec<PathBuf>,
    /// SKF libraries (GM/T 0016).
    #[serde(default)]
    pub skf: Vec<PathBuf>,
    /// Pages that may ask for signatures.
    #[serde(default)]
    pub allow_origins: Vec<Origin>,
    /// One port; the range 17650–17654 if absent.
    pub port: Option<u16>,
    /// 登录系统: where the root page leads.
    pub portal_url: Option<Url>,
    /// Folder of what the assistant keeps.
    pub state: Option<PathBuf>,
    /// 软件升级.
    pub update: Option<UpdateTable>,
}

/// The table `[update]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateTable {
    /// The address of the release manifest.
    pub manifest: Url,
    /// The release key, Ed25519 or P-256, as PEM.
    pub public_key: String,
}

/// Why the service cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The configuration file is malformed.
    #[error("the configuration file is malformed: {0}")]
    Malformed(#[from] toml::de::Error),
    /// An origin is none.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// A portal that is no web page.
    #[error("portal_url must be an http or https address")]
    Portal,
    /// A manifest that comes over the network unprotected.
    #[error("update.manifest must be https, http on this computer, or a file")]
    Manifest,
    /// No key that a manifest could be checked with.
    #[error("update.public_key: {0}")]
    ReleaseKey(#[from] ReleaseKeyError),
}

impl ConfigFile {
    /// Reads the file's text.
    pub fn read(text: &str) -> Result<Self, SettingsError> {
        let file: Self = toml::from_str(text)?;
        // It becomes a link: `javascript:` and the like have no place there.
        if file
            .portal_url
            .as_ref()
            .is_some_and(|url| !matches!(url.scheme(), "http" | "https"))
        {
            return Err(SettingsError::Portal);
        }
        Ok(file)
    }

    /// Settings for a service that runs by itself. Without any place of locks it runs too: its assistant says what to do.
    pub fn into_settings(self) -> Result<Settings, SettingsError> {
        let folder = self.locks.map(LockSource::Folder);
        let drivers = LockSource::drivers(self.pkcs11, self.skf);
        let mut settings =
            Settings::new(folder.into_iter().chain(drivers).collect::<LockSources>());
        settings.allow_origins = self.allow_origins;
        settings.ports = self
            .port
            .map_or(Ports::FirstFree(DEFAULT_PORTS), Ports::Exactly);
        settings.portal_url = self.portal_url;
        settings.state = self.state;
        settings.update = self.update.map(UpdateTable::source).transpose()?;
        settings.stop_on_signals = true;
        Ok(settings)
    }
}

impl UpdateTable {
    /// What it says, checked.
    pub fn source(self) -> Result<UpdateSource, SettingsError> {
        let manifest = self.manifest;
        let here = manifest.scheme() == "http" && is_loopback(&manifest);
        if !here && !matches!(manifest.scheme(), "https" | "file") {
            return Err(SettingsError::Manifest);
        }
        let key = ReleaseKey::from_pem(&self.public_key)?;
        Ok(UpdateSource { manifest, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_is_read_strictly() {
        let text = "locks = \"locks\"\nallow_origins = [\"https://idp.example\"]\nport = 17651\nportal_url = \"https://idp.example/\"\n";
        let settings = ConfigFile::read(text).unwrap().into_settings().unwrap();
        assert_eq!(settings.ports, Ports::Exactly(17651));
        assert_eq!(settings.allow_origins.len(), 1);
        let drivers = "pkcs11 = [\"a.so\"]\nskf = [\"b.so\", \"c.so\"]\n";
        let settings = ConfigFile::read(drivers).unwrap().into_settings().unwrap();
        assert!(!settings.locks.is_empty());
        for bad in [
            "pkcs11 = \"a.so\"",
            "allow_origin = []",
            "allow_origins = [\"*\"]",
            "allow_origins = [\"null\"]",
            "allow_origins = [\"http://idp.example\"]",
            "port = 70000",
            "portal_url = \"javascript:alert(1)\"",
            "[update]\nmanifest = \"https://a.example/m\"",
        ] {
            assert!(ConfigFile::read(bad).is_err(), "{bad}");
        }
        let nowhere = ConfigFile::default().into_settings().unwrap();
        assert!(nowhere.locks.is_empty());
    }
}
