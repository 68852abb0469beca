//! Rows of `audit`, appended only. The databases themselves refuse to change one (see `migrations/`).

use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use idp_core::audit::{AuditEntry, AuditEvent, AuditKind, AuditSalt};
use idp_core::id::{
    ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId,
};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::{AuditRecord, event_leaf};

use crate::database::{Connection, failed, query};
use crate::row::RowName;
use crate::schema::audit;

/// An event without its place in the order, which the database gives.
#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = audit)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    at: i64,
    kind: String,
    reason: Option<String>,
    operator_id: Option<String>,
    enterprise_id: Option<String>,
    key_lock_id: Option<String>,
    platform_id: Option<String>,
    session_id: Option<String>,
    consent_id: Option<String>,
    grant_id: Option<String>,
    incident_id: Option<String>,
    remote_address: Option<String>,
    detail: Option<String>,
    salt: Option<Vec<u8>>,
    leaf_hash: Option<Vec<u8>>,
}

impl From<&AuditEvent> for EventRow {
    fn from(event: &AuditEvent) -> Self {
        Self {
            at: event.at.unix_millis(),
            kind: event.kind.as_str().to_owned(),
            reason: event.reason.clone(),
            operator_id: event.operator_id.as_ref().map(ToString::to_string),
            enterprise_id: event.enterprise_id.as_ref().map(ToString::to_string),
            key_lock_id: event.key_lock_id.as_ref().map(ToString::to_string),
            platform_id: event.platform_id.as_ref().map(ToString::to_string),
            session_id: event.session_id.as_ref().map(ToString::to_string),
            consent_id: event.consent_id.as_ref().map(ToString::to_string),
            grant_id: event.grant_id.as_ref().map(ToString::to_string),
            incident_id: event.incident_id.as_ref().map(ToString::to_string),
            remote_address: event.remote_address.clone(),
            detail: event.detail.clone(),
            salt: event.salt.map(|salt| salt.0.to_vec()),
            leaf_hash: Some(event_leaf(event).0.to_vec()),
        }
    }
}

/// Word for word.
fn record((sequence, row): (i64, EventRow)) -> AuditRecord {
    AuditRecord {
        sequence,
        at: row.at,
        kind: row.kind,
        reason: row.reason,
        operator_id: row.operator_id,
        enterprise_id: row.enterprise_id,
        key_lock_id: row.key_lock_id,
        platform_id: row.platform_id,
        session_id: row.session_id,
        consent_id: row.consent_id,
        grant_id: row.grant_id,
        incident_id: row.incident_id,
        remote_address: row.remote_address,
        detail: row.detail,
        salt: row.salt,
        leaf_hash: row.leaf_hash,
    }
}

/// An event with its place in the order.
#[derive(Queryable, QueryableByName)]
pub(crate) struct NumberedEventRow {
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(embed)]
    row: EventRow,
}

impl NumberedEventRow {
    pub(crate) const fn sequence(&self) -> i64 {
        self.sequence
    }

    pub(crate) const fn at(&self) -> i64 {
        self.row.at
    }
}

pub(crate) fn entry(numbered: NumberedEventRow) -> Result<AuditEntry, StoreError> {
    let NumberedEventRow { sequence, row } = numbered;
    let id = sequence.to_string();
    let name = RowName {
        table: "audit",
        id: &id,
    };
    let salted = row.salt.map(|salt| salt.try_into().map(AuditSalt));
    let event = AuditEvent {
        salt: name.column("salt", salted.transpose().ok())?,
        at: Timestamp::from_unix_millis(row.at),
        kind: name.column("kind", AuditKind::of_word(&row.kind))?,
        reason: row.reason,
        operator_id: row.operator_id.map(OperatorId::from_text),
        enterprise_id: row.enterprise_id.map(EnterpriseId::from_text),
        key_lock_id: row.key_lock_id.map(KeyLockId::from_text),
        platform_id: row.platform_id.map(PlatformId::from_text),
        session_id: row.session_id.map(SessionId::from_text),
        consent_id: row.consent_id.map(ConsentId::from_text),
        grant_id: row.grant_id.map(GrantId::from_text),
        incident_id: row.incident_id.map(IncidentId::from_text),
        remote_address: row.remote_address,
        detail: row.detail,
    };
    Ok(AuditEntry { sequence, event })
}

pub(crate) fn append(connection: &mut Connection, event: &AuditEvent) -> Result<(), StoreError> {
    let row = EventRow::from(event);
    query!(connection, c => diesel::insert_into(audit::table).values(&row).execute(c))?;
    Ok(())
}

/// As [`append`]; answers the number that the database gave the event.
pub(crate) fn append_numbered(
    connection: &mut Connection,
    event: &AuditEvent,
) -> Result<i64, StoreError> {
    let row = EventRow::from(event);
    let insert = diesel::insert_into(audit::table).values(&row);
    match connection {
        Connection::Postgres(c) => insert.returning(audit::sequence).get_result(c),
        Connection::Sqlite(c) => insert
            .execute(c)
            .and_then(|_| diesel::select(sql::<BigInt>("last_insert_rowid()")).get_result(c)),
    }
    .map_err(failed)
}

/// With `PostgreSQL` a transaction may commit after another that drew a higher sequence: events are shown only once no transaction
/// that began before theirs still runs. That is nearly always enough; not always, since the number is drawn before the transaction
/// has its own. Nothing follows the trail by this: the log's sequencer waits until a mark is settled.
pub(crate) fn list(
    connection: &mut Connection,
    after: i64,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let page = audit::table
        .filter(audit::sequence.gt(after))
        .order(audit::sequence)
        .limit(limit.into());
    let rows: Vec<NumberedEventRow> = match connection {
        Connection::Sqlite(c) => page
            .select((audit::sequence, EventRow::as_select()))
            .load(c),
        Connection::Postgres(c) => page
            .filter(sql::<Bool>(
                "written_by < pg_snapshot_xmin(pg_current_snapshot())",
            ))
            .select((audit::sequence, EventRow::as_select()))
            .load(c),
    }
    .map_err(failed)?;
    rows.into_iter().map(entry).collect()
}

/// What stands there, what is still to be committed left out.
pub(crate) fn list_records(
    connection: &mut Connection,
    (after, through): (i64, i64),
    limit: u32,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows: Vec<(i64, EventRow)> = query!(connection, c => audit::table
        .filter(audit::sequence.gt(after))
        .filter(audit::sequence.le(through))
        .order(audit::sequence)
        .limit(limit.into())
        .select((audit::sequence, EventRow::as_select()))
        .load(c))?;
    Ok(rows.into_iter().map(record).collect())
}

pub(crate) fn last_sequence(connection: &mut Connection) -> Result<i64, StoreError> {
    let last: Option<i64> =
        query!(connection, c => audit::table.select(max(audit::sequence)).get_result(c))?;
    Ok(last.unwrap_or(0))
}
