//! Rows of `audit_segments`: what was sealed. Appended only; the rows of `audit` that lie within go by them alone (see
//! `migrations/`).

use diesel::dsl::max;
use diesel::prelude::*;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::StoredSegment;

use crate::database::{Connection, query};
use crate::row::{RowName, stored};
use crate::schema::{audit, audit_segments};

pub(crate) fn insert(
    connection: &mut Connection,
    segment: &StoredSegment,
) -> Result<bool, StoreError> {
    let before = list(connection)?.last().map_or(0, |last| last.to);
    if segment.from != before || segment.to <= segment.from {
        return Ok(false);
    }
    let row = (
        audit_segments::from_line.eq(stored(segment.from)),
        audit_segments::to_line.eq(stored(segment.to)),
        audit_segments::last_sequence.eq(segment.last_sequence),
        audit_segments::at.eq(segment.at.unix_millis()),
        audit_segments::manifest.eq(&segment.manifest),
    );
    let rows = query!(connection, c => diesel::insert_into(audit_segments::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn list(connection: &mut Connection) -> Result<Vec<StoredSegment>, StoreError> {
    let rows: Vec<(i64, i64, i64, i64, String)> = query!(connection, c => audit_segments::table
        .order(audit_segments::from_line)
        .load(c))?;
    let segment = |(from, to, last_sequence, at, manifest): (i64, i64, i64, i64, String)| {
        let id = from.to_string();
        let name = RowName {
            table: "audit_segments",
            id: &id,
        };
        Ok(StoredSegment {
            from: name.count("from_line", from)?,
            to: name.count("to_line", to)?,
            last_sequence,
            at: Timestamp::from_unix_millis(at),
            manifest,
        })
    };
    rows.into_iter().map(segment).collect()
}

pub(crate) fn remove_sealed(connection: &mut Connection, limit: u32) -> Result<usize, StoreError> {
    let sealed: Option<i64> = query!(connection, c => audit_segments::table
        .select(max(audit_segments::last_sequence))
        .get_result(c))?;
    let Some(sealed) = sealed else {
        return Ok(0);
    };
    let oldest: Vec<i64> = query!(connection, c => audit::table
        .filter(audit::sequence.le(sealed))
        .order(audit::sequence)
        .limit(limit.into())
        .select(audit::sequence)
        .load(c))?;
    let Some(last) = oldest.last() else {
        return Ok(0);
    };
    query!(connection, c => diesel::delete(audit::table.filter(audit::sequence.le(*last)))
        .execute(c))
}
