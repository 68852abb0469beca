//! `[notifications]`: who hears of what happens to an enterprise, and by which way.
//!
//! Owns the shape and what can be said of it without a file. Secrets stand in files or variables of their own, which
//! [`crate::notifying`] opens.

use std::path::{Path, PathBuf};
use std::time::Duration;

use idp_core::notification::{Announcing, NotificationKind};
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// `[notifications]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationsConfig {
    /// Of one kind so many an hour reach an enterprise by mail, and so many by text message.
    pub per_hour: u32,
    /// A sign-in comes from a new place where nobody signed in from for so many days.
    pub place_forgotten_after_days: u32,
    /// Systems of the operator.
    pub webhooks: Vec<WebhookConfig>,
    /// Mail to enterprises.
    pub email: Option<EmailConfig>,
    /// Text messages to them.
    pub sms: Option<SmsConfig>,
}

impl Default for NotificationsConfig {
    fn default() -> Self {
        Self {
            per_hour: 5,
            place_forgotten_after_days: 90,
            webhooks: Vec::new(),
            email: None,
            sms: None,
        }
    }
}

/// Where a secret stands: in a file that its owner alone reads, or in a variable of the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecretSource {
    /// The file; white space around the secret does not count.
    pub file: PathBuf,
    /// The name of the variable.
    pub variable: String,
}

impl SecretSource {
    /// Whether it is said where.
    pub fn is_named(&self) -> bool {
        !self.file.as_os_str().is_empty() || !self.variable.is_empty()
    }

    fn resolve_from(&mut self, folder: &Path) {
        if !self.file.as_os_str().is_empty() {
            self.file = folder.join(&self.file);
        }
    }

    fn is_named_twice(&self) -> bool {
        !self.file.as_os_str().is_empty() && !self.variable.is_empty()
    }
}

/// `[[notifications.webhooks]]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// What it is called on the command line and in the audit trail.
    pub name: String,
    /// Where it is: https, at an address that `outbound` lets be reached.
    pub url: String,
    /// What messages are signed with: `whsec_` and the base64 text of 24 to 64 octets.
    pub secret: SecretSource,
    /// The secret before, by which they are signed too until every reader has the new one.
    #[serde(default)]
    pub previous_secret: SecretSource,
    /// What it hears of; empty: everything.
    #[serde(default)]
    pub events: Vec<String>,
}

/// `[notifications.email]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailConfig {
    /// The mail server that takes what we send.
    pub host: String,
    /// Its port; 0: 465 with `implicit`, 587 with `starttls`, 25 with `none`.
    #[serde(default)]
    pub port: u16,
    /// How the way there is kept.
    #[serde(default)]
    pub tls: MailTls,
    /// By which name we sign in there; empty: not at all.
    #[serde(default)]
    pub user: String,
    /// With which password.
    #[serde(default)]
    pub password: SecretSource,
    /// From whom mail comes: an address, or `Name <address>`.
    pub from: String,
}

/// How the way to a mail server is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// TLS from the first octet on (RFC 8314 §3.3).
    Implicit,
    /// TLS after STARTTLS, or nothing is sent (RFC 3207).
    #[default]
    StartTls,
    /// In clear: on this machine, or a network that nobody else is in. No password goes that way.
    None,
}

impl EmailConfig {
    /// The port.
    pub const fn port(&self) -> u16 {
        match (self.port, self.tls) {
            (0, MailTls::Implicit) => 465,
            (0, MailTls::StartTls) => 587,
            (0, MailTls::None) => 25,
            (port, _) => port,
        }
    }
}

/// `[notifications.sms]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsConfig {
    /// The gateway, by https; or `file:PATH`, to which messages are appended as JSON lines, for dry runs.
    pub url: String,
    /// What the gateway knows us by.
    #[serde(default)]
    pub token: SecretSource,
}

impl SmsConfig {
    /// The file that takes the place of a gateway.
    pub fn file(&self) -> Option<&Path> {
        self.url.strip_prefix("file:").map(Path::new)
    }
}

/// Longest name of a webhook, in characters.
const NAME_MAX: usize = 40;

