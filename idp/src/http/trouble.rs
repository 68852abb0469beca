//! What people are told of a platform before they go there: maintenance that was announced, and trouble that was seen.
//!
//! Reads what is kept; nothing is looked at while a person waits. It warns and keeps nobody out.

use std::time::Duration;

use idp_core::id::PlatformId;
use idp_core::platform_health::{EndpointHealth, Maintenance, trouble};
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;

use super::extract::Visit;
use super::page;
use crate::view::{Locale, Messages};

/// Maintenance is told of so long before it begins.
const AHEAD: Duration = Duration::from_hours(7 * 24);

/// How platforms do, as it is kept.
#[derive(Default)]
pub struct Trouble {
    health: Vec<EndpointHealth>,
    maintenances: Vec<Maintenance>,
}

impl Trouble {
    /// Of one platform, or of all.
    pub fn read(
        store: &mut dyn Store,
        platform: Option<&PlatformId>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            health: store.list_endpoint_health(platform)?,
            maintenances: store.list_maintenances(platform, now)?,
        })
    }

    /// What is said of one, in the person's language; the most certain first.
    pub fn said(&self, visit: &Visit, platform: &PlatformId) -> Vec<String> {
        let (now, locale) = (visit.cx.now, visit.locale);
        let messages = Messages::of(locale);
        let when = |at: Timestamp| locale.date_time(page::moment(at));
        let of = self
            .maintenances
            .iter()
            .filter(|it| it.platform_id == *platform);
        let near = of.filter(|it| it.is_ahead(now) && it.from <= now + AHEAD);
        let mut said: Vec<String> = near
            .map(|it| {
                let text = match locale {
                    Locale::ZhCn => it.text_zh.as_str(),
                    Locale::En => it.text_en.as_str(),
                };
                let (from, until) = (when(it.from), when(it.until));
                let args = [
                    ("from", from.as_str()),
                    ("until", until.as_str()),
                    ("text", text),
                ];
                if it.is_on(now) {
                    messages.ta("platforms-maintenance-on", &args).into_owned()
                } else {
                    messages
                        .ta("platforms-maintenance-ahead", &args)
                        .into_owned()
                }
            })
            .collect();
        let addresses = self.health.iter().filter(|it| it.platform_id == *platform);
        let addresses: Vec<_> = addresses.collect();
        if let Some(since) = trouble(&addresses) {
            let args = [("since", &*when(since))];
            said.push(messages.ta("platforms-trouble", &args).into_owned());
        }
        said
    }
}
