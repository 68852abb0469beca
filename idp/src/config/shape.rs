//! What can be set, and the defaults. `docs/CONFIGURATION.md` describes each.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    AgentConfig, ApiConfig, AuditConfig, AuthorityConfig, ConsoleConfig, HttpConfig, LimitsConfig,
    MetricsConfig, NotificationsConfig, OutboundConfig, PlatformHealthConfig, PortalConfig,
    RevocationSettings, SigningKeysConfig, TlsConfig,
};

/// Everything an operator can set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The file that this was read from, for messages.
    #[serde(skip)]
    pub file: Option<PathBuf>,
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
    /// What CAs took back.
    #[serde(default)]
    pub revocation: RevocationSettings,
    /// What the provider reaches of its own accord.
    #[serde(default)]
    pub outbound: OutboundConfig,
    /// How much anybody may ask for.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// What was found of certificates.
    #[serde(default)]
    pub verdicts: VerdictsConfig,
    /// What is counted for operators.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// The audit trail as a log.
    #[serde(default)]
    pub audit: AuditConfig,
    /// The agent beside the lock.
    pub agent: AgentConfig,
    /// The portal.
    pub portal: PortalConfig,
    /// Where operators work.
    #[serde(default)]
    pub console: ConsoleConfig,
    /// What operators' programs use.
    #[serde(default)]
    pub api: ApiConfig,
    /// How long things live.
    pub lifetimes: LifetimesConfig,
    /// Whether platforms register themselves.
    #[serde(default)]
    pub registration: RegistrationConfig,
    /// Who hears of what happens to an enterprise.
    #[serde(default)]
    pub notifications: NotificationsConfig,
    /// How often platforms are looked at.
    #[serde(default)]
    pub platform_health: PlatformHealthConfig,
    /// When signing keys follow one another.
    pub signing_keys: SigningKeysConfig,
    /// What is kept of sign-ins.
    pub sign_ins: SignInsConfig,
    /// The HTTP server.
    pub http: HttpConfig,
    /// Its TLS.
    #[serde(default)]
    pub tls: TlsConfig,
}

/// `[verdicts]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VerdictsConfig {
    /// Good verdicts on certificates (path, revocation, holder) that are kept in memory at most.
    pub remembered: u64,
}

impl Default for VerdictsConfig {
    fn default() -> Self {
        Self { remembered: 20_000 }
    }
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
    pub refresh_token: u64,
    pub refresh_again: u64,
    pub fresh_consent: u64,
    pub session_idle: u64,
    pub session_absolute: u64,
    pub request: u64,
    pub pushed: u64,
}

/// `[registration]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationConfig {
    /// Platforms with a token of an operator register themselves (RFC 7591).
    pub enabled: bool,
}

/// `[sign_ins]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInsConfig {
    /// A sign-in stays on record for so many days.
    pub kept_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file: None,
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
            revocation: RevocationSettings::default(),
            outbound: OutboundConfig::default(),
            limits: LimitsConfig::default(),
            verdicts: VerdictsConfig::default(),
            metrics: MetricsConfig::default(),
            audit: AuditConfig::default(),
            agent: AgentConfig {
                ports: (17650..=17654).collect(),
                downloads: Vec::new(),
            },
            portal: PortalConfig::default(),
            console: ConsoleConfig::default(),
            api: ApiConfig::default(),
            lifetimes: LifetimesConfig {
                code: 60,
                access_token: 600,
                id_token: 600,
                refresh_token: 28_800,
                refresh_again: 10,
                fresh_consent: 300,
                session_idle: 1800,
                session_absolute: 28_800,
                request: 1800,
                pushed: 90,
            },
            registration: RegistrationConfig::default(),
            notifications: NotificationsConfig::default(),
            platform_health: PlatformHealthConfig::default(),
            signing_keys: SigningKeysConfig::default(),
            sign_ins: SignInsConfig { kept_days: 365 },
            http: HttpConfig::default(),
            tls: TlsConfig::default(),
        }
    }
}
