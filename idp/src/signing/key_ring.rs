//! The keys in force, opened once, behind the core's port [`Signer`].
//!
//! Owns the snapshot that every request reads; [`super::rotation`] replaces it. Also remembers which
//! access tokens of ours it has seen whole, by their digests, so that a second look costs a digest and not a
//! signature.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::JwsAlgorithm;
use idp_core::signer::{ACCESS_TOKEN_TYP, NotSigned, Recipient, Signer, UnusableKey};
use idp_core::signing_key::{KeySchedule, SigningKey};
use idp_core::timestamp::Timestamp;
use idp_core::unique_members::Unique;
use moka::sync::Cache;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::encryption;
use super::hsm::Hsm;
use super::key_pair::{KeyPair, SignError};
use crate::clock;

/// Longest token of ours, in octets.
const LONGEST: usize = 16 * 1024;

/// Verified tokens that are remembered at most.
const REMEMBERED_TOKENS: u64 = 20_000;

/// A key with its opened pair.
pub(super) struct OpenKey {
    pub(super) key: SigningKey,
    pub(super) pair: KeyPair,
}

struct Snapshot {
    keys: Vec<Arc<OpenKey>>,
    stored: Vec<SigningKey>,
    jwks: Arc<str>,
    /// Of these keys alone: what a key verified is forgotten with it.
    seen: Cache<[u8; 32], ()>,
}

impl Snapshot {
    /// The key that signs now.
    fn signing(&self, algorithm: JwsAlgorithm) -> Option<&Arc<OpenKey>> {
        let key = KeySchedule::signing(&self.stored, algorithm, clock::now())?;
        self.keys.iter().find(|open| open.key.id == key.id)
    }
}

/// Keys in force.
pub struct KeyRing {
    schedule: KeySchedule,
    algorithms: Vec<JwsAlgorithm>,
    hsm: Option<Arc<Hsm>>,
    longest_token: Duration,
    snapshot: RwLock<Arc<Snapshot>>,
}

#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
    alg: String,
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
    #[serde(default)]
    b64: Option<serde_json::Value>,
}

