//! Lists behind addresses, fetched before they run out.
//!
//! What is fetched is verified before it is kept, and replaces neither a newer list nor one about other certificates:
//! whoever stands between can keep a list away until the one at hand runs out, which closes, and can do nothing else.

use std::time::{Duration, Instant};

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RevocationPolicy};
use pki::revocation::{Crl, MAX_CRL_BYTES, crls_in};
use sha2::{Digest as _, Sha256};

use super::kept::write_whole;
use super::list_file::{Reading, verified};
use super::replacing::{is_of_the_future, objection, with_other_keys};
use super::report::Attempts;
use super::sources::RevocationSources;
use crate::clock;
use crate::config::RevocationSettings;
use crate::outbound::{Bounds, Fetched, Fetcher, Validators};

/// The first wait after a failure, in seconds; it doubles.
const FIRST_WAIT: i64 = 15;

/// A CA and an address: what a source is known by.
pub(super) type SourceName = (CaId, String);

/// One list behind an address.
#[derive(Clone)]
pub(super) struct UrlSource {
    ca: CaId,
    url: String,
    reading: Reading,
}

impl UrlSource {
    /// Every one that a registry names.
    pub(super) fn all(registry: &CaRegistry) -> Vec<Self> {
        let judged = registry.authorities.iter();
        let judged = judged.filter(|ca| ca.revocation == RevocationPolicy::Required);
        let of_ca = judged.flat_map(|ca| {
            ca.sources.iter().filter_map(move |source| match source {
                RevocationSource::CrlUrl { url, .. } => Some(Self {
                    ca: ca.id.clone(),
                    url: url.clone(),
                    reading: Reading::of_source(ca, source)?,
                }),
                RevocationSource::CrlFile { .. } | RevocationSource::Ocsp { .. } => None,
            })
        });
        of_ca.collect()
    }

    pub(super) fn name(&self) -> SourceName {
        (self.ca.clone(), self.url.clone())
    }

    /// Whether it is time to fetch it.
    pub(super) fn is_due(
        &self,
        sources: &RevocationSources,
        settings: &RevocationSettings,
        now: i64,
    ) -> bool {
        let attempts = sources.attempted.of(&self.ca, &self.url);
        let Some(last) = attempts.last_attempt else {
            return true;
        };
        let lists = sources.fetched(&self.ca, &self.url);
        let runs_out = lists.iter().map(Crl::next_update).min();
        // A clock that was put back is no reason to wait.
        now < last || now >= last.saturating_add(self.wait(&attempts, runs_out, settings, now))
    }

    /// Seconds between an attempt and the next: the interval, or less when the list runs out before; after failures
    /// longer and longer. Up to a tenth less, so that many providers do not come at once.
    fn wait(
        &self,
        attempts: &Attempts,
        runs_out: Option<i64>,
        settings: &RevocationSettings,
        now: i64,
    ) -> i64 {
        let interval = i64::try_from(settings.fetch_seconds).unwrap_or(i64::MAX);
        let wait = if attempts.failures > 0 {
            let doubled = FIRST_WAIT << attempts.failures.saturating_sub(1).min(10);
            doubled.min(interval)
        } else {
            // Twice in what is left of its time.
            let left = runs_out.map_or(interval, |end| {
                (end.saturating_sub(now) / 2).max(FIRST_WAIT)
            });
            left.min(interval)
        };
        let seed = format!(
            "{} {} {:?}",
            std::process::id(),
            self.url,
            attempts.last_attempt
        );
        let chance = Sha256::digest(seed).first().copied().unwrap_or(0);
        wait - wait * i64::from(chance) / 2560
    }

    /// Fetches it, verifies it and keeps it.
    pub(super) async fn fetch(
        self,
        sources: &RevocationSources,
        fetcher: &Fetcher,
        settings: &RevocationSettings,
    ) -> bool {
        let bounds = Bounds {
            octets: MAX_CRL_BYTES,
            time: Duration::from_secs(settings.timeout_seconds),
        };
        let begin = Instant::now();
        let known = self.validators(sources);
        let kept = match fetcher.get(&self.url, known.as_ref(), bounds).await {
            Ok(Fetched::Unchanged) => Ok(()),
            Ok(Fetched::Body(octets, validators)) => {
                let kept = self.keep(sources, octets).await;
                let validators = validators.filter(|_| kept.is_ok());
                sources
                    .attempted
                    .keep_validators((&self.ca, &self.url), validators);
                kept
            }
            Err(why) => Err(why.to_string()),
        };
        let now = clock::now().unix_seconds();
        let good = kept.is_ok();
        let (ca, url) = (self.ca.as_str(), self.url.as_str());
        if let Err(why) = &kept {
            tracing::debug!(ca, url, why, "revocation list not fetched");
        }
        let outcome = kept.map(|()| begin.elapsed());
        if sources.attempted.note((&self.ca, url), outcome, now) {
            if let Some(why) = sources.attempted.of(&self.ca, url).last_error {
                tracing::error!(ca, url, why, "revocation list can't be fetched");
            } else {
                tracing::info!(ca, url, "revocation list is fetched again");
            }
        }
        good
    }

    /// By what the list at hand is known to the other side; none where it has run out or is not kept: then the list is
    /// wanted, whatever the other side holds it for.
    fn validators(&self, sources: &RevocationSources) -> Option<Validators> {
        let now = clock::now().unix_seconds();
        let at_hand = sources.fetched(&self.ca, &self.url);
        let in_force = |list: &Crl| now >= list.this_update() && now < list.next_update();
        let is_kept = || {
            sources
                .kept()?
                .list(&self.ca, &self.url)
                .exists()
                .then_some(())
        };
        if at_hand.is_empty() || !at_hand.iter().all(in_force) {
            return None;
        }
        is_kept()?;
        sources.attempted.validators((&self.ca, &self.url))
    }

    async fn keep(&self, sources: &RevocationSources, octets: Vec<u8>) -> Result<(), String> {
        let Some(kept) = sources.kept() else {
            return Err("there is no state folder to keep it in".to_owned());
        };
        let (path, reading) = (kept.list(&self.ca, &self.url), self.reading.clone());
        let (at_hand, url) = (sources.fetched(&self.ca, &self.url), self.url.clone());
        let kept = tokio::task::spawn_blocking(move || {
            let came = crls_in(octets).map_err(|e| e.to_string())?;
            let read = verified(&came, &reading).map_err(|e| e.to_string())?;
            if let Some((issuer, why)) = read.refused.first() {
                return Err(format!("list of {issuer}: {why}"));
            }
            if read.lists.iter().any(is_of_the_future) {
                return Err("it is not yet in force".to_owned());
            }
            if let Some(why) = objection(&at_hand, &read.lists, &url) {
                return Err(why.to_owned());
            }
            let whole = with_other_keys((came, &read.lists), &at_hand, (&path, &reading));
            drop(read);
            write_whole(&path, &whole).map_err(|e| e.to_string())
        });
        kept.await.map_err(|e| e.to_string())?
    }
}