impl NotificationsConfig {
    /// Paths in the file are relative to the file.
    pub(super) fn resolve_from(&mut self, folder: &Path) {
        for webhook in &mut self.webhooks {
            webhook.secret.resolve_from(folder);
            webhook.previous_secret.resolve_from(folder);
        }
        if let Some(email) = &mut self.email {
            email.password.resolve_from(folder);
        }
        if let Some(sms) = &mut self.sms {
            sms.token.resolve_from(folder);
            if let Some(file) = sms.file() {
                sms.url = format!("file:{}", folder.join(file).display());
            }
        }
    }

    /// For the rules. Checked when the configuration was read: every word is known.
    pub(super) fn announcing(&self) -> Announcing {
        let kinds = |webhook: &WebhookConfig| -> Vec<NotificationKind> {
            if webhook.events.is_empty() {
                return NotificationKind::ALL.to_vec();
            }
            let words = webhook.events.iter();
            words
                .filter_map(|word| NotificationKind::of_word(word))
                .collect()
        };
        let webhooks = self.webhooks.iter();
        Announcing {
            webhooks: webhooks.map(|it| (it.name.clone(), kinds(it))).collect(),
            email: self.email.is_some(),
            sms: self.sms.is_some(),
            per_hour: self.per_hour,
            place_forgotten_after: Duration::from_hours(24) * self.place_forgotten_after_days,
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let at_least_one = [
            ("notifications.per_hour", self.per_hour),
            (
                "notifications.place_forgotten_after_days",
                self.place_forgotten_after_days,
            ),
        ];
        if let Some((key, _)) = at_least_one.into_iter().find(|(_, n)| *n == 0) {
            return Err(wrong(key, "must be at least 1"));
        }
        for (at, webhook) in self.webhooks.iter().enumerate() {
            let before = self.webhooks.iter().take(at);
            if before.into_iter().any(|other| other.name == webhook.name) {
                return Err(wrong(WEBHOOKS, "two of them have the same name"));
            }
            webhook.check()?;
        }
        if let Some(email) = &self.email {
            email.check()?;
        }
        if let Some(sms) = &self.sms {
            sms.check()?;
        }
        Ok(())
    }
}

const WEBHOOKS: &str = "notifications.webhooks";

impl WebhookConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=NAME_MAX).contains(&self.name.len()) || !self.name.bytes().all(is_word) {
            return Err(wrong(
                WEBHOOKS,
                "name: letters, digits and hyphens, at most 40",
            ));
        }
        if !self.secret.is_named() {
            return Err(wrong(
                WEBHOOKS,
                "secret: its file or variable must be named",
            ));
        }
        if self.secret.is_named_twice() || self.previous_secret.is_named_twice() {
            return Err(wrong(WEBHOOKS, "secret: a file or a variable, not both"));
        }
        let unknown = |word: &&String| NotificationKind::of_word(word).is_none();
        match self.events.iter().find(unknown) {
            None => Ok(()),
            Some(word) => {
                let known = NotificationKind::ALL.map(NotificationKind::as_str);
                let problem = format!("events: {word:?} is none of {}", known.join(", "));
                Err(wrong(WEBHOOKS, &problem))
            }
        }
    }
}

impl EmailConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let key = "notifications.email";
        if self.host.is_empty() {
            return Err(wrong(key, "host: must be named"));
        }
        if self.user.is_empty() == self.password.is_named() || self.password.is_named_twice() {
            return Err(wrong(
                key,
                "user and password: both or none, the password in a file or a variable",
            ));
        }
        if self.tls == MailTls::None && !self.user.is_empty() {
            return Err(wrong(key, "tls: without it no password is sent"));
        }
        Ok(())
    }
}

impl SmsConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let key = "notifications.sms";
        if self.token.is_named_twice() {
            return Err(wrong(key, "token: a file or a variable, not both"));
        }
        if self.file().is_none() && !self.token.is_named() {
            return Err(wrong(key, "token: its file or variable must be named"));
        }
        Ok(())
    }
}

fn wrong(key: &'static str, problem: &str) -> ConfigError {
    ConfigError::Value {
        key,
        problem: problem.to_owned(),
    }
}
