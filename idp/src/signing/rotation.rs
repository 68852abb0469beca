//! Rotation: makes the keys that are due, retires those whose successor signs, and fills the ring.

use std::sync::Arc;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Cx;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::SigningKey;
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use idp_storage::Database;

use super::key_pair::BadKey;
use super::key_ring::{KeyRing, OpenKey};
use super::{Keeper, MasterKeyError};

/// Why the keys are not in order.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// A key pair.
    #[error(transparent)]
    BadKey(#[from] BadKey),
}

/// Makes what is due and fills the ring from the store, where something changed. Called at start and
/// every second, so that several processes over one store come to the same keys.
///
/// What was withdrawn goes first: also while the master key can't be had or a successor can't be made.
pub async fn ensure_keys(
    database: &Database,
    keeper: impl FnOnce(&[SigningKey]) -> Result<Keeper, MasterKeyError>,
    ring: &KeyRing,
    cx: &Cx,
) -> Result<(), KeysError> {
    let mut stored = database.read(|store| store.list_signing_keys()).await?;
    ring.keep_only(&ring.in_force(stored.clone(), cx.now));
    let keeper = &keeper(&stored)?;
    let due: Vec<Due> = keeper
        .algorithms()
        .filter_map(|algorithm| {
            let signs_from = ring.schedule().successor_due(&stored, algorithm, cx.now)?;
            Some((algorithm, next_generation(&stored, algorithm), signs_from))
        })
        .collect();
    if !due.is_empty() {
        make_all(database, keeper, cx, due).await?;
        stored = database.read(|store| store.list_signing_keys()).await?;
    }
    let stored = ring.in_force(stored, cx.now);
    if !ring.holds(&stored) {
        ring.replace(open_all(keeper, stored)?);
    }
    Ok(())
}

/// Makes a successor of every algorithm that signs at once (`idp keys rotate`).
pub async fn rotate_now(
    database: &Database,
    keeper: &Keeper,
    cx: &Cx,
    signs_from: Timestamp,
) -> Result<Vec<KeyId>, KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    make_all(database, keeper, cx, all_due(keeper, &stored, signs_from)).await
}

/// A key to be made: for what, its generation, and from when it signs.
pub(super) type Due = (JwsAlgorithm, u32, Timestamp);

/// A key of every algorithm.
pub(super) fn all_due(keeper: &Keeper, stored: &[SigningKey], signs_from: Timestamp) -> Vec<Due> {
    keeper
        .algorithms()
        .map(|algorithm| (algorithm, next_generation(stored, algorithm), signs_from))
        .collect()
}

async fn make_all(
    database: &Database,
    keeper: &Keeper,
    cx: &Cx,
    due: Vec<Due>,
) -> Result<Vec<KeyId>, KeysError> {
    let mut made = Vec::new();
    for key in generate_all(keeper, cx, &due)? {
        let (id, cx) = (key.id.clone(), cx.clone());
        database
            .write(move |store| succeed(store, &cx, &key))
            .await
            .map_err(KeysError::from)?;
        made.push(id);
    }
    Ok(made)
}

/// Side by side: an RSA key takes a while, and the first start makes all.
pub(super) fn generate_all(
    keeper: &Keeper,
    cx: &Cx,
    due: &[Due],
) -> Result<Vec<SigningKey>, KeysError> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = due
            .iter()
            .map(|due| scope.spawn(|| generate(keeper, cx, *due)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(Err(KeysError::BadKey(BadKey))))
            .collect()
    })
}

/// A new key with its place in the calendar.
pub(super) fn generate(
    keeper: &Keeper,
    cx: &Cx,
    (algorithm, generation, signs_from): Due,
) -> Result<SigningKey, KeysError> {
    let made = keeper.make(algorithm)?;
    Ok(SigningKey {
        id: made.id,
        algorithm,
        generation,
        public_jwk: made.public_jwk,
        private_encrypted: made.private_encrypted,
        created_at: cx.now,
        signs_from,
        retired_at: None,
        withdrawn_at: None,
    })
}

/// The generation of a successor to what was found. Fixed before the transaction: of two processes that
/// found the same, one gets it.
pub(super) fn next_generation(stored: &[SigningKey], algorithm: JwsAlgorithm) -> u32 {
    let same = stored.iter().filter(|key| key.algorithm == algorithm);
    same.map(|key| key.generation).max().unwrap_or(0) + 1
}

/// Puts the successor in and sets when its predecessors end.
pub(super) fn succeed(store: &mut dyn Store, cx: &Cx, key: &SigningKey) -> Result<(), StoreError> {
    let stored = store.list_signing_keys()?;
    // Another process made the same successor in the same moment: its key serves.
    if !store.insert_signing_key(key)? {
        return Ok(());
    }
    for other in stored
        .iter()
        .filter(|other| other.algorithm == key.algorithm)
    {
        store.retire_signing_key(&other.id, key.signs_from)?;
    }
    store.append_audit(&AuditEvent {
        detail: Some(format!("{} {}", key.algorithm.as_str(), key.id)),
        ..AuditEvent::new(cx, AuditKind::SigningKeyMade)
    })
}

fn open_all(keeper: &Keeper, stored: Vec<SigningKey>) -> Result<Vec<Arc<OpenKey>>, KeysError> {
    stored
        .into_iter()
        .map(|key| {
            let pair = keeper.open(&key)?;
            Ok(Arc::new(OpenKey { key, pair }))
        })
        .collect()
}
