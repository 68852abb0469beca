//! Providers that notify, and what is on record of it.

use std::path::Path;
use std::time::Duration;

use idp::config::{Config, EmailConfig, MailTls, SecretSource, SmsConfig, WebhookConfig};
use idp_core::delivery::DeliveryStage;
use idp_core::id::EnterpriseId;
use idp_core::notification::Notification;
use serde_json::Value;

use super::browser::{Fields, set};
use super::lock::Lock;
use super::mail::MailServer;
use super::provider::Provider;
use super::scratch;
use super::story::binding_form;

/// A secret as Standard Webhooks writes it.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A secret in a file of its own.
pub fn secret_in_file(text: &str) -> SecretSource {
    let file = scratch::folder("secret").join("secret");
    std::fs::write(&file, format!("{text}\n")).unwrap();
    SecretSource {
        file,
        variable: String::new(),
    }
}

/// A webhook at this address, that hears of everything.
pub fn webhook(name: &str, url: &str) -> WebhookConfig {
    WebhookConfig {
        name: name.to_owned(),
        url: url.to_owned(),
        secret: secret_in_file(SECRET),
        previous_secret: SecretSource::default(),
        events: Vec::new(),
    }
}

/// Mail through this server.
pub fn mail_through(server: &MailServer) -> EmailConfig {
    EmailConfig {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        tls: MailTls::None,
        user: String::new(),
        password: SecretSource::default(),
        from: "一证通 <noreply@yzt.example>".to_owned(),
    }
}

/// Mail through this server over TLS, as user `noreply` with the password `the-password`.
pub fn encrypted_mail_through(server: &MailServer, tls: MailTls) -> EmailConfig {
    EmailConfig {
        tls,
        user: "noreply".to_owned(),
        password: secret_in_file("the-password"),
        ..mail_through(server)
    }
}

/// Text messages into this file.
pub fn messages_to_file(file: &Path) -> SmsConfig {
    SmsConfig {
        url: format!("file:{}", file.display()),
        token: SecretSource::default(),
    }
}

/// Text messages through a gateway.
pub fn messages_through(url: &str, token: &str) -> SmsConfig {
    SmsConfig {
        url: url.to_owned(),
        token: secret_in_file(token),
    }
}

/// What it needs to reach receivers on loopback.
pub fn reaching(config: &mut Config) {
    config.outbound.allow_loopback = true;
}

/// What a person types at binding, to be heard by telephone and mail.
pub fn reachable_form(lock: &Lock, (phone, email): (&str, &str)) -> Fields {
    let mut form = binding_form(&lock.credit_code());
    set(&mut form, "phone", phone);
    set(&mut form, "contact_email", email);
    form
}

/// Text messages in a file, to this number.
pub fn messages(file: &Path, to: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines
        .filter(|message: &Value| message["to"] == to)
        .collect()
}

/// Waits for a text message in a file, to this number, that holds these words.
pub async fn message_with(file: &Path, to: &str, words: &str) -> Value {
    for _ in 0..200 {
        let holds = |message: &Value| message["text"].as_str().unwrap().contains(words);
        if let Some(found) = messages(file, to).into_iter().find(holds) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no message {words:?} to {to}: {:?}", messages(file, to));
}

impl Provider {
    /// Whose a lock is.
    pub async fn enterprise_of(&self, lock: &Lock) -> EnterpriseId {
        self.enterprise(&lock.credit_code()).await.unwrap().id
    }

    /// What is on record of the notifications of a lock's enterprise, oldest first.
    pub async fn notifications(&self, lock: &Lock) -> Vec<Notification> {
        let enterprise = self.enterprise_of(lock).await;
        let mut found = Vec::new();
        for stage in DeliveryStage::ALL {
            let database = &self.state.database;
            let read = database.read(move |store| store.list_notifications(stage, 10_000));
            found.extend(read.await.unwrap());
        }
        found.retain(|notification| notification.enterprise_id == enterprise);
        found.sort_by_key(|notification| notification.created_at);
        found
    }

    /// Waits until one of them is so.
    pub async fn notification_that(
        &self,
        lock: &Lock,
        is_so: impl Fn(&Notification) -> bool,
    ) -> Notification {
        for _ in 0..200 {
            let found = self.notifications(lock).await;
            if let Some(found) = found.into_iter().find(&is_so) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("none is so: {:?}", self.notifications(lock).await);
    }
}
