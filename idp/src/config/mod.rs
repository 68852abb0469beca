//! Configuration: one file and the environment. Unknown keys are refused.
//!
//! Owns the shape, the defaults and the checks that need no other file. Does not open databases,
//! certificates or keys: see [`crate::certificates`] and [`crate::signing`].
//!
//! Order: defaults, then the TOML file, then variables `IDP_…` with `__` between levels
//! (`IDP_DATABASE__URL`). The reference is `docs/CONFIGURATION.md`.

mod address_range;
mod api;
mod audit;
mod authority;
mod check;
mod console;
mod error;
mod http;
mod limits;
mod notifications;
mod outbound;
mod platform_health;
mod portal;
mod revocation;
mod revocation_source;
mod shape;
mod signing_keys;
mod tls;

use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use idp_core::cx::Settings;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::{KeySchedule, SigningKey};
use idp_core::subject::PairwiseKey;
use idp_core::timestamp::Timestamp;

pub use address_range::AddressRange;
pub use api::ApiConfig;
pub use audit::AuditConfig;
pub use authority::{AuthorityConfig, RevocationConfig};
pub use console::ConsoleConfig;
pub use error::ConfigError;
pub use http::{ForwardedHeader, HttpConfig};
pub use limits::{Budget, LimitsConfig};
pub use notifications::{
    EmailConfig, MailTls, NotificationsConfig, SecretSource, SmsConfig, WebhookConfig,
};
pub use outbound::OutboundConfig;
pub use platform_health::PlatformHealthConfig;
pub use portal::{AgentConfig, DownloadConfig, PortalConfig};
pub use revocation::{MetricsConfig, RevocationSettings};
pub use revocation_source::RevocationSourceConfig;
pub use shape::{
    Config, DatabaseConfig, EphemeralConfig, LifetimesConfig, MasterKeyConfig, RegistrationConfig,
};
pub use signing_keys::{KeepIn, Pkcs11Config, SigningKeysConfig};
pub use tls::TlsConfig;

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
        let variables = Env::prefixed("IDP_")
            .ignore(&["config", "log", "signing_keys__pkcs11__pin"])
            .split("__");
        let figment = figment.merge(variables);
        let mut config: Self = figment
            .extract()
            .map_err(|error| ConfigError::unreadable(file, error))?;
        config.file = file.map(Path::to_owned);
        if let Ok(pin) = std::env::var(Pkcs11Config::PIN_VARIABLE) {
            config.signing_keys.pkcs11.pin = pin;
        }
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
        if !self.outbound.ca_file.as_os_str().is_empty() {
            self.outbound.ca_file = folder.join(&self.outbound.ca_file);
        }
        self.tls.resolve_from(folder);
        self.notifications.resolve_from(folder);
        self.signing_keys.pkcs11.resolve_from(folder);
        for authority in &mut self.certificate_authorities {
            authority.resolve_from(folder);
        }
    }

    /// What messages call this configuration: its file, where there is one.
    pub fn source(&self) -> String {
        let file = self.file.as_ref().map(|file| file.display().to_string());
        file.unwrap_or_else(|| "configuration".to_owned())
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
            loopback_platforms: !self.is_https() || self.outbound.allow_loopback,
            sm2_tokens: self.signing_keys.sm2,
            code_lifetime: seconds(lifetimes.code),
            access_token_lifetime: seconds(lifetimes.access_token),
            refresh_token_lifetime: seconds(lifetimes.refresh_token),
            refresh_again: seconds(lifetimes.refresh_again),
            id_token_lifetime: seconds(lifetimes.id_token),
            fresh_consent_lifetime: seconds(lifetimes.fresh_consent),
            session_idle: seconds(lifetimes.session_idle),
            session_absolute: seconds(lifetimes.session_absolute),
            console_idle: seconds(self.console.session_idle),
            console_absolute: seconds(self.console.session_absolute),
            operator_token_lifetime: seconds(self.api.token_lifetime),
            request_lifetime: seconds(lifetimes.request),
            pushed_lifetime: seconds(lifetimes.pushed),
            // Out of the store, where it is needed.
            pairwise_key: PairwiseKey::default(),
            announcing: self.notifications.announcing(),
        })
    }

    /// What tokens are signed with.
    pub fn signing_algorithms(&self) -> Vec<JwsAlgorithm> {
        let sm2 = self.signing_keys.sm2.then_some(JwsAlgorithm::Sm2Sm3);
        JwsAlgorithm::STANDARD.into_iter().chain(sm2).collect()
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

    /// Where a signing key is: `signing`, `waiting`, `published`, `gone`, `withdrawn`, or `off`.
    pub fn signing_key_stage(&self, key: &SigningKey, now: Timestamp) -> &'static str {
        let is_retired = key.retired_at.is_some_and(|at| at <= now);
        if key.withdrawn_at.is_some() {
            return "withdrawn";
        }
        if !self.signing_algorithms().contains(&key.algorithm) {
            return "off";
        }
        let is_published = self.key_schedule().is_published(key, now);
        match (key.signs_from <= now, is_retired, is_published) {
            (_, true, false) => "gone",
            (_, true, true) => "published",
            (true, false, _) => "signing",
            (false, false, _) => "waiting",
        }
    }
}
