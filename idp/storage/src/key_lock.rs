//! Rows of `key_locks`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use idp_core::id::{CaId, EnterpriseId, KeyLockId};
use idp_core::key_lock::{KeyLock, KeyLockState, Thumbprint};
use idp_core::listing::Place;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use protocol::claims::LockRole;

use crate::database::{Connection, hold, query, unless_taken};
use crate::row::RowName;
use crate::schema::key_locks;

#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = key_locks)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub(crate) struct KeyLockRow {
    id: String,
    enterprise_id: String,
    role: String,
    state: String,
    certificate_der: Vec<u8>,
    thumbprint: String,
    ca_id: String,
    ca_name: String,
    holder_name: String,
    ca_platform: String,
    serial_number: String,
    key_number: String,
    media_number: Option<String>,
    not_before: i64,
    not_after: i64,
    bound_by: String,
    bound_at: i64,
    ended_at: Option<i64>,
}

impl KeyLockRow {
    /// Where it stands among all.
    pub(crate) fn place_by_age(&self) -> Place {
        Place {
            number: self.bound_at,
            text: self.id.clone(),
        }
    }

    /// Where it stands among them in order of their ends.
    pub(crate) fn place_by_end(&self) -> Place {
        Place {
            number: self.not_after,
            text: self.id.clone(),
        }
    }
}

/// The word in the database. The migrations' index over active primary locks holds it too.
const fn word_of_role(role: LockRole) -> &'static str {
    match role {
        LockRole::Primary => "primary",
        LockRole::Secondary => "secondary",
    }
}

fn role_of_word(word: &str) -> Option<LockRole> {
    [LockRole::Primary, LockRole::Secondary]
        .into_iter()
        .find(|role| word_of_role(*role) == word)
}

pub(crate) fn thumbprint_of_text(text: &str) -> Option<Thumbprint> {
    let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
    octets.try_into().ok().map(Thumbprint)
}

impl From<&KeyLock> for KeyLockRow {
    fn from(key_lock: &KeyLock) -> Self {
        Self {
            id: key_lock.id.as_str().to_owned(),
            enterprise_id: key_lock.enterprise_id.as_str().to_owned(),
            role: word_of_role(key_lock.role).to_owned(),
            state: key_lock.state.as_str().to_owned(),
            certificate_der: key_lock.certificate_der.clone(),
            thumbprint: key_lock.thumbprint.to_text(),
            ca_id: key_lock.ca_id.as_str().to_owned(),
            ca_name: key_lock.ca_name.clone(),
            holder_name: key_lock.holder_name.clone(),
            ca_platform: key_lock.ca_platform.clone(),
            serial_number: key_lock.serial_number.clone(),
            key_number: key_lock.key_number.clone(),
            media_number: key_lock.media_number.clone(),
            not_before: key_lock.not_before.unix_millis(),
            not_after: key_lock.not_after.unix_millis(),
            bound_by: key_lock.bound_by.clone(),
            bound_at: key_lock.bound_at.unix_millis(),
            ended_at: key_lock.ended_at.map(Timestamp::unix_millis),
        }
    }
}

impl TryFrom<KeyLockRow> for KeyLock {
    type Error = StoreError;

