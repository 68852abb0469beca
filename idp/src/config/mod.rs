//! Configuration: one file and the environment. Unknown keys are refused.
//!
//! Owns the shape, the defaults and the checks that need no other file. Does not open databases,
//! certificates or keys: see [`crate::certificates`] and [`crate::signing`].
//!
//! Order: defaults, then the TOML file, then variables `IDP_…` with `__` between levels
//! (`IDP_DATABASE__URL`). The reference is `docs/CONFIGURATION.md`.

mod authority;
mod error;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use idp_core::cx::Settings;
use idp_core::signing_key::KeySchedule;
use serde::{Deserialize, Serialize};
use url::Url;

pub use authority::{AuthorityConfig, RevocationConfig};
pub use error::ConfigError;

/// Everything an operator can set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Issuer identifier: https, or http on loopback; no query, no fragment, no trailing slash.
    pub issuer: String,
    /// Addresses to listen on.
    pub listen: Vec<SocketAddr>,
    /// Folder of the embedded database and the master key.
    pub state_dir: PathBuf,
    /// What must never be lost.
    pub database: DatabaseConfig,
    /// What is short-lived.
    pub ephemeral: EphemeralConfig,
    /// The key that opens the signing keys.
    pub master_key: MasterKeyConfig,
    /// CA办理机构.
    #[serde(default)]
    pub certificate_authorities: Vec<AuthorityConfig>,
    /// The agent beside the lock.
    pub agent: AgentConfig,
    /// The portal.
    pub portal: PortalConfig,
    /// How long things live.
    pub lifetimes: LifetimesConfig,
    /// When signing keys follow one another.
    pub signing_keys: SigningKeysConfig,
    /// The HTTP server.
    pub http: HttpConfig,
}

/// `[database]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite://FILE` or `postgres://…`; empty: `idp.db` in the state folder.
    pub url: String,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
    pub pool_size: usize,
}

/// `[ephemeral]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EphemeralConfig {
    /// `memory:` for one process, `redis://…` for several.
    pub url: String,
    /// Memory the process gives them at most, in MiB (`memory:`). Past it new ones are refused.
    pub capacity_mib: usize,
}

/// `[master_key]`
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MasterKeyConfig {
    /// File with the base64 text of 32 octets; empty: `master.key` in the state folder, made at first
    /// start.
    pub file: PathBuf,
    /// The same text by the environment (`IDP_MASTER_KEY__VALUE`), instead of a file.
    pub value: String,
}

impl std::fmt::Debug for MasterKeyConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKeyConfig")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// `[agent]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// Loopback ports a page tries, in order.
    pub ports: Vec<u16>,
    /// What the driver page offers for download.
    pub downloads: Vec<DownloadConfig>,
}

/// `[[agent.downloads]]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadConfig {
    /// Operating system, as people call it.
    pub system: String,
    /// Version.
    pub version: String,
    /// Size, as people read it.
    pub size: String,
    /// Where it is.
    pub href: String,
    /// SHA-256, hexadecimal.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// `[portal]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PortalConfig {
    /// Telephone of the support desk.
    pub support_phone: Option<String>,
    /// Mail address of the support desk.
    pub support_email: Option<String>,
    /// Its hours.
    pub support_hours: Option<String>,
    /// Shows that this is a demonstration.
    pub demo: bool,
}

/// `[lifetimes]`, in seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each is documented where the rules use it, in idp_core::cx::Settings"
)]
pub struct LifetimesConfig {
    pub code: u64,
    pub access_token: u64,
    pub id_token: u64,
    pub fresh_consent: u64,
    pub session_idle: u64,
    pub session_absolute: u64,
    pub request: u64,
}

/// `[signing_keys]`, in days.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeysConfig {
    /// A key signs for this long.
    pub rotate_after_days: u32,
    /// A new key is published this long before it signs.
    pub publish_before_days: u32,
    /// A retired key stays published this long.
    pub publish_after_days: u32,
}

/// `[http]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Worker threads; 0: one a core.
    pub workers: usize,
    /// Addresses of proxies whose `X-Forwarded-For` names the other side.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

impl Config {
    /// The defaults for an issuer, with everything embedded in `state_dir`.
    pub fn embedded(issuer: impl Into<String>, state_dir: impl Into<PathBuf>) -> Self {
        Self {
            issuer: issuer.into(),
            state_dir: state_dir.into(),
            ..Self::default()
        }
    }

