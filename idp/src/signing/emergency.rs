//! Emergency: every signing key at once out of force, and new ones in force in the same transaction.
//!
//! For when nobody can say which keys are known to others. Running processes see it at their next look at the store
//! ([`crate::serve::KEY_WATCH`]); what the old keys signed dies with them.

use idp_core::audit::{AuditEvent, AuditKind, operator_words};
use idp_core::cx::Cx;
use idp_core::directory::Act;
use idp_core::id::KeyId;
use idp_core::signing_key::SigningKey;
use idp_core::store::{Store, StoreError};
use idp_storage::Database;

use super::making::{all_due, generate_in_time};
use super::rotation::KeysError;
use super::{Keeper, told};

/// Successors that others may make while ours are made.
const GENERATIONS_TRIED: u32 = 16;

/// What was done.
pub struct Replaced {
    /// Out of force for ever.
    pub withdrawn: Vec<KeyId>,
    /// In force from now on.
    pub made: Vec<KeyId>,
    /// Why not all could be made: until a running server makes the others, nothing may sign.
    pub failed: Option<KeysError>,
}

/// Withdraws all keys that are not withdrawn yet and puts a new one of each algorithm that is switched on in force. Where
/// some can't be made, the old ones go all the same.
pub async fn replace_all(
    database: &Database,
    keeper: &Keeper,
    cx: &Cx,
    act: Act<'_>,
) -> Result<Replaced, KeysError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    let (made, failed) = generate_in_time(keeper, cx, all_due(keeper, &stored, cx.now)).await;
    let ids = made.iter().map(|key| key.id.clone()).collect();
    let (cx, new, by) = (cx.clone(), made.clone(), act.by.to_owned());
    let reason = act.reason.map(operator_words);
    let exchanged = database
        .write(move |store| exchange(store, &cx, &new, (&by, reason)))
        .await;
    if exchanged.is_err() {
        for key in made {
            keeper.discard(key).await;
        }
    }
    Ok(Replaced {
        withdrawn: exchanged?,
        made: ids,
        failed,
    })
}

/// The new keys first, then every other goes: one that another process made meanwhile too.
fn exchange(
    store: &mut dyn Store,
    cx: &Cx,
    made: &[SigningKey],
    (by, reason): (&str, Option<String>),
) -> Result<Vec<KeyId>, StoreError> {
    for key in made {
        insert(store, cx, key, by)?;
    }
    let is_new = |key: &SigningKey| made.iter().any(|new| new.id == key.id);
    let mut withdrawn = Vec::new();
    for key in store.list_signing_keys()? {
        if is_new(&key) || !store.withdraw_signing_key(&key.id, cx.now)? {
            continue;
        }
        store.append_audit(&AuditEvent {
            reason: reason.clone(),
            detail: Some(told(Some(by), key.algorithm, &key.id)),
            ..AuditEvent::new(cx, AuditKind::SigningKeyWithdrawn)
        })?;
        withdrawn.push(key.id);
    }
    Ok(withdrawn)
}

/// Of the next generation that nobody has: another process may have made a successor since it was counted.
fn insert(store: &mut dyn Store, cx: &Cx, key: &SigningKey, by: &str) -> Result<(), StoreError> {
    let mut key = key.clone();
    for _ in 0..GENERATIONS_TRIED {
        if store.insert_signing_key(&key)? {
            return store.append_audit(&AuditEvent {
                detail: Some(told(Some(by), key.algorithm, &key.id)),
                ..AuditEvent::new(cx, AuditKind::SigningKeyMade)
            });
        }
        key.generation += 1;
    }
    let why = "others make signing keys at the same time; nothing was replaced".to_owned();
    Err(StoreError::Unavailable(why))
}
