//! Rotation: makes the keys that are due, retires those whose successor signs, and fills the ring.

use std::sync::Arc;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Cx;
use idp_core::id::KeyId;
use idp_core::signing_key::{Kept, KeySchedule, SigningKey};
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use idp_storage::Database;

use super::hsm::HsmError;
use super::key_pair::BadKey;
use super::key_ring::{KeyRing, OpenKey};
use super::making::{Due, all_due, generate_all, next_generation, off_worker};
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

/// Makes what is due and fills the ring from the store, at the start. Where a key can't be made, the ring has the others.
pub async fn ensure_keys(
    database: &Database,
    keeper: impl FnOnce(&[SigningKey]) -> Result<Keeper, KeysError>,
    ring: &KeyRing,
    cx: &Cx,
) -> Result<(), KeysError> {
    let keeper = follow_keys(database, keeper, ring, cx).await?;
    let made = make_due(database, &keeper, *ring.schedule(), cx).await;
    follow_keys(database, |_| Ok(keeper), ring, cx).await?;
    made.map(drop)
}

/// Fills the ring from the store, where something changed there. Called every second, so that several processes over one
/// store come to the same keys; asks no token for anything.
///
/// What was withdrawn goes first: also while the master key can't be had.
pub async fn follow_keys(
    database: &Database,
    keeper: impl FnOnce(&[SigningKey]) -> Result<Keeper, KeysError>,
    ring: &KeyRing,
    cx: &Cx,
) -> Result<Keeper, KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    ring.keep_only(&ring.in_force(stored.clone(), cx.now));
    let keeper = keeper(&stored)?;
    let stored = ring.in_force(stored, cx.now);
    if !ring.holds(&stored) {
        ring.replace(open_all(&keeper, stored)?);
    }
    Ok(keeper)
}

/// Makes the successors that are due; `true`: some were. Takes as long as a token takes. What can be made is, also where
/// something else can't.
pub async fn make_due(
    database: &Database,
    keeper: &Keeper,
    schedule: KeySchedule,
    cx: &Cx,
) -> Result<bool, KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    let due: Vec<Due> = keeper
        .algorithms()
        .filter_map(|algorithm| {
            let signs_from = schedule.successor_due(&stored, algorithm, cx.now)?;
            Some((algorithm, next_generation(&stored, algorithm), signs_from))
        })
        .collect();
    if due.is_empty() {
        return Ok(false);
    }
    let (made, failed) = generate_all(keeper, cx, due).await;
    insert_all(database, keeper, cx, (made, None)).await?;
    failed.map_or(Ok(true), Err)
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
    let (made, failed) = generate_all(keeper, cx, due).await;
    let Some(error) = failed else {
        return Ok(insert_all(database, keeper, cx, (made, Some(by))).await?);
    };
    // All or none: whoever tries again has no use for half of it.
    for key in made {
        keeper.discard(key).await;
    }
    Err(error)
}

/// Puts what was made into the store; which of them came in.
async fn insert_all(
    database: &Database,
    keeper: &Keeper,
    cx: &Cx,
    (made, by): (Vec<SigningKey>, Option<&str>),
) -> Result<Vec<KeyId>, StoreError> {
    let mut inserted = Vec::new();
    let mut first_error = None;
    for key in made {
        let (cx, new, by) = (cx.clone(), key.clone(), by.map(str::to_owned));
        match database
            .write::<_, StoreError, _>(move |store| succeed(store, &cx, &new, by.as_deref()))
            .await
        {
            Ok(true) => inserted.push(key.id),
            // Another process made the same successor in the same moment: its key serves.
            Ok(false) => keeper.discard(key).await,
            Err(error) => {
                keeper.discard(key).await;
                first_error.get_or_insert(error);
            }
        }
    }
    first_error.map_or(Ok(inserted), Err)
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
