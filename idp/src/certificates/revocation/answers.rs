//! Answers of responders at hand, beside lists: what a path is told.

use std::sync::Arc;
use std::time::Duration;

use idp_core::certificate_authority::RevocationSource;
use idp_core::id::CaId;
use idp_core::recognition::RecognisedCa;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use pki::certificate::Certificate;
use pki::revocation::ocsp::{OcspAnswer, OcspStatus, WITHOUT_NEXT_UPDATE_SECONDS};
use pki::revocation::{Link, Lists, RevocationGap, RevocationStatus, Unconfirmed, Unrevoked};
use sha2::{Digest as _, Sha256};

/// Answers that are remembered at most.
const REMEMBERED: u64 = 50_000;

/// What they take together at most, in octets as they were signed: once of those that pass, and once of revocations for good.
const OCTETS: u64 = 16 * 1024 * 1024;

/// How long one is remembered that nobody asks for.
const IDLE: Duration = Duration::from_hours(24);

/// Seconds until it is looked again at one about which nothing could be learnt.
const PUT_OFF: i64 = 15;

/// A certificate and its issuer, by their thumbprints.
pub(super) type Key = ([u8; 32], [u8; 32]);

pub(super) fn key(certificate: &Certificate, issuer: &Certificate) -> Key {
    (certificate.thumbprint_sha256(), issuer.thumbprint_sha256())
}

/// The responders of a CA in their order, and what is asked of each: another order or address, and answers are asked for
/// anew.
pub(super) type Asked = [u8; 32];

/// Whom a CA's entry has asked; `None`: it has no responder.
pub(super) fn asked_of(ca: &RecognisedCa) -> Option<Asked> {
    let responder = |source: &&RevocationSource| matches!(source, RevocationSource::Ocsp { .. });
    let responders: Vec<_> = ca.sources.iter().filter(responder).collect();
    let written = serde_json::to_vec(&responders).unwrap_or_default();
    (!responders.is_empty()).then(|| Sha256::digest(written).into())
}

/// One answer, and what is needed to ask again.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) said: OcspAnswer,
    /// All of it, as it was signed.
    pub(super) octets: Arc<[u8]>,
    pub(super) ca: CaId,
    pub(super) certificate: Certificate,
    pub(super) issuer: Certificate,
    /// Seconds since the Unix epoch.
    pub(super) asked_at: i64,
    /// When asking again was last put off.
    pub(super) put_off_at: Option<i64>,
    /// Who was asked.
    pub(super) asked: Asked,
    /// By the CA or one whom it certified for it, not by one whom an operator trusts.
    pub(super) is_cas_word: bool,
    /// It was heard before this start. It counts while nobody answers, and never in place of asking.
    pub(super) is_kept: bool,
}

impl Answer {
    /// Whether the CA took it back for good: whoever is asked from now on, and however long ago it was (RFC 5280 §5.3.1).
    pub(super) fn is_for_good(&self) -> bool {
        self.is_cas_word && self.said.is_revoked_for_good()
    }

    fn weight(&self) -> u32 {
        weight(&self.octets)
    }

    /// A revocation is no less one when its time is over.
    fn counts(&self, asked: Option<&Asked>, at: i64) -> bool {
        self.is_for_good()
            || Some(&self.asked) == asked
                && match self.said.status() {
                    OcspStatus::Revoked => true,
                    OcspStatus::Good => at < self.said.until(),
                    OcspStatus::Unknown => at < until_asked_again(self.said.until(), self.asked_at),
                }
    }

    /// Whether it counts, and yet may be over: a hold ends, and much happens before a start.
    pub(super) fn is_worth_asking_again(&self, at: i64) -> bool {
        let is_on_hold =
            self.said.status() == OcspStatus::Revoked && !self.said.is_revoked_for_good();
        !self.is_for_good() && self.is_kept || is_on_hold && at >= self.said.until()
    }

    /// Whether it is time to ask again about a certificate that is not known as revoked.
    pub(super) fn is_due(&self, asked: &Asked, interval: i64, now: i64) -> bool {
        // A clock that was put back is no reason to wait.
        let waits = |from: i64, seconds: i64| (from..from.saturating_add(seconds)).contains(&now);
        if self.put_off_at.is_some_and(|at| waits(at, PUT_OFF)) {
            return false;
        }
        let lasts = (self.said.until() - self.asked_at) * 4 / 5;
        match self.said.status() {
            _ if self.asked != *asked || self.is_kept => !self.is_for_good(),
            OcspStatus::Good => !waits(self.asked_at, lasts.clamp(1, interval)),
            // A responder that lost sight of a certificate for a moment is asked until it says something again.
            OcspStatus::Unknown => !waits(self.asked_at, interval),
            OcspStatus::Revoked => false,
        }
    }
}

/// Answers that were verified. Cloning shares them.
#[derive(Clone)]
pub(super) struct Answers {
    passing: Cache<Key, Answer>,
    /// Revocations for good are pushed out by others of their kind alone, and are read again from where they are kept.
    for_good: Cache<Key, Answer>,
}

