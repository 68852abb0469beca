//! Notification: that an enterprise is to hear of something that happened to it, by one way, until it did.
//!
//! Owns what there is to hear of, the ways, and the settings of who wants what. It is written in the transaction of what
//! happened ([`crate::announce`]); who sends it, and in which words, is in `idp`.

use std::time::Duration;

use protocol::claims::LockRole;
use serde::{Deserialize, Serialize};

use crate::delivery::{DeliveryState, LEASE, reason_kept};
use crate::id::{EnterpriseId, KeyLockId, NotificationId};
use crate::key_lock::KeyLock;
use crate::place::Place;
use crate::timestamp::Timestamp;

/// What an enterprise hears of, without its particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    /// Its primary lock was bound.
    LockBound,
    /// A secondary lock was activated.
    LockActivated,
    /// A lock was removed.
    LockRemoved,
    /// An operator marked a lock lost.
    LockLost,
    /// An operator applied a change of name.
    Renamed,
    /// Somebody signed in from a place that is new.
    NewPlace,
    /// The certificate of a lock ends soon.
    LockExpiring,
}

impl NotificationKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::LockBound,
        Self::LockActivated,
        Self::LockRemoved,
        Self::LockLost,
        Self::Renamed,
        Self::NewPlace,
        Self::LockExpiring,
    ];

    /// The word in the database, in webhooks and in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LockBound => "lock.bound",
            Self::LockActivated => "lock.activated",
            Self::LockRemoved => "lock.removed",
            Self::LockLost => "lock.lost",
            Self::Renamed => "enterprise.renamed",
            Self::NewPlace => "sign-in.new-place",
            Self::LockExpiring => "lock.expiring",
        }
    }

    /// The kind a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What is said of a lock: enough to know it again, and no certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockFacts {
    /// Our identifier.
    pub id: KeyLockId,
    /// 主锁 or 副锁.
    pub role: LockRole,
    /// The end of 证书Key号.
    pub key_tail: String,
    /// Name of its CA.
    pub ca_name: String,
    /// When its certificate ends.
    pub not_after: Timestamp,
}

/// Letters of 证书Key号 that are said.
const TAIL: usize = 4;

impl LockFacts {
    /// Of a lock.
    pub fn of(key_lock: &KeyLock) -> Self {
        let length = key_lock.key_number.chars().count();
        let tail = key_lock.key_number.chars();
        Self {
            id: key_lock.id.clone(),
            role: key_lock.role,
            key_tail: tail.skip(length.saturating_sub(TAIL)).collect(),
            ca_name: key_lock.ca_name.clone(),
            not_after: key_lock.not_after,
        }
    }
}

/// What happened, with its particulars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "kebab-case")]
pub enum Happening {
    /// Its primary lock was bound.
    LockBound {
        /// Which.
        lock: LockFacts,
    },
    /// A secondary lock was activated.
    LockActivated {
        /// Which.
        lock: LockFacts,
    },
    /// A lock was removed.
    LockRemoved {
        /// Which.
        lock: LockFacts,
    },
    /// An operator marked a lock lost.
    LockLost {
        /// Which.
        lock: LockFacts,
    },
    /// An operator applied a change of name.
    Renamed {
        /// The name before.
        old_name: String,
        /// The name since.
        new_name: String,
    },
    /// Somebody signed in from a place that is new.
    NewPlace {
        /// With which lock.
        lock: LockFacts,
        /// From where.
        place: Place,
    },
    /// The certificate of a lock ends soon.
    LockExpiring {
        /// Which.
        lock: LockFacts,
        /// Within so many days.
        days: u32,
    },
}

impl Happening {
    /// Its kind.
    pub const fn kind(&self) -> NotificationKind {
        match self {
            Self::LockBound { .. } => NotificationKind::LockBound,
            Self::LockActivated { .. } => NotificationKind::LockActivated,
            Self::LockRemoved { .. } => NotificationKind::LockRemoved,
            Self::LockLost { .. } => NotificationKind::LockLost,
            Self::Renamed { .. } => NotificationKind::Renamed,
            Self::NewPlace { .. } => NotificationKind::NewPlace,
            Self::LockExpiring { .. } => NotificationKind::LockExpiring,
        }
    }

    /// The lock that it is about.
    pub const fn lock(&self) -> Option<&LockFacts> {
        match self {
            Self::LockBound { lock }
            | Self::LockActivated { lock }
            | Self::LockRemoved { lock }
            | Self::LockLost { lock }
            | Self::NewPlace { lock, .. }
            | Self::LockExpiring { lock, .. } => Some(lock),
            Self::Renamed { .. } => None,
        }
    }
}

/// By which way it is heard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A system of the provider's operator, by its name in the configuration.
    Webhook(String),
    /// The enterprise's mail address.
    Email,
    /// The enterprise's mobile telephone.
    Sms,
}

/// What stands before a webhook's name.
const WEBHOOK: &str = "webhook:";

impl Channel {
    /// The text in the database and on the command line.
    pub fn to_text(&self) -> String {
        match self {
            Self::Webhook(name) => format!("{WEBHOOK}{name}"),
            Self::Email => "email".to_owned(),
            Self::Sms => "sms".to_owned(),
        }
    }

