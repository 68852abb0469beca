//! Rows of `expiry_notices`, and locks of which none was given.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use idp_core::enterprise::EnterpriseState;
use idp_core::id::KeyLockId;
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::key_lock::KeyLockRow;
use crate::schema::{enterprises, expiry_notices, key_locks};

/// A notice of fewer days says as much. Of those that end at `from` only the ones after `after`.
pub(crate) fn list_expiring(
    connection: &mut Connection,
    (from, until): (Timestamp, Timestamp),
    days: u32,
    (after, limit): (Option<&KeyLockId>, u32),
) -> Result<Vec<KeyLock>, StoreError> {
    // Every identifier is greater than the empty text.
    let after = after.map_or("", KeyLockId::as_str);
    let in_force = enterprises::table
        .filter(enterprises::id.eq(key_locks::enterprise_id))
        .filter(enterprises::state.eq(EnterpriseState::Active.as_str()));
    let given = expiry_notices::table
        .filter(expiry_notices::key_lock_id.eq(key_locks::id))
        .filter(expiry_notices::not_after.eq(key_locks::not_after))
        .filter(expiry_notices::days.le(i64::from(days)));
    let rows: Vec<KeyLockRow> = query!(connection, c => key_locks::table
        .filter(key_locks::state.eq(KeyLockState::Active.as_str()))
        .filter(key_locks::not_after.ge(from.unix_millis()))
        .filter(key_locks::not_after.le(until.unix_millis()))
        .filter(key_locks::not_after.ne(from.unix_millis()).or(key_locks::id.gt(after)))
        .filter(exists(in_force))
        .filter(not(exists(given)))
        .order((key_locks::not_after, key_locks::id))
        .limit(limit.into())
        .select(KeyLockRow::as_select())
        .load(c))?;
    rows.into_iter().map(KeyLock::try_from).collect()
}

pub(crate) fn insert(
    connection: &mut Connection,
    key_lock: &KeyLockId,
    not_after: Timestamp,
    days: u32,
) -> Result<bool, StoreError> {
    let row = (
        expiry_notices::key_lock_id.eq(key_lock.as_str()),
        expiry_notices::not_after.eq(not_after.unix_millis()),
        expiry_notices::days.eq(i64::from(days)),
    );
    let rows = query!(connection, c => diesel::insert_into(expiry_notices::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}