impl Answers {
    pub(super) fn new() -> Self {
        Self {
            passing: remembering(OCTETS, Answer::weight, Some(IDLE)),
            for_good: remembering(OCTETS, Answer::weight, None),
        }
    }

    /// The answer that counts now, of those who are asked.
    pub(super) fn find(&self, key: &Key, asked: Option<&Asked>, at: i64) -> Option<Answer> {
        let answer = self.for_good.get(key).or_else(|| self.passing.get(key))?;
        answer.counts(asked, at).then_some(answer)
    }

    pub(super) fn put(&self, answer: Answer) {
        let key = key(&answer.certificate, &answer.issuer);
        if answer.is_for_good() {
            self.for_good.insert(key, answer);
        } else {
            self.passing.insert(key, answer);
        }
    }

    /// Leaves it as it is for a while, if it is the latest still.
    pub(super) fn put_off(&self, mut answer: Answer, now: i64) {
        let key = key(&answer.certificate, &answer.issuer);
        let latest = self.passing.get(&key);
        if latest.is_none_or(|latest| latest.asked_at != answer.asked_at) {
            return;
        }
        answer.put_off_at = Some(now);
        self.passing.insert(key, answer);
    }

    /// Lets one go that nobody needs any more, if it is the latest still.
    pub(super) fn forget(&self, answer: &Answer) {
        let key = key(&answer.certificate, &answer.issuer);
        let latest = self.passing.get(&key);
        if latest.is_some_and(|latest| latest.asked_at == answer.asked_at) {
            self.passing.invalidate(&key);
        }
    }

    /// Whether there is one, whatever it says and whether or not it counts.
    pub(super) fn holds(&self, key: &Key) -> bool {
        self.passing.contains_key(key) || self.for_good.contains_key(key)
    }

    /// Those that are asked for again one day.
    pub(super) fn passing(&self) -> Vec<Answer> {
        self.passing.iter().map(|(_, answer)| answer).collect()
    }

    /// Everything remembered.
    pub(super) fn all(&self) -> Vec<Answer> {
        let all = self.passing.iter().chain(self.for_good.iter());
        all.map(|(_, answer)| answer).collect()
    }

    fn status(&self, link: &Link<'_>, asked: Option<&Asked>) -> Result<Unrevoked, Unconfirmed> {
        let unanswered = Unconfirmed::Unavailable(RevocationGap::Unanswered);
        let answer = self.find(&key(link.certificate, link.issuer), asked, link.at);
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

/// What one takes: its octets, and never less than what leaves room for [`REMEMBERED`] of them.
fn weight(octets: &[u8]) -> u32 {
    let least = OCTETS.div_ceil(REMEMBERED);
    let octets = u64::try_from(octets.len()).unwrap_or(u64::MAX);
    u32::try_from(octets.max(least)).unwrap_or(u32::MAX)
}

/// Room for so much. The one that was not asked for longest goes first: what came last is always in.
fn remembering<V: Clone + Send + Sync + 'static>(
    most: u64,
    weight: fn(&V) -> u32,
    idle: Option<Duration>,
) -> Cache<Key, V> {
    let mut lived = Cache::builder()
        .max_capacity(most)
        .weigher(move |_, value| weight(value))
        .eviction_policy(EvictionPolicy::lru());
    if let Some(idle) = idle {
        lived = lived.time_to_idle(idle);
    }
    lived.build()
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
    pub(super) answers: Answers,
    /// Where the CA has a responder.
    pub(super) asked: Option<Asked>,
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
        let unknown = Unconfirmed::Unavailable(RevocationGap::Unknown);
        match (by_list, self.answers.status(link, self.asked.as_ref())) {
            (Err(Unconfirmed::Revoked), _) | (_, Err(Unconfirmed::Revoked)) => {
                Err(Unconfirmed::Revoked)
            }
            (by_list, _) if self.asked.is_none() => by_list,
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
        match self.asked {
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
        let cache = remembering::<u8>(8, |_| 1, None);
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
    fn long_answers_are_fewer_and_short_ones_are_no_more_than_so_many() {
        let octets = usize::try_from(OCTETS).unwrap();
        let long = vec![0; 64 * 1024];
        let cache = remembering::<Arc<[u8]>>(OCTETS, |answer| weight(answer), None);
        for number in 0..512_u16 {
            let mut key = [0; 32];
            key[..2].copy_from_slice(&number.to_be_bytes());
            cache.insert((key, [0; 32]), long.as_slice().into());
            cache.run_pending_tasks();
            let held: usize = cache.iter().map(|(_, answer)| answer.len()).sum();
            assert!(held <= octets, "{held}");
            assert!(cache.contains_key(&(key, [0; 32])));
        }
        assert!(cache.entry_count() >= 200, "{}", cache.entry_count());
        assert!(OCTETS / u64::from(weight(&[])) <= REMEMBERED);
        assert_eq!(weight(&[0; 2_000]), 2_000);
    }

    #[test]
    fn that_a_certificate_is_unknown_is_asked_again_soon() {
        assert_eq!(until_asked_again(1_000_000, 100), 400);
        assert_eq!(until_asked_again(150, 100), 150);
    }
}
