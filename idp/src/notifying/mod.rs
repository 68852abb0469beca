//! Notifying enterprises: by webhooks of the operator's systems, by mail and by text message, as it falls due.
//!
//! Owns the ways, their words and how many go at a time. What is to be heard stands in the database, written with what
//! happened; when it is tried again and what comes of it are the core's ([`idp_core::notify`]).

mod attempt;
mod due;
mod expiring;
mod mail;
mod secret;
mod sms;
mod webhook;
mod words;

use std::time::Duration;

use idp_core::notification::Channel;

use crate::config::Config;
use crate::outbound::{Bounds, Fetcher};
use crate::pacing::Pacing;

pub use due::{NOTIFY_EVERY, keep_notifying};
pub use expiring::{announce_expiring, keep_announcing_expiring};
pub use secret::NotOpened;

/// Attempts under way at a time.
const AT_A_TIME: usize = 16;

/// Of those, by one way: one that is slow holds no other up.
const BY_ONE_WAY: usize = 6;

/// What whoever is told may say, in octets: nothing of it is needed.
const ANSWER_MAX: usize = 16 * 1024;

/// Whatever is configured: shorter than whoever took a notification has it for.
const LONGEST: Duration = Duration::from_secs(20);

/// The ways, opened.
pub struct Notifier {
    pacing: Pacing<Channel>,
    webhooks: Vec<webhook::Webhook>,
    mail: Option<mail::Mail>,
    sms: Option<sms::Sms>,
    reach: Fetcher,
    bounds: Bounds,
}

impl Notifier {
    /// Opens what is configured: secrets are read, nothing is reached.
    pub fn open(config: &Config, reach: Fetcher) -> Result<Self, NotOpened> {
        let settings = &config.notifications;
        let webhooks = settings.webhooks.iter().map(webhook::Webhook::open);
        let mail = settings.email.as_ref();
        let sms = settings.sms.as_ref();
        Ok(Self {
            pacing: Pacing::new(AT_A_TIME, BY_ONE_WAY),
            webhooks: webhooks.collect::<Result<_, _>>()?,
            mail: mail.map(|it| mail::Mail::open(it, config)).transpose()?,
            sms: sms.map(sms::Sms::open).transpose()?,
            reach,
            bounds: Bounds {
                octets: ANSWER_MAX,
                time: config.outbound.time().min(LONGEST),
            },
        })
    }
}
