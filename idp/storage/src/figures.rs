//! Rows of `audit_hours` and `audit_counted`.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use idp_core::audit::AuditKind;
use idp_core::figures::{EventToCount, FailureFigure, Hour, HourFigure, Under};
use idp_core::id::PlatformId;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, failed, query};
use crate::listing::conditions::Value;
use crate::listing::statement::load;
use crate::row::RowName;
use crate::schema::{audit, audit_counted, audit_hours};

pub(crate) fn find_last_counted(connection: &mut Connection) -> Result<i64, StoreError> {
    query!(connection, c => audit_counted::table
        .find(1_i64)
        .select(audit_counted::sequence)
        .get_result(c))
}

type ToCount = (i64, i64, String, Option<String>, Option<String>);

/// As [`crate::audit::list`], of each event what is counted.
pub(crate) fn list_events(
    connection: &mut Connection,
    after: i64,
    limit: u32,
) -> Result<Vec<EventToCount>, StoreError> {
    let columns = (
        audit::sequence,
        audit::at,
        audit::kind,
        audit::platform_id,
        audit::reason,
    );
    let page = audit::table
        .filter(audit::sequence.gt(after))
        .order(audit::sequence)
        .limit(limit.into())
        .select(columns);
    let rows: Vec<ToCount> = match connection {
        Connection::Sqlite(c) => page.load(c),
        Connection::Postgres(c) => page
            .filter(sql::<Bool>(
                "written_by < pg_snapshot_xmin(pg_current_snapshot())",
            ))
            .load(c),
    }
    .map_err(failed)?;
    let event = |(sequence, at, kind, platform_id, reason): ToCount| {
        Ok(EventToCount {
            sequence,
            at: Timestamp::from_unix_millis(at),
            kind: kind_of(&kind)?,
            platform_id: platform_id.map(PlatformId::from_text),
            reason,
        })
    };
    rows.into_iter().map(event).collect()
}

fn kind_of(word: &str) -> Result<AuditKind, StoreError> {
    let name = RowName {
        table: "audit_hours",
        id: word,
    };
    name.column("kind", AuditKind::of_word(word))
}

pub(crate) fn exchange_last_counted(
    connection: &mut Connection,
    (from, to): (i64, i64),
    counts: &BTreeMap<Under, i64>,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(audit_counted::table.find(1_i64))
        .filter(audit_counted::sequence.eq(from))
        .set(audit_counted::sequence.eq(to))
        .execute(c))?;
    if rows != 1 {
        return Ok(false);
    }
    for (under, events) in counts {
        let row = (
            audit_hours::hour.eq(under.hour.0),
            audit_hours::kind.eq(under.kind),
            audit_hours::platform_id.eq(&under.platform_id),
            audit_hours::reason.eq(&under.reason),
            audit_hours::events.eq(events),
        );
        let place = (
            audit_hours::hour,
            audit_hours::kind,
            audit_hours::platform_id,
            audit_hours::reason,
        );
        query!(connection, c => diesel::insert_into(audit_hours::table)
            .values(row)
            .on_conflict(place)
            .do_update()
            .set(audit_hours::events.eq(audit_hours::events + *events))
            .execute(c))?;
    }
    Ok(true)
}

#[derive(QueryableByName)]
struct HourRow {
    #[diesel(sql_type = BigInt)]
    hour: i64,
    #[diesel(sql_type = Text)]
    platform_id: String,
    #[diesel(sql_type = BigInt)]
    events: i64,
}

pub(crate) fn sum_by_hour(
    connection: &mut Connection,
    kind: AuditKind,
    since: Hour,
) -> Result<Vec<HourFigure>, StoreError> {
    let text = "SELECT hour, platform_id, CAST(SUM(events) AS BIGINT) AS events FROM audit_hours \
         WHERE hour >= ? AND kind = ? GROUP BY hour, platform_id ORDER BY hour, platform_id";
    let values = vec![
        Value::Number(since.0),
        Value::Text(kind.as_str().to_owned()),
    ];
    let rows: Vec<HourRow> = load(connection, text, values)?;
    let figure = |row: HourRow| HourFigure {
        hour: Hour(row.hour),
        platform_id: (!row.platform_id.is_empty()).then(|| PlatformId::from_text(row.platform_id)),
        events: row.events,
    };
    Ok(rows.into_iter().map(figure).collect())
}

#[derive(QueryableByName)]
struct FailureRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = BigInt)]
    events: i64,
}

pub(crate) fn sum_failures(
    connection: &mut Connection,
    since: Hour,
    limit: u32,
) -> Result<Vec<FailureFigure>, StoreError> {
    let kinds: Vec<_> = AuditKind::ALL
        .iter()
        .filter(|kind| kind.is_failure())
        .collect();
    let marks = vec!["?"; kinds.len()].join(", ");
    let text = format!(
        "SELECT kind, reason, CAST(SUM(events) AS BIGINT) AS events FROM audit_hours \
         WHERE hour >= ? AND kind IN ({marks}) GROUP BY kind, reason \
         ORDER BY events DESC, kind, reason LIMIT {limit}"
    );
    let mut values = vec![Value::Number(since.0)];
    let words = kinds
        .iter()
        .map(|kind| Value::Text(kind.as_str().to_owned()));
    values.extend(words);
    let rows: Vec<FailureRow> = load(connection, &text, values)?;
    let figure = |row: FailureRow| {
        Ok(FailureFigure {
            kind: kind_of(&row.kind)?,
            reason: row.reason,
            events: row.events,
        })
    };
    rows.into_iter().map(figure).collect()
}

pub(crate) fn forget(connection: &mut Connection, before: Hour) -> Result<usize, StoreError> {
    query!(connection, c => diesel::delete(audit_hours::table)
        .filter(audit_hours::hour.lt(before.0))
        .execute(c))
}
