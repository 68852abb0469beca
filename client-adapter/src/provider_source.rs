//! Where the provider comes from: fetched when needed, remembered, and not asked too often.
//!
//! Owns caching and the rate of asking again. A platform may start before its provider: nothing is fetched
//! until the first login. Does not know what makes a provider acceptable.

use std::sync::{Arc, PoisonError, RwLock};

use crate::http::BoundedHttp;
use crate::metadata::DiscoveryFault;
use crate::provider::{Provider, discover};
use crate::settings::AdapterSettings;

/// Keys and metadata are asked for again after an hour …
const FRESH_SECONDS: i64 = 3600;
/// … and not believed after a day without an answer.
const USABLE_SECONDS: i64 = 24 * 3600;
/// How soon after a fetch another one may follow, whatever the reason.
const REFETCH_SECONDS: i64 = 10;

/// Where providers come from: fetches, and remembers.
pub(crate) struct ProviderSource {
    settings: Arc<AdapterSettings>,
    http: BoundedHttp,
    known: RwLock<Option<Arc<Provider>>>,
    /// When the last fetch was tried; held while one is under way, so that there is only one.
    last_attempt: tokio::sync::Mutex<Option<i64>>,
}

impl ProviderSource {
    pub(crate) fn new(settings: Arc<AdapterSettings>, http: BoundedHttp) -> Self {
        Self {
            settings,
            http,
            known: RwLock::new(None),
            last_attempt: tokio::sync::Mutex::new(None),
        }
    }

    /// The provider; fetched now if it is not known or no longer fresh.
    pub(crate) async fn current(&self) -> Result<Arc<Provider>, DiscoveryFault> {
        if let Some(known) = self.known_within(FRESH_SECONDS) {
            return Ok(known);
        }
        let mut last_attempt = self.last_attempt.lock().await;
        if let Some(known) = self.known_within(FRESH_SECONDS) {
            return Ok(known);
        }
        match self.fetch(&mut last_attempt).await {
            Ok(provider) => Ok(provider),
            // The provider is away: go on with what was true until lately.
            Err(fault) => self.known_within(USABLE_SECONDS).ok_or(fault),
        }
    }

    /// The provider after a key was not found in `seen`: asked again, unless that was just done.
    pub(crate) async fn with_newer_keys(&self, seen: &Arc<Provider>) -> Option<Arc<Provider>> {
        let mut last_attempt = self.last_attempt.lock().await;
        let known = self.known_within(USABLE_SECONDS);
        if let Some(newer) = known.filter(|known| !Arc::ptr_eq(known, seen)) {
            return Some(newer);
        }
        self.fetch(&mut last_attempt).await.ok()
    }

    fn known_within(&self, seconds: i64) -> Option<Arc<Provider>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let age = |provider: &Arc<Provider>| {
            (self.settings.clock.now()).saturating_sub(provider.fetched_at)
        };
        // A clock that stepped back makes a negative age: ask again rather than never.
        known
            .clone()
            .filter(|provider| (0..seconds).contains(&age(provider)))
    }

    async fn fetch(&self, last: &mut Option<i64>) -> Result<Arc<Provider>, DiscoveryFault> {
        let now = self.settings.clock.now();
        let too_soon = |at: i64| (0..REFETCH_SECONDS).contains(&now.saturating_sub(at));
        // A provider that is starting up is worth asking every second; one that answered is not.
        if last.is_some_and(too_soon) && (self.is_known() || *last == Some(now)) {
            return Err(DiscoveryFault::TriedJustNow);
        }
        let answer = discover(&self.settings, &self.http, now).await;
        // Counted from its end: those who waited for a fetch that timed out do not each try again.
        *last = Some(self.settings.clock.now());
        let provider = Arc::new(answer?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(&provider));
        Ok(provider)
    }

    fn is_known(&self) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.is_some()
    }
}