    /// Defaults, file and environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        // Where the file is and what is logged are said by variables too, and are no configuration.
        let variables = Env::prefixed("IDP_").ignore(&["config", "log"]).split("__");
        let figment = figment.merge(variables);
        let mut config: Self = figment
            .extract()
            .map_err(|error| ConfigError::unreadable(file, error))?;
        if let Some(folder) = file.and_then(Path::parent) {
            config.resolve_from(folder);
        }
        config
            .check()
            .map_err(|error| error.found_in(file, &figment))?;
        Ok(config)
    }

    /// Paths in the file are relative to the file.
    fn resolve_from(&mut self, folder: &Path) {
        self.state_dir = folder.join(&self.state_dir);
        if !self.master_key.file.as_os_str().is_empty() {
            self.master_key.file = folder.join(&self.master_key.file);
        }
        for authority in &mut self.certificate_authorities {
            authority.resolve_from(folder);
        }
    }

    /// Checks what needs no other file.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.origin()?;
        let value = |key, problem: &str| ConfigError::Value {
            key,
            problem: problem.to_owned(),
        };
        if self.listen.is_empty() {
            return Err(value("listen", "at least one address is needed"));
        }
        if self.agent.ports.is_empty() {
            return Err(value("agent.ports", "at least one port is needed"));
        }
        self.check_ranges()?;
        if self.lifetimes.code > 600 {
            return Err(value(
                "lifetimes.code",
                "at most 600 seconds (RFC 6749 §4.1.2)",
            ));
        }
        if self.lifetimes.access_token.max(self.lifetimes.id_token)
            > u64::from(self.signing_keys.publish_after_days) * 86_400
        {
            return Err(value(
                "signing_keys.publish_after_days",
                "a retired key must stay published longer than a token lives",
            ));
        }
        authority::check_all(&self.certificate_authorities)
    }

    /// Nothing that must last may last for nothing, and nothing that holds may hold nothing.
    fn check_ranges(&self) -> Result<(), ConfigError> {
        let lifetimes = &self.lifetimes;
        let numbers: [(&'static str, u64); 10] = [
            ("lifetimes.code", lifetimes.code),
            ("lifetimes.access_token", lifetimes.access_token),
            ("lifetimes.id_token", lifetimes.id_token),
            ("lifetimes.fresh_consent", lifetimes.fresh_consent),
            ("lifetimes.session_idle", lifetimes.session_idle),
            ("lifetimes.session_absolute", lifetimes.session_absolute),
            ("lifetimes.request", lifetimes.request),
            (
                "signing_keys.rotate_after_days",
                u64::from(self.signing_keys.rotate_after_days),
            ),
            (
                "database.pool_size",
                u64::try_from(self.database.pool_size).unwrap_or(u64::MAX),
            ),
            (
                "ephemeral.capacity_mib",
                u64::try_from(self.ephemeral.capacity_mib).unwrap_or(u64::MAX),
            ),
        ];
        for (key, number) in numbers {
            if number == 0 {
                let problem = "must be at least 1".to_owned();
                return Err(ConfigError::Value { key, problem });
            }
        }
        let schemes: [(&'static str, &str, &[&str]); 2] = [
            (
                "database.url",
                &self.database.url,
                &["sqlite:", "postgres:", "postgresql:"],
            ),
            (
                "ephemeral.url",
                &self.ephemeral.url,
                &["memory:", "redis:", "rediss:"],
            ),
        ];
        for (key, url, known) in schemes {
            if !url.is_empty() && !known.iter().any(|scheme| url.starts_with(scheme)) {
                let problem = format!("must begin with one of {}", known.join(" "));
                return Err(ConfigError::Value { key, problem });
            }
        }
        Ok(())
    }

    /// The issuer's origin, as a browser attests it.
    pub fn origin(&self) -> Result<String, ConfigError> {
        let value = |problem: &str| ConfigError::Value {
            key: "issuer",
            problem: problem.to_owned(),
        };
        let url = Url::parse(&self.issuer).map_err(|e| value(&format!("not a URL: {e}")))?;
        let loopback = match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(domain)) => domain == "localhost",
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
            return Err(value("must be https (http only on loopback)"));
        }
        let origin = url.origin().ascii_serialization();
        // Pages, cookies and endpoints stand at the root of the origin.
        if self.issuer != origin {
            return Err(value(&format!(
                "must be an origin without path or trailing slash: {origin}"
            )));
        }
        Ok(origin)
    }

    /// Whether cookies are Secure.
    pub fn is_https(&self) -> bool {
        self.issuer.starts_with("https:")
    }

    /// The database URL, the embedded default filled in.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite://{}", self.state_dir.join("idp.db").display())
        } else {
            self.database.url.clone()
        }
    }

    /// The settings of the rules.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let seconds = Duration::from_secs;
        let lifetimes = &self.lifetimes;
        Ok(Settings {
            issuer: self.issuer.clone(),
            origin: self.origin()?,
            code_lifetime: seconds(lifetimes.code),
            access_token_lifetime: seconds(lifetimes.access_token),
            id_token_lifetime: seconds(lifetimes.id_token),
            fresh_consent_lifetime: seconds(lifetimes.fresh_consent),
            session_idle: seconds(lifetimes.session_idle),
            session_absolute: seconds(lifetimes.session_absolute),
            request_lifetime: seconds(lifetimes.request),
        })
    }

    /// The calendar of signing keys.
    pub fn key_schedule(&self) -> KeySchedule {
        let days = |n: u32| Duration::from_secs(u64::from(n) * 86_400);
        KeySchedule {
            rotate_after: days(self.signing_keys.rotate_after_days),
            publish_before: days(self.signing_keys.publish_before_days),
            publish_after: days(self.signing_keys.publish_after_days),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            issuer: "http://127.0.0.1:8600".to_owned(),
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 8600))],
            state_dir: PathBuf::from("state"),
            database: DatabaseConfig {
                url: String::new(),
                pool_size: 8,
            },
            ephemeral: EphemeralConfig {
                url: "memory:".to_owned(),
                capacity_mib: 256,
            },
            master_key: MasterKeyConfig {
                file: PathBuf::new(),
                value: String::new(),
            },
            certificate_authorities: Vec::new(),
            agent: AgentConfig {
                ports: (17650..=17654).collect(),
                downloads: Vec::new(),
            },
            portal: PortalConfig::default(),
            lifetimes: LifetimesConfig {
                code: 60,
                access_token: 600,
                id_token: 600,
                fresh_consent: 300,
                session_idle: 1800,
                session_absolute: 28_800,
                request: 1800,
            },
            signing_keys: SigningKeysConfig {
                rotate_after_days: 90,
                publish_before_days: 1,
                publish_after_days: 7,
            },
            http: HttpConfig {
                workers: 0,
                trusted_proxies: Vec::new(),
            },
        }
    }
}
