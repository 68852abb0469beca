//! Rows of `audit_head`, `audit_tiles` and `audit_bundles`: the tree and the chain over the trail. The databases
//! themselves let them grow only (see `migrations/`).

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use idp_core::store::StoreError;
use idp_core::transparency::{AuditBundle, AuditHead, AuditMark, Hash, TileId};

use crate::audit;
use crate::database::{Connection, failed, query};
use crate::row::{RowName, stored};
use crate::schema::{audit_bundles, audit_head, audit_tiles};

/// Where the trail ends now.
///
/// With `PostgreSQL` a transaction may commit after another that drew a higher number, or never. Whoever drew a number up
/// to the last one that shows had begun, and had its transaction's number, before we draw ours here: once everything below
/// ours is over, nothing is missing any more. (Numbers are drawn one by one, and a row names its transaction before it
/// draws one; see the table.) `SQLite` has one writer and nothing to wait for.
pub(crate) fn mark(connection: &mut Connection) -> Result<AuditMark, StoreError> {
    let sequence = audit::last_sequence(connection)?;
    let horizon = match connection {
        Connection::Sqlite(_) => 0,
        Connection::Postgres(c) => {
            diesel::select(sql::<BigInt>("pg_current_xact_id()::text::bigint"))
                .get_result(c)
                .map_err(failed)?
        }
    };
    Ok(AuditMark { sequence, horizon })
}

pub(crate) fn is_settled(connection: &mut Connection, mark: AuditMark) -> Result<bool, StoreError> {
    match connection {
        Connection::Sqlite(_) => Ok(true),
        Connection::Postgres(c) => diesel::select(
            sql::<Bool>("pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= ")
                .bind::<BigInt, _>(mark.horizon),
        )
        .get_result(c)
        .map_err(failed),
    }
}

pub(crate) fn find_head(connection: &mut Connection) -> Result<AuditHead, StoreError> {
    let name = RowName {
        table: "audit_head",
        id: "1",
    };
    let row: Option<(i64, i64, Vec<u8>)> = query!(connection, c => audit_head::table
        .find(1)
        .select((audit_head::size, audit_head::last_sequence, audit_head::chain))
        .get_result(c)
        .optional())?;
    let (size, last_sequence, chain) = name.column("id", row)?;
    Ok(AuditHead {
        size: name.count("size", size)?,
        last_sequence,
        chain: name.column("chain", Hash::of_octets(&chain))?,
    })
}

pub(crate) fn exchange_head(
    connection: &mut Connection,
    from: &AuditHead,
    to: &AuditHead,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(audit_head::table.find(1))
        .filter(audit_head::size.eq(stored(from.size)))
        .filter(audit_head::last_sequence.eq(from.last_sequence))
        .filter(audit_head::chain.eq(&from.chain.0[..]))
        .set((
            audit_head::size.eq(stored(to.size)),
            audit_head::last_sequence.eq(to.last_sequence),
            audit_head::chain.eq(&to.chain.0[..]),
        ))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn find_tile(
    connection: &mut Connection,
    id: TileId,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(query!(connection, c => audit_tiles::table
        .find((i64::from(id.level), stored(id.number)))
        .select(audit_tiles::hashes)
        .get_result(c)
        .optional())?)
}

pub(crate) fn put_tile(
    connection: &mut Connection,
    id: TileId,
    hashes: &[u8],
) -> Result<(), StoreError> {
    let key = (i64::from(id.level), stored(id.number));
    let grown = query!(connection, c => diesel::update(audit_tiles::table.find(key))
        .set(audit_tiles::hashes.eq(hashes))
        .execute(c))?;
    if grown == 0 {
        query!(connection, c => diesel::insert_into(audit_tiles::table)
            .values((
                audit_tiles::level.eq(key.0),
                audit_tiles::number.eq(key.1),
                audit_tiles::hashes.eq(hashes),
            ))
            .execute(c))?;
    }
    Ok(())
}

fn bundle(row: Option<(i64, i64, Vec<u8>)>) -> Result<Option<AuditBundle>, StoreError> {
    let Some((number, last_sequence, chain)) = row else {
        return Ok(None);
    };
    let id = number.to_string();
    let name = RowName {
        table: "audit_bundles",
        id: &id,
    };
    Ok(Some(AuditBundle {
        number: name.count("number", number)?,
        last_sequence,
        chain: name.column("chain", Hash::of_octets(&chain))?,
    }))
}

pub(crate) fn find_bundle(
    connection: &mut Connection,
    number: u64,
) -> Result<Option<AuditBundle>, StoreError> {
    bundle(query!(connection, c => audit_bundles::table
        .find(stored(number))
        .get_result(c)
        .optional())?)
}

pub(crate) fn find_bundle_of(
    connection: &mut Connection,
    sequence: i64,
) -> Result<Option<AuditBundle>, StoreError> {
    bundle(query!(connection, c => audit_bundles::table
        .filter(audit_bundles::last_sequence.ge(sequence))
        .order(audit_bundles::last_sequence)
        .limit(1)
        .get_result(c)
        .optional())?)
}

pub(crate) fn append_bundle(
    connection: &mut Connection,
    bundle: &AuditBundle,
) -> Result<(), StoreError> {
    query!(connection, c => diesel::insert_into(audit_bundles::table)
        .values((
            audit_bundles::number.eq(stored(bundle.number)),
            audit_bundles::last_sequence.eq(bundle.last_sequence),
            audit_bundles::chain.eq(&bundle.chain.0[..]),
        ))
        .execute(c))?;
    Ok(())
}
