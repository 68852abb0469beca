//! What is said of each thing that happens: in a mail, in both languages; in a text message, in Chinese and short.
//!
//! Owns which fact goes where. The sentences are the locales'. A text message names neither the enterprise nor anything
//! that a stranger who reads the telephone could use.

use std::borrow::Cow;

use idp_core::enterprise::Enterprise;
use idp_core::notification::{Happening, Notification};
use protocol::claims::LockRole;
use time::macros::offset;

use crate::clock::utc;
use crate::config::Config;
use crate::view::{Locale, MailPart, Messages, NotificationMail};

/// What stands between the parts of a kind's word, and in keys of the locales.
const KEY_MARK: &str = "-";

/// The mail of a notification.
pub(super) fn mail(
    config: &Config,
    notification: &Notification,
    enterprise: &Enterprise,
) -> NotificationMail {
    let part = |locale: Locale| {
        let words = Words::of(locale, config, notification);
        let name = enterprise.name.as_str();
        MailPart {
            language: locale.tag(),
            subject: words.said("subject"),
            greeting: words
                .messages
                .ta("notification-greeting", &[("enterprise", name)])
                .into_owned(),
            text: words.said("text"),
            advice: words.advice("mail"),
            footer: words
                .messages
                .ta("notification-footer", &words.arguments())
                .into_owned(),
        }
    };
    NotificationMail {
        parts: Locale::ALL.map(part).to_vec(),
    }
}

/// The text message of a notification.
pub(super) fn text_message(config: &Config, notification: &Notification) -> String {
    let words = Words::of(Locale::ZhCn, config, notification);
    format!(
        "{}{}{}",
        words.messages.t("notification-sign"),
        words.said("sms"),
        words.advice("sms")
    )
}

/// A kind's sentences in one language, with what is filled in.
struct Words<'a> {
    messages: &'static Messages,
    kind: String,
    is_warning: bool,
    phone: Option<&'a str>,
    facts: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'a> Words<'a> {
    fn of(locale: Locale, config: &'a Config, notification: &'a Notification) -> Self {
        let messages = Messages::of(locale);
        let happening = &notification.happening;
        let at = utc(notification.created_at);
        let local = at.to_offset(offset!(+8));
        let short = format!(
            "{}月{}日{:02}:{:02}",
            u8::from(local.month()),
            local.day(),
            local.hour(),
            local.minute()
        );
        let mut facts: Vec<(&str, Cow<'a, str>)> = vec![
            ("when", locale.date_time(at).into()),
            ("short", short.into()),
            ("origin", config.issuer.as_str().into()),
        ];
        if let Some(lock) = happening.lock() {
            let role = match lock.role {
                LockRole::Primary => "lock-role-primary",
                LockRole::Secondary => "lock-role-secondary",
            };
            facts.push(("key", lock.key_tail.as_str().into()));
            facts.push(("ca", lock.ca_name.as_str().into()));
            facts.push(("role", messages.t(role)));
            facts.push(("end", locale.date(utc(lock.not_after)).into()));
        }
        match happening {
            Happening::Renamed { old_name, new_name } => {
                facts.push(("old", old_name.as_str().into()));
                facts.push(("new", new_name.as_str().into()));
            }
            Happening::NewPlace { place, .. } => {
                facts.push(("network", place.network.as_str().into()));
                facts.push(("browser", place.browser.as_str().into()));
            }
            Happening::LockExpiring { days, .. } => facts.push(("days", days.to_string().into())),
            Happening::LockBound { .. }
            | Happening::LockActivated { .. }
            | Happening::LockRemoved { .. }
            | Happening::LockLost { .. } => (),
        }
        Self {
            messages,
            kind: happening.kind().as_str().replace('.', KEY_MARK),
            is_warning: !matches!(happening, Happening::LockExpiring { .. }),
            phone: config.portal.support_phone.as_deref(),
            facts,
        }
    }

    fn arguments(&self) -> Vec<(&str, &str)> {
        let phone = ("phone", self.phone.unwrap_or_default());
        let facts = self.facts.iter().map(|(name, fact)| (*name, fact.as_ref()));
        facts.chain([phone]).collect()
    }

    fn said(&self, what: &str) -> String {
        let key = format!("notification-{}-{what}", self.kind);
        self.messages.ta(&key, &self.arguments()).into_owned()
    }

    /// What to do: where it was not they who did it, or before the certificate ends.
    fn advice(&self, form: &str) -> String {
        let key = match (self.is_warning, self.phone) {
            (false, _) => format!("notification-renew-{form}"),
            (true, Some(_)) => format!("notification-not-you-call-{form}"),
            (true, None) => format!("notification-not-you-{form}"),
        };
        self.messages.ta(&key, &self.arguments()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use idp_core::id::{EnterpriseId, KeyLockId, NotificationId};
    use idp_core::notification::{Channel, LockFacts};
    use idp_core::place::Place;
    use idp_core::timestamp::Timestamp;

    use super::*;

    fn happenings() -> Vec<Happening> {
        let lock = || LockFacts {
            id: KeyLockId::from_text("lock"),
            role: LockRole::Secondary,
            key_tail: "47FC".to_owned(),
            ca_name: "内蒙古某某数字证书认证有限公司".to_owned(),
            not_after: Timestamp::from_unix_seconds(1_800_000_000),
        };
        let place = Place {
            network: "202.196.164.0/24".to_owned(),
            browser: "QQ Browser (Windows)".to_owned(),
        };
        vec![
            Happening::LockBound { lock: lock() },
            Happening::LockActivated { lock: lock() },
            Happening::LockRemoved { lock: lock() },
            Happening::LockLost { lock: lock() },
            Happening::Renamed {
                old_name: "内蒙古旧名建设工程集团有限责任公司".to_owned(),
                new_name: "内蒙古新名建设工程集团有限责任公司".to_owned(),
            },
            Happening::NewPlace {
                lock: lock(),
                place,
            },
            Happening::LockExpiring {
                lock: lock(),
                days: 60,
            },
        ]
    }

    fn notification(happening: &Happening) -> Notification {
        let at = Timestamp::from_unix_seconds(1_798_761_909);
        let id = NotificationId::from_text("n");
        Notification::of(
            (id, at),
            &EnterpriseId::from_text("e"),
            Channel::Sms,
            happening,
        )
    }

    #[test]
    fn a_text_message_is_one_message() {
        for phone in [None, Some("0471-0000000".to_owned())] {
            let mut config = Config::default();
            config.portal.support_phone = phone;
            for happening in happenings() {
                let text = text_message(&config, &notification(&happening));
                let length = text.encode_utf16().count();
                assert!(length <= 70, "{length}: {text}");
                assert!(!text.contains('{'), "{text}");
            }
        }
    }

    #[test]
    fn a_text_message_says_when_in_china_standard_time_and_which_lock() {
        let mut config = Config::default();
        config.portal.support_phone = Some("0471-0000000".to_owned());
        let text = text_message(&config, &notification(&happenings()[1]));
        assert_eq!(
            text,
            "【一证通】企业锁（尾号47FC）已于1月1日08:05激活为副锁。如非本单位操作，请速致电0471-0000000。"
        );
    }
}