impl KeyRing {
    /// Empty; [`super::ensure_keys`] fills it.
    pub fn new(
        schedule: KeySchedule,
        algorithms: Vec<JwsAlgorithm>,
        longest_token: Duration,
        hsm: Option<Arc<Hsm>>,
    ) -> Self {
        Self {
            schedule,
            algorithms,
            hsm,
            longest_token,
            snapshot: RwLock::new(Arc::new(Snapshot {
                keys: Vec::new(),
                stored: Vec::new(),
                jwks: Arc::from(r#"{"keys":[]}"#),
                seen: remembering(longest_token),
            })),
        }
    }

    /// The JWK Set (RFC 7517 §5), JSON text.
    pub fn jwks(&self) -> Arc<str> {
        Arc::clone(&self.current().jwks)
    }

    /// When its keys follow one another.
    pub fn schedule(&self) -> &KeySchedule {
        &self.schedule
    }

    /// Whether tokens of every algorithm can be signed now.
    pub fn can_sign(&self) -> bool {
        let snapshot = self.current();
        let can = |algorithm| {
            snapshot
                .signing(algorithm)
                .is_some_and(|open| open.pair.is_at_hand())
        };
        self.algorithms.iter().copied().all(can)
    }

    /// Whether a key that is to sign was found to be out of reach, or there is none at all: all were withdrawn while the token
    /// was away.
    pub fn is_out_of_reach(&self) -> bool {
        let snapshot = self.current();
        let signing = self.algorithms.iter();
        let mut signing = signing
            .filter_map(|algorithm| snapshot.signing(*algorithm))
            .peekable();
        signing.peek().is_none() || signing.any(|open| !open.pair.is_at_hand())
    }

    /// Whether any key is inside a token.
    pub fn is_inside(&self) -> bool {
        self.current().keys.iter().any(|open| open.pair.is_inside())
    }

    /// The token that is configured.
    pub fn hsm(&self) -> Option<&Arc<Hsm>> {
        self.hsm.as_ref()
    }

    /// Of the stored keys those that belong in the ring now; none of an algorithm that is switched off.
    pub(super) fn in_force(&self, stored: Vec<SigningKey>, now: Timestamp) -> Vec<SigningKey> {
        stored
            .into_iter()
            .filter(|key| self.schedule.is_published(key, now))
            .filter(|key| self.algorithms.contains(&key.algorithm))
            .collect()
    }

    /// Whether the ring holds just these.
    pub(super) fn holds(&self, keys: &[SigningKey]) -> bool {
        self.current().stored == keys
    }

    /// Leaves out what is not in force any more; needs no key to be opened.
    pub(super) fn keep_only(&self, keys: &[SigningKey]) {
        let known = self.current();
        let mut kept = known.keys.clone();
        kept.retain(|open| keys.iter().any(|key| key.id == open.key.id));
        if kept.len() < known.keys.len() {
            self.replace(kept);
        }
    }

    /// Puts another set in force.
    pub(super) fn replace(&self, keys: Vec<Arc<OpenKey>>) {
        let jwks: Vec<serde_json::Value> = keys
            .iter()
            .filter_map(|open| serde_json::from_str(&open.key.public_jwk).ok())
            .collect();
        let snapshot = Snapshot {
            stored: keys.iter().map(|open| open.key.clone()).collect(),
            keys,
            jwks: json!({ "keys": jwks }).to_string().into(),
            seen: remembering(self.longest_token),
        };
        *self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn remembering(longest_token: Duration) -> Cache<[u8; 32], ()> {
    Cache::builder()
        .max_capacity(REMEMBERED_TOKENS)
        .time_to_live(longest_token)
        .build()
}

impl Signer for KeyRing {
    fn sign(
        &self,
        algorithm: JwsAlgorithm,
        typ: &'static str,
        claims: &[u8],
    ) -> Result<String, NotSigned> {
        let none = || NotSigned::NoKey(algorithm.as_str());
        let snapshot = self.current();
        let open = snapshot.signing(algorithm).ok_or_else(none)?;
        let kid = open.key.id.as_str();
        let header = json!({ "alg": algorithm.as_str(), "kid": kid, "typ": typ });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = open.pair.sign(token.as_bytes());
        let signature = signature.map_err(|error| match error {
            SignError::BadKey(_) => none(),
            SignError::Hsm(error) => NotSigned::OutOfReach(error.to_string()),
        })?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        if typ == ACCESS_TOKEN_TYP {
            snapshot
                .seen
                .insert(Sha256::digest(token.as_bytes()).into(), ());
        }
        Ok(token)
    }

    fn verify(&self, typ: &'static str, token: &str) -> Option<Vec<u8>> {
        if token.len() > LONGEST {
            return None;
        }
        let access_token = typ == ACCESS_TOKEN_TYP;
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let snapshot = self.current();
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        // The digest covers every octet of a token that was verified whole: its claims are as good as then.
        if access_token && snapshot.seen.contains_key(&digest) {
            return URL_SAFE_NO_PAD.decode(claims).ok();
        }
        let Unique(header) = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let header: Header = serde_json::from_value(header.into()).ok()?;
        if header.typ.as_deref() != Some(typ) || header.crit.is_some() || header.b64.is_some() {
            return None;
        }
        let open = snapshot
            .keys
            .iter()
            .find(|open| header.kid.as_deref() == Some(open.key.id.as_str()))?;
        if header.alg != open.key.algorithm.as_str() {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if !open.pair.verifies(signed.as_bytes(), &signature) {
            return None;
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        if access_token {
            snapshot.seen.insert(digest, ());
        }
        Some(claims)
    }

    fn encrypt(&self, recipient: &Recipient, token: &str) -> Result<String, UnusableKey> {
        encryption::encrypt(recipient, token)
    }
}
