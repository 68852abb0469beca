//! Rows of `sessions`, and a sign-in joined with what it stands on.

use diesel::prelude::*;
use idp_core::id::{EnterpriseId, KeyLockId, SessionId};
use idp_core::listing::Place;
use idp_core::session::{LiveSince, SessionEnding, SessionRecord, SessionStanding, Which};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, failed, hold, query};
use crate::enterprise::{self, EnterpriseRow};
use crate::key_lock::{self, KeyLockRow};
use crate::row::RowName;
use crate::schema::{enterprises, key_locks, sessions};

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = sessions)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct SessionRow {
    id: String,
    root_id: String,
    enterprise_id: String,
    key_lock_id: String,
    begun_at: i64,
    seen_at: i64,
    remote_address: Option<String>,
    user_agent: Option<String>,
    ended_at: Option<i64>,
    ending: Option<String>,
}

impl SessionRow {
    /// Where it stands among all.
    pub(crate) fn place(&self) -> Place {
        Place {
            number: self.begun_at,
            text: self.id.clone(),
        }
    }
}

impl From<&SessionRecord> for SessionRow {
    fn from(session: &SessionRecord) -> Self {
        let (ended_at, ending) = session.ended.unzip();
        Self {
            id: session.id.as_str().to_owned(),
            root_id: session.root_id.as_str().to_owned(),
            enterprise_id: session.enterprise_id.as_str().to_owned(),
            key_lock_id: session.key_lock_id.as_str().to_owned(),
            begun_at: session.begun_at.unix_millis(),
            seen_at: session.seen_at.unix_millis(),
            remote_address: session.remote_address.clone(),
            user_agent: session.user_agent.clone(),
            ended_at: ended_at.map(Timestamp::unix_millis),
            ending: ending.map(|ending| ending.as_str().to_owned()),
        }
    }
}

impl TryFrom<SessionRow> for SessionRecord {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "sessions",
            id: &row.id,
        };
        let ended = match (row.ended_at, &row.ending) {
            (None, None) => None,
            (Some(at), Some(word)) => {
                let ending = name.column("ending", SessionEnding::of_word(word))?;
                Some((Timestamp::from_unix_millis(at), ending))
            }
            (None, Some(_)) | (Some(_), None) => return Err(name.impossible("ending")),
        };
        Ok(Self {
            ended,
            root_id: SessionId::from_text(if row.root_id.is_empty() {
                row.id.clone()
            } else {
                row.root_id
            }),
            id: SessionId::from_text(row.id),
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            key_lock_id: KeyLockId::from_text(row.key_lock_id),
            begun_at: Timestamp::from_unix_millis(row.begun_at),
            seen_at: Timestamp::from_unix_millis(row.seen_at),
            remote_address: row.remote_address,
            user_agent: row.user_agent,
        })
    }
}

pub(crate) fn insert(
    connection: &mut Connection,
    session: &SessionRecord,
) -> Result<(), StoreError> {
    let row = SessionRow::from(session);
    query!(connection, c => diesel::insert_into(sessions::table).values(&row).execute(c))?;
    Ok(())
}

pub(crate) fn find_standing(
    connection: &mut Connection,
    id: &SessionId,
) -> Result<Option<SessionStanding>, StoreError> {
    type Joined = (SessionRow, KeyLockRow, EnterpriseRow);
    let row: Option<Joined> = query!(connection, c => sessions::table
        .inner_join(key_locks::table)
        .inner_join(enterprises::table)
        .filter(sessions::id.eq(id.as_str()))
        .select((
            SessionRow::as_select(),
            KeyLockRow::as_select(),
            EnterpriseRow::as_select(),
        ))
        .get_result(c)
        .optional())?;
    let Some((session, key_lock, enterprise)) = row else {
        return Ok(None);
    };
    Ok(Some(SessionStanding {
        session: session.try_into()?,
        key_lock: key_lock.try_into()?,
        enterprise: enterprise.try_into()?,
    }))
}

/// On `SQLite` whoever writes is alone. Whose a sign-in is and with which lock never changes, so both can be
/// held before it.
pub(crate) fn hold_standing(
    connection: &mut Connection,
    id: &SessionId,
) -> Result<Option<SessionStanding>, StoreError> {
    let Connection::Postgres(postgres) = connection else {
        return find_standing(connection, id);
    };
    let stands_on: Option<(String, String)> = sessions::table
        .find(id.as_str())
        .select((sessions::enterprise_id, sessions::key_lock_id))
        .get_result(postgres)
        .optional()
        .map_err(failed)?;
    let Some((enterprise, key_lock)) = stands_on else {
        return Ok(None);
    };
    let enterprise = enterprise::hold(connection, &EnterpriseId::from_text(enterprise))?;
    let key_lock = key_lock::hold(connection, &KeyLockId::from_text(key_lock))?;
    let session = hold(connection, id)?;
    Ok(match (session, key_lock, enterprise) {
        (Some(session), Some(key_lock), Some(enterprise)) => Some(SessionStanding {
            session,
            key_lock,
            enterprise,
        }),
        _ => None,
    })
}

fn hold(connection: &mut Connection, id: &SessionId) -> Result<Option<SessionRecord>, StoreError> {
    let row: Option<SessionRow> = hold!(
        connection,
        for_share,
        sessions::table
            .find(id.as_str())
            .select(SessionRow::as_select())
    )?;
    row.map(SessionRecord::try_from).transpose()
}

