//! Lists behind addresses, fetched before they run out.
//!
//! What is fetched is verified before it is kept, and an older list never replaces a newer one: whoever stands between
//! can keep a list away until the one at hand runs out, which closes, and can do nothing else.

use std::time::{Duration, Instant};

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, RevocationPolicy};
use pki::revocation::ocsp::MAX_SKEW_SECONDS;
use pki::revocation::{Crl, MAX_CRL_BYTES};
use sha2::{Digest as _, Sha256};

use super::fetch::{Bounds, Fetcher};
use super::kept::write_whole;
use super::list_file::{Signers, verified};
use super::report::Attempts;
use super::sources::{RevocationSources, certificates_of, signers_of};
use crate::clock;
use crate::config::RevocationSettings;

/// The first wait after a failure, in seconds; it doubles.
const FIRST_WAIT: i64 = 15;

/// A CA and an address: what a source is known by.
pub(super) type SourceName = (CaId, String);

/// One list behind an address.
#[derive(Clone)]
pub(super) struct UrlSource {
    ca: CaId,
    url: String,
    signers: Signers,
}

impl UrlSource {
    /// Every one that a registry names.
    pub(super) fn all(registry: &CaRegistry) -> Vec<Self> {
        let judged = registry.authorities.iter();
        let judged = judged.filter(|ca| ca.revocation == RevocationPolicy::Required);
        let of_ca = judged.flat_map(|ca| {
            let own = Signers::Own(certificates_of(ca));
            ca.sources.iter().filter_map(move |source| match source {
                RevocationSource::CrlUrl {
                    url,
                    indirect_issuer,
                } => Some(Self {
                    ca: ca.id.clone(),
                    url: url.clone(),
                    signers: signers_of(&own, indirect_issuer.as_deref()),
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
        let kept = match fetcher.get(&self.url, bounds).await {
            Ok(octets) => self.keep(sources, octets).await,
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

    async fn keep(&self, sources: &RevocationSources, octets: Vec<u8>) -> Result<(), String> {
        let Some(kept) = sources.kept() else {
            return Err("there is no state folder to keep it in".to_owned());
        };
        let (path, signers) = (kept.list(&self.ca, &self.url), self.signers.clone());
        let at_hand = sources.fetched(&self.ca, &self.url);
        let kept = tokio::task::spawn_blocking(move || {
            let copy = octets.clone();
            let read = verified(octets, &signers).map_err(|e| e.to_string())?;
            if let Some((issuer, why)) = read.refused.first() {
                return Err(format!("list of {issuer}: {why}"));
            }
            if read.lists.iter().any(is_of_the_future) {
                return Err("it is not yet in force".to_owned());
            }
            let at_hand = at_hand.iter().filter(|had| !is_of_the_future(had));
            let goes_back = |list: &Crl| {
                let mut same = at_hand.clone().filter(|had| had.is_about_the_same_as(list));
                same.any(|had| had.this_update() > list.this_update())
            };
            if read.lists.iter().any(goes_back) {
                return Err("it is older than the one at hand".to_owned());
            }
            drop(read);
            write_whole(&path, &copy).map_err(|e| e.to_string())
        });
        kept.await.map_err(|e| e.to_string())?
    }
}

/// Whether a list begins later than clocks differ: it would keep every true one away, as the newer, until its time comes.
pub(super) fn is_of_the_future(list: &Crl) -> bool {
    let latest = clock::now().unix_seconds().saturating_add(MAX_SKEW_SECONDS);
    list.this_update() > latest
}