    /// The channel a text names.
    pub fn of_text(text: &str) -> Option<Self> {
        match text {
            "email" => Some(Self::Email),
            "sms" => Some(Self::Sms),
            _ => text
                .strip_prefix(WEBHOOK)
                .filter(|name| !name.is_empty())
                .map(|name| Self::Webhook(name.to_owned())),
        }
    }
}

/// Who hears of what, as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announcing {
    /// Systems of the operator by name, each with what it hears of.
    pub webhooks: Vec<(String, Vec<NotificationKind>)>,
    /// Whether enterprises get mail.
    pub email: bool,
    /// Whether they get text messages.
    pub sms: bool,
    /// So many of one kind reach an enterprise in an hour by mail, and so many by text message.
    pub per_hour: u32,
    /// A place counts as new when nobody signed in from it for so long.
    pub place_forgotten_after: Duration,
}

impl Announcing {
    /// The ways by which something of this kind is heard.
    pub fn channels(&self, kind: NotificationKind) -> Vec<Channel> {
        let webhooks = self.webhooks.iter();
        let wanting = webhooks.filter(|(_, kinds)| kinds.contains(&kind));
        let mut channels: Vec<_> = wanting
            .map(|(name, _)| Channel::Webhook(name.clone()))
            .collect();
        channels.extend(self.email.then_some(Channel::Email));
        channels.extend(self.sms.then_some(Channel::Sms));
        channels
    }

    /// Whether anybody hears of this kind at all.
    pub fn hears(&self, kind: NotificationKind) -> bool {
        self.email || self.sms || self.webhooks.iter().any(|(_, kinds)| kinds.contains(&kind))
    }
}

/// One enterprise to be told of one thing by one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Identifier; the other side knows by it what came twice.
    pub id: NotificationId,
    /// Whom it is about. Its addresses are read when it is sent: nothing here is a copy of them.
    pub enterprise_id: EnterpriseId,
    /// By which way.
    pub channel: Channel,
    /// What happened.
    pub happening: Happening,
    /// When.
    pub created_at: Timestamp,
    /// Since when it is tried: from the happening on, or since an operator had it tried again.
    pub tried_since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Where it is.
    pub state: DeliveryState,
    /// Why the last attempt reached nobody.
    pub why: Option<String>,
}

impl Notification {
    /// Of what happens now; due at once.
    pub fn of(
        (id, now): (NotificationId, Timestamp),
        enterprise_id: &EnterpriseId,
        channel: Channel,
        happening: &Happening,
    ) -> Self {
        Self {
            id,
            enterprise_id: enterprise_id.clone(),
            channel,
            happening: happening.clone(),
            created_at: now,
            tried_since: now,
            attempts: 0,
            state: DeliveryState::Waiting(now),
            why: None,
        }
    }

    /// Taken by whoever writes this: an attempt more, and nobody else's until the lease is over.
    #[must_use]
    pub fn taken(&self, now: Timestamp) -> Self {
        Self {
            attempts: self.attempts.saturating_add(1),
            state: DeliveryState::Waiting(now + LEASE),
            ..self.clone()
        }
    }

    /// After an attempt that reached nobody: another one later, or none.
    #[must_use]
    pub fn missed(&self, why: &str, now: Timestamp) -> Self {
        let state = DeliveryState::missed(self.attempts, self.tried_since, now);
        self.in_state(state, Some(why))
    }

    /// Settled, or tried anew.
    #[must_use]
    pub fn in_state(&self, state: DeliveryState, why: Option<&str>) -> Self {
        Self {
            state,
            why: why.map(reason_kept),
            ..self.clone()
        }
    }

    /// An operator has it tried once more, for as long as a new one.
    #[must_use]
    pub fn revived(&self, now: Timestamp) -> Self {
        Self {
            tried_since: now,
            attempts: 0,
            state: DeliveryState::Waiting(now),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word_and_every_channel_its_text() {
        for kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::of_word(kind.as_str()), Some(kind));
        }
        for channel in [
            Channel::Webhook("help-desk".to_owned()),
            Channel::Email,
            Channel::Sms,
        ] {
            assert_eq!(Channel::of_text(&channel.to_text()), Some(channel));
        }
        assert_eq!(Channel::of_text("webhook:"), None);
        assert_eq!(Channel::of_text("pigeon"), None);
    }

    #[test]
    fn a_webhook_hears_of_what_it_wants_and_mail_and_messages_of_everything() {
        let announcing = Announcing {
            webhooks: vec![("desk".to_owned(), vec![NotificationKind::LockLost])],
            ..Announcing::default()
        };
        assert!(announcing.hears(NotificationKind::LockLost));
        assert!(!announcing.hears(NotificationKind::Renamed));
        let with_mail = Announcing {
            email: true,
            ..announcing
        };
        assert!(with_mail.hears(NotificationKind::Renamed));
        let desk = Channel::Webhook("desk".to_owned());
        assert_eq!(
            with_mail.channels(NotificationKind::LockLost),
            [desk, Channel::Email]
        );
    }
}
