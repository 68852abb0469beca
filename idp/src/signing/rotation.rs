//! Rotation: makes the keys that are due, retires those whose successor signs, and fills the ring.

use std::sync::Arc;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Cx;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::{Kept, SigningKey};
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use idp_storage::Database;

use super::hsm::HsmError;
use super::key_pair::BadKey;
use super::key_ring::{KeyRing, OpenKey};
use super::{Keeper, MasterKeyError, told};

/// Why the keys are not in order.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The token.
    #[error(transparent)]
    Hsm(#[from] HsmError),
    /// A key that is to sign is where nobody reaches it.
    #[error(
        "{0} is to sign and is inside the PKCS #11 token {1}: configure that token (signing_keys.pkcs11); if it is lost, \
         `idp keys emergency` puts new keys in force"
    )]
    OutOfReach(KeyId, String),
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
    keeper: impl FnOnce(&[SigningKey]) -> Result<Keeper, KeysError>,
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
        make_all(database, keeper, cx, (due, None)).await?;
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
    by: &str,
) -> Result<Vec<KeyId>, KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    let due = all_due(keeper, &stored, signs_from);
    make_all(database, keeper, cx, (due, Some(by))).await
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
    (due, by): (Vec<Due>, Option<&str>),
) -> Result<Vec<KeyId>, KeysError> {
    let mut made = Vec::new();
    let mut first_error = None;
    for key in generate_all(keeper, cx, due).await? {
        let (cx, new, by) = (cx.clone(), key.clone(), by.map(str::to_owned));
        match database
            .write::<_, StoreError, _>(move |store| succeed(store, &cx, &new, by.as_deref()))
            .await
        {
            Ok(true) => made.push(key.id),
            // Another process made the same successor in the same moment: its key serves.
            Ok(false) => keeper.discard(&key),
            Err(error) => {
                keeper.discard(&key);
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        None => Ok(made),
        Some(error) => Err(error.into()),
    }
}

/// Side by side: an RSA key takes a while, and the first start makes all.
pub(super) async fn generate_all(
    keeper: &Keeper,
    cx: &Cx,
    due: Vec<Due>,
) -> Result<Vec<SigningKey>, KeysError> {
    let threads: Vec<_> = due
        .into_iter()
        .map(|due| {
            let (keeper, cx) = (keeper.clone(), cx.clone());
            tokio::task::spawn_blocking(move || generate(&keeper, &cx, due))
        })
        .collect();
    let mut made = Vec::new();
    let mut first_error = None;
    for thread in threads {
        match thread.await.unwrap_or(Err(KeysError::BadKey(BadKey))) {
            Ok(key) => made.push(key),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    let Some(error) = first_error else {
        return Ok(made);
    };
    for key in &made {
        keeper.discard(key);
    }
    Err(error)
}

/// Runs what a token may take its time for.
pub(super) async fn off_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeysError> + Send + 'static,
) -> Result<T, KeysError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(KeysError::BadKey(BadKey)))
}

/// A new key with its place in the calendar.
fn generate(
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
        kept: made.kept,
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

/// Puts the successor in and sets when its predecessors end; `false`: another process was first.
pub(super) fn succeed(
    store: &mut dyn Store,
    cx: &Cx,
    key: &SigningKey,
    by: Option<&str>,
) -> Result<bool, StoreError> {
    let stored = store.list_signing_keys()?;
    if !store.insert_signing_key(key)? {
        return Ok(false);
    }
    for other in stored
        .iter()
        .filter(|other| other.algorithm == key.algorithm)
    {
        store.retire_signing_key(&other.id, key.signs_from)?;
    }
    store.append_audit(&AuditEvent {
        detail: Some(told(by, key.algorithm, &key.id)),
        ..AuditEvent::new(cx, AuditKind::SigningKeyMade)
    })?;
    Ok(true)
}

/// Whether every key that is to sign can be reached: asked once, at the start.
pub async fn check_reach(
    database: &Database,
    keeper: Keeper,
    ring: &KeyRing,
    cx: &Cx,
) -> Result<(), KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    let mut stored = ring.in_force(stored, cx.now);
    stored.retain(|key| !key.is_spent(cx.now));
    off_worker(move || {
        for key in stored {
            let Kept::Inside(token) = &key.kept else {
                continue;
            };
            let Some(hsm) = keeper.token(token) else {
                return Err(KeysError::OutOfReach(key.id, token.clone()));
            };
            if !hsm.holds(key.id.as_str())? {
                return Err(HsmError::NoKey(key.id.as_str().to_owned()).into());
            }
        }
        Ok(())
    })
    .await
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
