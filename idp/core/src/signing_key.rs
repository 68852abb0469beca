//! Signing keys: the provider's own, for tokens. Owns their calendar; knows no key material.
//!
//! The private part is an opaque ciphertext here, or elsewhere; only the signer opens it.

use std::time::Duration;

use crate::id::KeyId;
use crate::platform::JwsAlgorithm;
use crate::timestamp::Timestamp;

/// Where the private part of a signing key is.
#[derive(Clone, PartialEq, Eq)]
pub enum Kept {
    /// Here: PKCS #8, encrypted under the master key.
    Sealed(Vec<u8>),
    /// Inside a PKCS #11 token of this name, under its `kid`. Nothing of it is here.
    Inside(String),
    /// Nowhere any more: it was inside the token of this name.
    Destroyed(String),
}

/// A stored signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// `kid`.
    pub id: KeyId,
    /// What it signs with.
    pub algorithm: JwsAlgorithm,
    /// 1, 2, 3 … within its algorithm and unique there: of two processes that make the same successor
    /// one wins.
    pub generation: u32,
    /// Public JWK, JSON text.
    pub public_jwk: String,
    /// Where the private part is.
    pub kept: Kept,
    /// When it was made; published from then on.
    pub created_at: Timestamp,
    /// Signs from here on.
    pub signs_from: Timestamp,
    /// Signs until its successor does; set when the successor is made.
    pub retired_at: Option<Timestamp>,
    /// Since when it is out of force for ever, because others may hold it.
    pub withdrawn_at: Option<Timestamp>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("signs_from", &self.signs_from)
            .field("retired_at", &self.retired_at)
            .field("withdrawn_at", &self.withdrawn_at)
            .finish_non_exhaustive()
    }
}

/// Clocks of copies differ by less: a key that another copy made just now is no key of the future.
const CLOCK_SKEW: Duration = Duration::from_secs(5);

impl SigningKey {
    /// Whether nobody needs the private part at `now` any more: what it signed verifies by the public one.
    pub fn is_spent(&self, now: Timestamp) -> bool {
        let retired = |at: Timestamp| at + RETIRED_BY_ALL < now;
        self.withdrawn_at.is_some() || self.retired_at.is_some_and(retired)
    }
}

/// So long after its end a key signs in no copy any more, whatever its clock says.
const RETIRED_BY_ALL: Duration = Duration::from_mins(1);

/// When keys follow one another.
#[derive(Clone, Copy, Debug)]
pub struct KeySchedule {
    /// A key signs for this long.
    pub rotate_after: Duration,
    /// A new key is published this long before it signs, so that caches have it.
    pub publish_before: Duration,
    /// A retired key stays published this long: longer than the longest token lives.
    pub publish_after: Duration,
}

impl Default for KeySchedule {
    fn default() -> Self {
        Self {
            rotate_after: Duration::from_hours(2160),
            publish_before: Duration::from_hours(24),
            publish_after: Duration::from_hours(168),
        }
    }
}

impl KeySchedule {
    /// Whether a key belongs in the JWKS at `now`. What is not published verifies nothing.
    pub fn is_published(&self, key: &SigningKey, now: Timestamp) -> bool {
        if key.withdrawn_at.is_some() {
            return false;
        }
        match key.retired_at {
            Some(retired) => now < retired + self.publish_after,
            None => true,
        }
    }

    /// The key of `algorithm` that signs at `now`: the youngest whose time has come.
    pub fn signing(
        keys: &[SigningKey],
        algorithm: JwsAlgorithm,
        now: Timestamp,
    ) -> Option<&SigningKey> {
        keys.iter()
            .filter(|key| key.algorithm == algorithm && key.withdrawn_at.is_none())
            .filter(|key| key.signs_from <= now)
            .filter(|key| key.retired_at.is_none_or(|retired| now < retired))
            .max_by_key(|key| key.signs_from)
    }

