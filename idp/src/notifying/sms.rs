//! Text messages: through an HTTP gateway, or into a file for dry runs.
//!
//! The gateway gets `POST` JSON `{"id", "to", "text"}` with a bearer token and must send an `id` once, however often it
//! comes. `docs/INTEGRATION.md` says what its answers mean.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use idp_core::delivery::Heard;
use idp_core::enterprise::Enterprise;
use idp_core::fields::mobile;
use idp_core::notification::Notification;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::secret::{NotOpened, Secret};
use super::{Notifier, words};
use crate::config::{Config, SmsConfig};

/// What stands before whatever is wrong.
const WAY: &str = "notifications.sms";

/// Where text messages go.
pub(super) enum Sms {
    /// A gateway, and the header by which it knows us.
    Gateway(String, HeaderValue),
    /// A file, one message a line; written by one at a time.
    File(PathBuf, Mutex<()>),
}

impl Sms {
    pub(super) fn open(config: &SmsConfig) -> Result<Self, NotOpened> {
        if let Some(file) = config.file() {
            return Ok(Self::File(file.to_owned(), Mutex::default()));
        }
        let token = Secret::read(WAY, &config.token)?;
        let header = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
        let mut header = header.map_err(|e| NotOpened::new(WAY, format!("the token: {e}")))?;
        header.set_sensitive(true);
        Ok(Self::Gateway(config.url.clone(), header))
    }
}

impl Notifier {
    pub(super) async fn by_text_message(
        &self,
        config: &Config,
        notification: &Notification,
        enterprise: &Enterprise,
    ) -> Heard {
        let Some(sms) = &self.sms else {
            return Heard::Nobody("text messages are configured no more");
        };
        let Some(to) = enterprise.phone.as_deref().and_then(mobile) else {
            return Heard::Nobody("the enterprise has no mobile telephone any more");
        };
        let message = json!({
            "id": notification.id,
            "to": to,
            "text": words::text_message(config, notification),
        });
        match sms {
            Sms::Gateway(url, token) => self.through(url, token, &message).await,
            Sms::File(file, one) => match append(file, one, &message) {
                Ok(()) => Heard::Done,
                Err(error) => Heard::Nothing(error.to_string()),
            },
        }
    }

    /// 2xx: taken. 409: it has this identifier already. 400 and 422: it will never take this one. Everything else is tried
    /// again.
    async fn through(&self, url: &str, token: &HeaderValue, message: &Value) -> Heard {
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (AUTHORIZATION, token.clone()),
        ]);
        let body = message.to_string().into_bytes();
        match self.reach.send(url, (headers, body), self.bounds).await {
            Ok(answer) => match answer.status {
                200..=299 | 409 => Heard::Done,
                status @ (400 | 422) => {
                    Heard::Refused(format!("the answer has the status {status}"))
                }
                status => Heard::Nothing(format!("the answer has the status {status}")),
            },
            Err(error) => Heard::Nothing(error.to_string()),
        }
    }
}

/// A short line at a time, so that nobody waits for long.
fn append(file: &Path, one: &Mutex<()>, message: &Value) -> std::io::Result<()> {
    let _alone = one
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)?
        .write_all(format!("{message}\n").as_bytes())
}