pub(crate) fn list(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    limit: u32,
) -> Result<Vec<SessionRecord>, StoreError> {
    let rows: Vec<SessionRow> = query!(connection, c => sessions::table
        .filter(sessions::enterprise_id.eq(enterprise.as_str()))
        .order((sessions::begun_at.desc(), sessions::id.desc()))
        .limit(limit.into())
        .select(SessionRow::as_select())
        .load(c))?;
    rows.into_iter().map(SessionRecord::try_from).collect()
}

pub(crate) fn list_standing(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    after: LiveSince,
    limit: u32,
) -> Result<Vec<SessionRecord>, StoreError> {
    let rows: Vec<SessionRow> = query!(connection, c => sessions::table
        .filter(sessions::enterprise_id.eq(enterprise.as_str()))
        .filter(sessions::begun_at.gt(after.begun.unix_millis()))
        .filter(sessions::seen_at.gt(after.seen.unix_millis()))
        .filter(sessions::ended_at.is_null())
        .order((sessions::begun_at.desc(), sessions::id.desc()))
        .limit(limit.into())
        .select(SessionRow::as_select())
        .load(c))?;
    rows.into_iter().map(SessionRecord::try_from).collect()
}

/// A sign-in with every other of its row, those that it continues.
pub(crate) fn list_row(
    connection: &mut Connection,
    id: &SessionId,
) -> Result<Vec<String>, StoreError> {
    let root: Option<String> = query!(connection, c => sessions::table
        .find(id.as_str())
        .select(sessions::root_id)
        .get_result(c)
        .optional())?;
    let mut row: Vec<String> = match root.filter(|root| !root.is_empty()) {
        // An empty one was written by a version that knew none.
        None => Vec::new(),
        Some(root) => query!(connection, c => sessions::table
            .filter(sessions::root_id.eq(&root))
            .select(sessions::id)
            .load(c))?,
    };
    // Off record, a sign-in is its own.
    if row.is_empty() {
        row.push(id.as_str().to_owned());
    }
    Ok(row)
}

/// Oldest first, so that what a bound leaves is the younger part.
pub(crate) fn forget(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<usize, StoreError> {
    let old: Vec<String> = query!(connection, c => sessions::table
        .filter(sessions::begun_at.lt(before.unix_millis()))
        .order(sessions::begun_at)
        .limit(limit.into())
        .select(sessions::id)
        .load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    query!(connection, c => diesel::delete(sessions::table)
        .filter(sessions::id.eq_any(&old))
        .execute(c))
}

pub(crate) fn touch(
    connection: &mut Connection,
    id: &SessionId,
    at: Timestamp,
) -> Result<(), StoreError> {
    query!(connection, c => diesel::update(sessions::table)
        .filter(sessions::id.eq(id.as_str()))
        .filter(sessions::seen_at.lt(at.unix_millis()))
        .set(sessions::seen_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(())
}

/// The first ending stands.
pub(crate) fn end(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    which: Which<'_>,
    (at, ending): (Timestamp, SessionEnding),
) -> Result<usize, StoreError> {
    let standing = sessions::enterprise_id
        .eq(enterprise.as_str())
        .and(sessions::ended_at.is_null());
    let set = (
        sessions::ended_at.eq(at.unix_millis()),
        sessions::ending.eq(ending.as_str()),
    );
    let all = diesel::update(sessions::table).filter(standing).set(set);
    query!(connection, c => match which {
        Which::One(id) => all.filter(sessions::id.eq(id.as_str())).execute(c),
        Which::AllBut(id) => all.filter(sessions::id.ne(id.as_str())).execute(c),
        Which::OfLock(id) => all.filter(sessions::key_lock_id.eq(id.as_str())).execute(c),
        Which::OfLockBut(lock, id) => all
            .filter(sessions::key_lock_id.eq(lock.as_str()))
            .filter(sessions::id.ne(id.as_str()))
            .execute(c),
        Which::All => all.execute(c),
    })
}

/// The table is taken whole before its rows are: whoever holds one of them is waited for before any is ours, so that nobody
/// waits in a circle.
pub(crate) fn end_every(
    connection: &mut Connection,
    (at, ending): (Timestamp, SessionEnding),
) -> Result<usize, StoreError> {
    connection.take_table("sessions")?;
    query!(connection, c => diesel::update(sessions::table)
        .filter(sessions::ended_at.is_null())
        .set((
            sessions::ended_at.eq(at.unix_millis()),
            sessions::ending.eq(ending.as_str()),
        ))
        .execute(c))
}

pub(crate) fn erase_traces(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    before: Timestamp,
) -> Result<usize, StoreError> {
    let nothing = None::<String>;
    query!(connection, c => diesel::update(sessions::table)
        .filter(sessions::enterprise_id.eq(enterprise.as_str()))
        .filter(sessions::begun_at.lt(before.unix_millis()))
        .filter(sessions::remote_address.is_not_null().or(sessions::user_agent.is_not_null()))
        .set((
            sessions::remote_address.eq(&nothing),
            sessions::user_agent.eq(&nothing),
        ))
        .execute(c))
}
