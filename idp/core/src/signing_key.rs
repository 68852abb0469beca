//! Signing keys: the provider's own, for tokens. Owns their calendar; knows no key material.
//!
//! The private part is an opaque ciphertext here; only the signer opens it.

use std::time::Duration;

use crate::id::KeyId;
use crate::platform::JwsAlgorithm;
use crate::timestamp::Timestamp;

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
    /// PKCS #8, encrypted under the master key.
    pub private_encrypted: Vec<u8>,
    /// When it was made; published from then on.
    pub created_at: Timestamp,
    /// Signs from here on.
    pub signs_from: Timestamp,
    /// Signs until its successor does; set when the successor is made.
    pub retired_at: Option<Timestamp>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("signs_from", &self.signs_from)
            .field("retired_at", &self.retired_at)
            .finish_non_exhaustive()
    }
}

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
            rotate_after: Duration::from_secs(90 * 86_400),
            publish_before: Duration::from_secs(86_400),
            publish_after: Duration::from_secs(7 * 86_400),
        }
    }
}

impl KeySchedule {
    /// Whether a key belongs in the JWKS at `now`.
    pub fn is_published(&self, key: &SigningKey, now: Timestamp) -> bool {
        match key.retired_at {
            Some(retired) => now < retired + self.publish_after,
            None => true,
        }
    }

    /// The key of `algorithm` that signs at `now`: the youngest whose time has come.
    pub fn signing<'a>(
        keys: &'a [SigningKey],
        algorithm: JwsAlgorithm,
        now: Timestamp,
    ) -> Option<&'a SigningKey> {
        keys.iter()
            .filter(|key| key.algorithm == algorithm && key.signs_from <= now)
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
        let youngest = keys
            .iter()
            .filter(|key| key.algorithm == algorithm && key.retired_at.is_none())
            .max_by_key(|key| key.signs_from);
        match youngest {
            None => Some(now),
            Some(key) => {
                let ends = key.signs_from + self.rotate_after;
                (now + self.publish_before >= ends).then(|| ends.max(now + self.publish_before))
            }
        }
    }
}
