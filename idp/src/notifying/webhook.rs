//! Webhooks, as Standard Webhooks 1.0 has them: JSON, signed over its identifier, the time and every octet.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::delivery::Heard;
use idp_core::enterprise::Enterprise;
use idp_core::notification::{Happening, LockFacts, Notification};
use idp_core::timestamp::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::Notifier;
use super::secret::{NotOpened, Secret};
use crate::clock::rfc3339;
use crate::config::WebhookConfig;

/// What stands before a secret's base64 text.
const SECRET_PREFIX: &str = "whsec_";

/// Octets of a secret.
const SECRET_OCTETS: std::ops::RangeInclusive<usize> = 24..=64;

/// A system of the operator's.
pub(super) struct Webhook {
    name: String,
    url: String,
    /// The one in use, and the one before while both count.
    keys: Vec<hmac::Key>,
}

impl Webhook {
    pub(super) fn open(config: &WebhookConfig) -> Result<Self, NotOpened> {
        let way = format!("webhook {}", config.name);
        let sources = [&config.secret, &config.previous_secret];
        let named = sources.into_iter().filter(|source| source.is_named());
        let keys = named.map(|source| key(&way, &Secret::read(&way, source)?));
        Ok(Self {
            name: config.name.clone(),
            url: config.url.clone(),
            keys: keys.collect::<Result<_, _>>()?,
        })
    }

    /// `webhook-signature`: one for each secret that counts, so that a reader may have either.
    fn signature(&self, (id, seconds): (&str, i64), body: &[u8]) -> String {
        let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
        let of = |key| format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed)));
        let each: Vec<String> = self.keys.iter().map(of).collect();
        each.join(" ")
    }
}

fn key(way: &str, secret: &Secret) -> Result<hmac::Key, NotOpened> {
    let text = secret.expose();
    let octets = STANDARD.decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text));
    match octets {
        Ok(octets) if SECRET_OCTETS.contains(&octets.len()) => {
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &octets))
        }
        _ => Err(NotOpened::new(
            way,
            "the secret must be whsec_ and the base64 text of 24 to 64 octets",
        )),
    }
}

impl Notifier {
    /// Any 2xx is taken for an answer. 410 ends it (Standard Webhooks: the reader is gone for good); everything else is
    /// tried again.
    pub(super) async fn by_webhook(
        &self,
        (name, now): (&str, Timestamp),
        notification: &Notification,
        enterprise: &Enterprise,
    ) -> Heard {
        let Some(webhook) = self.webhooks.iter().find(|it| it.name == name) else {
            return Heard::Nobody("the webhook is configured no more");
        };
        let body = body(notification, enterprise).to_string().into_bytes();
        let id = notification.id.as_str();
        let seconds = now.unix_seconds();
        let signature = webhook.signature((id, seconds), &body);
        let Some(headers) = headers(id, seconds, &signature) else {
            return Heard::Nothing("its headers can't be written".to_owned());
        };
        match self
            .reach
            .send(&webhook.url, (headers, body), self.bounds)
            .await
        {
            Ok(answer) => match answer.status {
                200..=299 => Heard::Done,
                410 => Heard::Refused("the answer has the status 410".to_owned()),
                status => Heard::Nothing(format!("the answer has the status {status}")),
            },
            Err(error) => Heard::Nothing(error.to_string()),
        }
    }
}

fn headers(id: &str, seconds: i64, signature: &str) -> Option<HeaderMap> {
    let value = |text: &str| HeaderValue::from_str(text).ok();
    Some(HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), value(id)?),
        (
            HeaderName::from_static("webhook-timestamp"),
            value(&seconds.to_string())?,
        ),
        (
            HeaderName::from_static("webhook-signature"),
            value(signature)?,
        ),
    ]))
}

/// What happened to whom, and nothing by which anybody is reached: no telephone, no mail address, no certificate.
fn body(notification: &Notification, enterprise: &Enterprise) -> Value {
    let happening = &notification.happening;
    let mut data = Map::new();
    data.insert(
        "enterprise".to_owned(),
        json!({
            "id": enterprise.id,
            "name": enterprise.name,
            "credit_code": enterprise.credit_code.as_str(),
        }),
    );
    let mut say = |name: &str, value: Value| data.insert(name.to_owned(), value);
    if let Some(lock) = happening.lock() {
        say("lock", lock_said(lock));
    }
    match happening {
        Happening::Renamed { old_name, new_name } => {
            say("old_name", json!(old_name));
            say("new_name", json!(new_name));
        }
        Happening::NewPlace { place, .. } => {
            say("place", json!(place));
        }
        Happening::LockExpiring { days, .. } => {
            say("within_days", json!(days));
        }
        Happening::LockBound { .. }
        | Happening::LockActivated { .. }
        | Happening::LockRemoved { .. }
        | Happening::LockLost { .. } => (),
    }
    json!({
        "type": happening.kind().as_str(),
        "timestamp": rfc3339(notification.created_at),
        "data": data,
    })
}

fn lock_said(lock: &LockFacts) -> Value {
    json!({
        "id": lock.id,
        "role": lock.role,
        "key_number_end": lock.key_tail,
        "certificate_authority": lock.ca_name,
        "not_after": rfc3339(lock.not_after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standards_own_example() {
        // github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let octets = STANDARD.decode(&secret[SECRET_PREFIX.len()..]).unwrap();
        let webhook = Webhook {
            name: String::new(),
            url: String::new(),
            keys: vec![hmac::Key::new(hmac::HMAC_SHA256, &octets)],
        };
        let body = br#"{"test": 2432232314}"#;
        let signed = webhook.signature(("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330), body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
