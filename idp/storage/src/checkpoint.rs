//! Rows of `audit_checkpoints` and `audit_cosignatures`: signed tree heads, and what witnesses signed of them. Appended
//! only.

use diesel::prelude::*;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::{StoredCheckpoint, StoredCosignature};

use crate::database::{Connection, query};
use crate::row::{RowName, stored};
use crate::schema::{audit_checkpoints, audit_cosignatures};

type Row = (i64, i64, String);

fn checkpoint((size, at, note): Row) -> Result<StoredCheckpoint, StoreError> {
    let id = size.to_string();
    let name = RowName {
        table: "audit_checkpoints",
        id: &id,
    };
    Ok(StoredCheckpoint {
        size: name.count("size", size)?,
        at: Timestamp::from_unix_millis(at),
        note,
    })
}

pub(crate) fn insert(
    connection: &mut Connection,
    checkpoint: &StoredCheckpoint,
) -> Result<bool, StoreError> {
    if find_from(connection, checkpoint.size)?.is_some() {
        return Ok(false);
    }
    let row = (
        audit_checkpoints::size.eq(stored(checkpoint.size)),
        audit_checkpoints::at.eq(checkpoint.at.unix_millis()),
        audit_checkpoints::note.eq(&checkpoint.note),
    );
    let rows = query!(connection, c => diesel::insert_into(audit_checkpoints::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn find_newest(
    connection: &mut Connection,
) -> Result<Option<StoredCheckpoint>, StoreError> {
    let row: Option<Row> = query!(connection, c => audit_checkpoints::table
        .order(audit_checkpoints::size.desc())
        .limit(1)
        .get_result(c)
        .optional())?;
    row.map(checkpoint).transpose()
}

pub(crate) fn find_from(
    connection: &mut Connection,
    size: u64,
) -> Result<Option<StoredCheckpoint>, StoreError> {
    let row: Option<Row> = query!(connection, c => audit_checkpoints::table
        .filter(audit_checkpoints::size.ge(stored(size)))
        .order(audit_checkpoints::size)
        .limit(1)
        .get_result(c)
        .optional())?;
    row.map(checkpoint).transpose()
}

pub(crate) fn list(
    connection: &mut Connection,
    after: u64,
    limit: u32,
) -> Result<Vec<StoredCheckpoint>, StoreError> {
    let rows: Vec<Row> = query!(connection, c => audit_checkpoints::table
        .filter(audit_checkpoints::size.gt(stored(after)))
        .order(audit_checkpoints::size)
        .limit(limit.into())
        .load(c))?;
    rows.into_iter().map(checkpoint).collect()
}

pub(crate) fn insert_cosignature(
    connection: &mut Connection,
    cosignature: &StoredCosignature,
) -> Result<bool, StoreError> {
    let mut before = list_cosignatures(connection, cosignature.size)?.into_iter();
    if before.any(|one| one.witness == cosignature.witness) {
        return Ok(false);
    }
    let row = (
        audit_cosignatures::size.eq(stored(cosignature.size)),
        audit_cosignatures::witness.eq(&cosignature.witness),
        audit_cosignatures::line.eq(&cosignature.line),
        audit_cosignatures::at.eq(cosignature.at.unix_millis()),
    );
    let rows = query!(connection, c => diesel::insert_into(audit_cosignatures::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn list_cosignatures(
    connection: &mut Connection,
    size: u64,
) -> Result<Vec<StoredCosignature>, StoreError> {
    let rows: Vec<(String, String, i64)> = query!(connection, c => audit_cosignatures::table
        .filter(audit_cosignatures::size.eq(stored(size)))
        .order((audit_cosignatures::at, audit_cosignatures::witness))
        .select((
            audit_cosignatures::witness,
            audit_cosignatures::line,
            audit_cosignatures::at,
        ))
        .load(c))?;
    let cosignature = |(witness, line, at)| StoredCosignature {
        size,
        witness,
        line,
        at: Timestamp::from_unix_millis(at),
    };
    Ok(rows.into_iter().map(cosignature).collect())
}
