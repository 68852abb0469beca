//! Withdrawal: takes a key that others may hold out of force, and puts a successor in its place.
//!
//! Running processes see it at their next look at the store ([`crate::serve::KEY_WATCH`]).

use idp_core::audit::{AuditEvent, AuditKind, operator_words};
use idp_core::cx::Cx;
use idp_core::directory::Act;
use idp_core::id::KeyId;
use idp_core::signing_key::{KeySchedule, SigningKey};
use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use idp_storage::Database;

use super::making::{generate_in_time, next_generation};
use super::rotation::{KeysError, succeed};
use super::{Keeper, told};

/// Why nothing was withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawalError {
    /// The store is away.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// No such key.
    #[error("there is no signing key {0}; `idp keys list` shows them")]
    Unknown(KeyId),
    /// It was before.
    #[error("{0} was withdrawn before")]
    Already(KeyId),
}

impl From<StoreError> for WithdrawalError {
    fn from(error: StoreError) -> Self {
        Self::Keys(error.into())
    }
}

/// What was done.
pub struct Withdrawn {
    /// The key that took its place, and from when it signs; none where another signs already.
    pub successor: Option<(KeyId, Timestamp)>,
    /// Why one that is due could not be made: until a running server makes it, nothing may sign.
    pub failed: Option<KeysError>,
}

/// Withdraws one key. Its successor, where one is due, and the event stand in the same transaction. Where none can be made,
/// the key goes all the same: who stole it does not wait.
pub async fn withdraw(
    database: &Database,
    (keeper, schedule): (&Keeper, &KeySchedule),
    cx: &Cx,
    id: &KeyId,
    act: Act<'_>,
) -> Result<Withdrawn, WithdrawalError> {
    let mut stored = database.read(|store| store.list_signing_keys()).await?;
    let Some(key) = stored.iter_mut().find(|key| key.id == *id) else {
        return Err(WithdrawalError::Unknown(id.clone()));
    };
    if key.withdrawn_at.is_some() {
        return Err(WithdrawalError::Already(id.clone()));
    }
    key.withdrawn_at = Some(cx.now);
    let algorithm = key.algorithm;
    let successor = schedule
        .successor_due(&stored, algorithm, cx.now)
        .filter(|_| keeper.makes(algorithm))
        .map(|signs_from| (algorithm, next_generation(&stored, algorithm), signs_from));
    let due = successor.into_iter().collect();
    let (mut made, failed) = generate_in_time(keeper, cx, due).await;
    let successor = made.pop();
    let named = successor
        .as_ref()
        .map(|key| (key.id.clone(), key.signs_from));
    let event = AuditEvent {
        reason: act.reason.map(operator_words),
        detail: Some(told(Some(act.by), algorithm, id)),
        ..AuditEvent::new(cx, AuditKind::SigningKeyWithdrawn)
    };
    let (cx, id, new, by) = (cx.clone(), id.clone(), successor.clone(), act.by.to_owned());
    let taken = database
        .write(move |store| take_out(store, &cx, &id, (new.as_ref(), &by), &event))
        .await;
    // What did not come in, or came second, is nobody's.
    if let (Some(key), Err(_) | Ok(false)) = (successor, &taken) {
        keeper.discard(key).await;
    }
    let successor = named.filter(|_| matches!(taken, Ok(true)));
    taken?;
    Ok(Withdrawn { successor, failed })
}

fn take_out(
    store: &mut dyn Store,
    cx: &Cx,
    id: &KeyId,
    (successor, by): (Option<&SigningKey>, &str),
    event: &AuditEvent,
) -> Result<bool, WithdrawalError> {
    if !store.withdraw_signing_key(id, cx.now)? {
        return Err(WithdrawalError::Already(id.clone()));
    }
    store.append_audit(event)?;
    match successor {
        Some(successor) => Ok(succeed(store, cx, successor, Some(by))?),
        None => Ok(true),
    }
}