    fn try_from(row: KeyLockRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "key_locks",
            id: &row.id,
        };
        Ok(Self {
            role: name.column("role", role_of_word(&row.role))?,
            state: name.column("state", KeyLockState::of_word(&row.state))?,
            thumbprint: name.column("thumbprint", thumbprint_of_text(&row.thumbprint))?,
            id: KeyLockId::from_text(row.id),
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            certificate_der: row.certificate_der,
            ca_id: CaId::from_text(row.ca_id),
            ca_name: row.ca_name,
            holder_name: row.holder_name,
            ca_platform: row.ca_platform,
            serial_number: row.serial_number,
            key_number: row.key_number,
            media_number: row.media_number,
            not_before: Timestamp::from_unix_millis(row.not_before),
            not_after: Timestamp::from_unix_millis(row.not_after),
            bound_by: row.bound_by,
            bound_at: Timestamp::from_unix_millis(row.bound_at),
            ended_at: row.ended_at.map(Timestamp::from_unix_millis),
        })
    }
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &KeyLockId,
) -> Result<Option<KeyLock>, StoreError> {
    let row: Option<KeyLockRow> = query!(connection, c => key_locks::table
        .find(id.as_str())
        .select(KeyLockRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(KeyLock::try_from).transpose()
}

pub(crate) fn hold(
    connection: &mut Connection,
    id: &KeyLockId,
) -> Result<Option<KeyLock>, StoreError> {
    let row: Option<KeyLockRow> = hold!(
        connection,
        for_share,
        key_locks::table
            .find(id.as_str())
            .select(KeyLockRow::as_select())
    )?;
    row.map(KeyLock::try_from).transpose()
}

pub(crate) fn find_by_thumbprint(
    connection: &mut Connection,
    thumbprint: Thumbprint,
) -> Result<Option<KeyLock>, StoreError> {
    let row: Option<KeyLockRow> = query!(connection, c => key_locks::table
        .filter(key_locks::thumbprint.eq(thumbprint.to_text()))
        .select(KeyLockRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(KeyLock::try_from).transpose()
}

pub(crate) fn list(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<Vec<KeyLock>, StoreError> {
    let rows: Vec<KeyLockRow> = query!(connection, c => key_locks::table
        .filter(key_locks::enterprise_id.eq(enterprise.as_str()))
        .order((key_locks::bound_at, key_locks::id))
        .select(KeyLockRow::as_select())
        .load(c))?;
    rows.into_iter().map(KeyLock::try_from).collect()
}

pub(crate) fn list_active_of_ca(
    connection: &mut Connection,
    ca: &CaId,
    after: Option<&KeyLockId>,
    limit: u32,
) -> Result<Vec<KeyLock>, StoreError> {
    // Every identifier is greater than the empty text.
    let after = after.map_or("", KeyLockId::as_str);
    let rows: Vec<KeyLockRow> = query!(connection, c => key_locks::table
        .filter(key_locks::ca_id.eq(ca.as_str()))
        .filter(key_locks::state.eq(KeyLockState::Active.as_str()))
        .filter(key_locks::id.gt(after))
        .order(key_locks::id)
        .limit(i64::from(limit))
        .select(KeyLockRow::as_select())
        .load(c))?;
    rows.into_iter().map(KeyLock::try_from).collect()
}

pub(crate) fn insert(connection: &mut Connection, key_lock: &KeyLock) -> Result<bool, StoreError> {
    let row = KeyLockRow::from(key_lock);
    let rows = query!(connection, c => diesel::insert_into(key_locks::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn exchange_state(
    connection: &mut Connection,
    id: &KeyLockId,
    from: KeyLockState,
    (to, at): (KeyLockState, Timestamp),
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(key_locks::table)
        .filter(key_locks::id.eq(id.as_str()))
        .filter(key_locks::state.eq(from.as_str()))
        .set((
            key_locks::state.eq(to.as_str()),
            key_locks::ended_at.eq(at.unix_millis()),
        ))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn list_by_key_number(
    connection: &mut Connection,
    ca: &CaId,
    key_number: &str,
) -> Result<Vec<KeyLock>, StoreError> {
    let rows: Vec<KeyLockRow> = query!(connection, c => key_locks::table
        .filter(key_locks::ca_id.eq(ca.as_str()))
        .filter(key_locks::key_number.eq(key_number))
        .order((key_locks::bound_at, key_locks::id))
        .select(KeyLockRow::as_select())
        .load(c))?;
    rows.into_iter().map(KeyLock::try_from).collect()
}

pub(crate) fn exchange(
    connection: &mut Connection,
    from: &KeyLock,
    to: &KeyLock,
) -> Result<bool, StoreError> {
    let row = KeyLockRow::from(to);
    let rows = unless_taken(connection, |connection| {
        let update = diesel::update(key_locks::table)
            .filter(key_locks::id.eq(from.id.as_str()))
            .filter(key_locks::state.eq(from.state.as_str()))
            .filter(key_locks::role.eq(word_of_role(from.role)))
            .filter(key_locks::thumbprint.eq(from.thumbprint.to_text()))
            .set(&row);
        match connection {
            Connection::Postgres(c) => update.execute(c),
            Connection::Sqlite(c) => update.execute(c),
        }
    })?;
    Ok(rows == Some(1))
}

pub(crate) fn erase_binders(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<usize, StoreError> {
    query!(connection, c => diesel::update(key_locks::table)
        .filter(key_locks::enterprise_id.eq(enterprise.as_str()))
        .filter(key_locks::bound_by.ne(""))
        .set(key_locks::bound_by.eq(""))
        .execute(c))
}