    /// Whether a successor of `algorithm` has to be made at `now`, and from when it signs.
    pub fn successor_due(
        &self,
        keys: &[SigningKey],
        algorithm: JwsAlgorithm,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let signing = Self::signing(keys, algorithm, now);
        let youngest = keys
            .iter()
            .filter(|key| key.algorithm == algorithm && key.withdrawn_at.is_none())
            .filter(|key| key.retired_at.is_none())
            .max_by_key(|key| key.signs_from);
        match youngest {
            // The key that signs was to be followed by one that was withdrawn.
            None => Some(signing.and_then(|key| key.retired_at).unwrap_or(now)),
            // What signed was withdrawn, and the next one's time is far.
            Some(next) if signing.is_none() && next.signs_from > now + CLOCK_SKEW => Some(now),
            Some(key) => {
                let ends = key.signs_from + self.rotate_after;
                (now + self.publish_before >= ends).then(|| ends.max(now + self.publish_before))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);
    const START: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

    fn key(generation: u32, signs_from: Timestamp, retired_at: Option<Timestamp>) -> SigningKey {
        SigningKey {
            id: KeyId::from_text(format!("key-{generation}")),
            algorithm: JwsAlgorithm::Es256,
            generation,
            public_jwk: String::new(),
            kept: Kept::Sealed(Vec::new()),
            created_at: signs_from,
            signs_from,
            retired_at,
            withdrawn_at: None,
        }
    }

    fn withdrawn(mut key: SigningKey, at: Timestamp) -> SigningKey {
        key.withdrawn_at = Some(at);
        key
    }

    #[test]
    fn a_withdrawn_key_is_neither_published_nor_signs_and_its_successor_signs_at_once() {
        let schedule = KeySchedule::default();
        let now = START + DAY;
        let keys = [withdrawn(key(1, START, None), now)];
        assert!(!schedule.is_published(&keys[0], now));
        assert_eq!(KeySchedule::signing(&keys, JwsAlgorithm::Es256, now), None);
        let due = schedule.successor_due(&keys, JwsAlgorithm::Es256, now);
        assert_eq!(due, Some(now));
    }

    #[test]
    fn a_key_withdrawn_while_its_successor_waits_is_followed_at_once_all_the_same() {
        let schedule = KeySchedule::default();
        let change = START + 90 * DAY;
        let now = change - DAY / 2;
        let old = withdrawn(key(1, START, Some(change)), now);
        let due = schedule.successor_due(&[old, key(2, change, None)], JwsAlgorithm::Es256, now);
        assert_eq!(due, Some(now));
    }

    #[test]
    fn a_successor_withdrawn_before_it_signs_is_replaced_without_a_gap() {
        let schedule = KeySchedule::default();
        let change = START + 90 * DAY;
        let keys = [
            key(1, START, Some(change)),
            withdrawn(key(2, change, None), change - DAY / 2),
        ];
        let due = schedule.successor_due(&keys, JwsAlgorithm::Es256, change - DAY / 2);
        assert_eq!(due, Some(change));
    }

    #[test]
    fn a_key_that_another_copy_with_a_fast_clock_just_made_is_not_followed() {
        let schedule = KeySchedule::default();
        let made = key(1, START + Duration::from_secs(2), None);
        let due = schedule.successor_due(&[made], JwsAlgorithm::Es256, START);
        assert_eq!(due, None);
    }

    #[test]
    fn the_first_key_is_due_at_once_and_its_successor_before_it_ends() {
        let schedule = KeySchedule::default();
        let due = |keys: &[SigningKey], now| schedule.successor_due(keys, JwsAlgorithm::Es256, now);
        assert_eq!(due(&[], START), Some(START));
        let keys = [key(1, START, None)];
        assert_eq!(due(&keys, START + 88 * DAY), None);
        assert_eq!(due(&keys, START + 89 * DAY), Some(START + 90 * DAY));
    }

    #[test]
    fn a_provider_that_slept_publishes_before_it_signs_all_the_same() {
        let schedule = KeySchedule::default();
        let late = START + 200 * DAY;
        let due = schedule.successor_due(&[key(1, START, None)], JwsAlgorithm::Es256, late);
        assert_eq!(due, Some(late + DAY));
    }

    #[test]
    fn the_old_key_signs_until_the_new_one_does_and_stays_published_for_a_while() {
        let schedule = KeySchedule::default();
        let change = START + 90 * DAY;
        let keys = [key(1, START, Some(change)), key(2, change, None)];
        let signing =
            |now| KeySchedule::signing(&keys, JwsAlgorithm::Es256, now).map(|key| key.generation);
        assert_eq!(signing(change - Duration::from_millis(1)), Some(1));
        assert_eq!(signing(change), Some(2));
        assert!(schedule.is_published(&keys[0], change + 6 * DAY));
        assert!(!schedule.is_published(&keys[0], change + 7 * DAY));
        assert_eq!(
            KeySchedule::signing(&keys, JwsAlgorithm::Rs256, change),
            None
        );
    }
}
