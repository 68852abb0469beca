//! Answers of responders at hand, beside lists: what a path is told.

use std::sync::Arc;
use std::time::Duration;

use idp_core::id::CaId;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use pki::certificate::Certificate;
use pki::revocation::ocsp::{OcspAnswer, OcspStatus, WITHOUT_NEXT_UPDATE_SECONDS};
use pki::revocation::{Link, Lists, RevocationGap, RevocationStatus, Unconfirmed, Unrevoked};

/// Answers that are remembered at most.
const REMEMBERED: u64 = 50_000;

/// A certificate and its issuer, by their thumbprints.
pub(super) type Key = ([u8; 32], [u8; 32]);

pub(super) fn key(certificate: &Certificate, issuer: &Certificate) -> Key {
    (certificate.thumbprint_sha256(), issuer.thumbprint_sha256())
}

/// One answer, and what is needed to ask again.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) said: OcspAnswer,
    pub(super) ca: CaId,
    pub(super) certificate: Certificate,
    pub(super) issuer: Certificate,
    /// Seconds since the Unix epoch.
    pub(super) asked_at: i64,
}

/// Answers that were verified. Cloning shares them.
#[derive(Clone)]
pub(super) struct Answers(Cache<Key, Answer>);

impl Answers {
    pub(super) fn new() -> Self {
        Self(remembering(REMEMBERED))
    }

    /// The answer that counts now. A revocation is no less one when its time is over.
    pub(super) fn find(&self, key: &Key, at: i64) -> Option<Answer> {
        let answer = self.0.get(key)?;
        let counts = match answer.said.status() {
            OcspStatus::Revoked => true,
            OcspStatus::Good => at < answer.said.until(),
            OcspStatus::Unknown => at < until_asked_again(answer.said.until(), answer.asked_at),
        };
        counts.then_some(answer)
    }

    pub(super) fn put(&self, answer: Answer) {
        let key = key(&answer.certificate, &answer.issuer);
        self.0.insert(key, answer);
    }

    /// Everything remembered.
    pub(super) fn all(&self) -> Vec<Answer> {
        self.0.iter().map(|(_, answer)| answer).collect()
    }

    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed> {
        let unanswered = Unconfirmed::Unavailable(RevocationGap::Unanswered);
        let answer = self.find(&key(link.certificate, link.issuer), link.at);
        let said = answer.ok_or(unanswered)?.said;
        match said.status() {
            OcspStatus::Good => Ok(Unrevoked {
                until: said.until(),
            }),
            OcspStatus::Revoked => Err(Unconfirmed::Revoked),
            OcspStatus::Unknown => Err(Unconfirmed::Unavailable(RevocationGap::Unknown)),
        }
    }
}

/// Room for so many. The one that was not asked for longest goes first: what came last is always in.
fn remembering<V: Clone + Send + Sync + 'static>(most: u64) -> Cache<Key, V> {
    let lived = Cache::builder()
        .max_capacity(most)
        .eviction_policy(EvictionPolicy::lru());
    lived.time_to_idle(Duration::from_hours(24)).build()
}

/// A responder that did not know a certificate may have been told of it a moment later, whatever time its answer names.
fn until_asked_again(until: i64, asked_at: i64) -> i64 {
    until.min(asked_at.saturating_add(WITHOUT_NEXT_UPDATE_SECONDS))
}

/// What is known of one CA.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) lists: Arc<Lists>,
    /// Lists are taken to be on their way: only to look at a configuration.
    pub(super) awaits_lists: bool,
    /// Where the CA has a responder.
    pub(super) answers: Option<Answers>,
}

impl RevocationStatus for Known {
    /// What any source says of a revocation is final, and so is a responder that does not know the certificate; one that
    /// clears it is enough. In which order the sources are asked was decided when they were asked.
    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed> {
        let by_list = match self.lists.status(link) {
            Err(Unconfirmed::Unavailable(RevocationGap::NoList)) if self.awaits_lists => {
                Ok(Unrevoked { until: link.at })
            }
            said => said,
        };
        let Some(answers) = &self.answers else {
            return by_list;
        };
        let unknown = Unconfirmed::Unavailable(RevocationGap::Unknown);
        match (by_list, answers.status(link)) {
            (Err(Unconfirmed::Revoked), _) | (_, Err(Unconfirmed::Revoked)) => {
                Err(Unconfirmed::Revoked)
            }
            (_, Err(said)) if said == unknown => Err(unknown),
            (Ok(list), Ok(answer)) => Ok(Unrevoked {
                until: list.until.max(answer.until),
            }),
            (Ok(cleared), Err(_)) | (Err(_), Ok(cleared)) => Ok(cleared),
            (Err(_), Err(unanswered)) => Err(unanswered),
        }
    }

    /// A responder is asked when the lock is there.
    fn covers_holders_of(&self, issuer: &Certificate, at: i64) -> Result<(), RevocationGap> {
        match self.answers {
            Some(_) => Ok(()),
            None if self.awaits_lists => Ok(()),
            None => self.lists.covers_holders_of(issuer, at),
        }
    }
}

/// What is known of one CA, where that no responder was asked refuses nothing.
pub(super) struct Unasked(pub(super) Known);

impl RevocationStatus for Unasked {
    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed> {
        match self.0.status(link) {
            Err(Unconfirmed::Unavailable(RevocationGap::Unanswered)) => {
                Ok(Unrevoked { until: link.at })
            }
            known => known,
        }
    }

    fn covers_holders_of(&self, issuer: &Certificate, at: i64) -> Result<(), RevocationGap> {
        self.0.covers_holders_of(issuer, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_that_came_last_is_at_hand_however_many_came_before() {
        let cache = remembering::<u8>(8);
        for number in 0..64 {
            let key = ([number; 32], [0; 32]);
            cache.insert(key, number);
            cache.run_pending_tasks();
            for _ in 0..8 {
                assert_eq!(cache.get(&key), Some(number));
            }
        }
        assert!(cache.entry_count() <= 8);
    }

    #[test]
    fn that_a_certificate_is_unknown_is_asked_again_soon() {
        assert_eq!(until_asked_again(1_000_000, 100), 400);
        assert_eq!(until_asked_again(150, 100), 150);
    }
}
