//! Rows of `sealed_secrets`: ciphertexts by name. What they are is their owner's to know.

use diesel::prelude::*;
use idp_core::store::StoreError;

use crate::database::{Connection, query};
use crate::schema::sealed_secrets;

pub(crate) fn find(connection: &mut Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(query!(connection, c => sealed_secrets::table
        .find(name)
        .select(sealed_secrets::sealed)
        .first(c)
        .optional())?)
}

pub(crate) fn insert(
    connection: &mut Connection,
    name: &str,
    sealed: &[u8],
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::insert_into(sealed_secrets::table)
        .values((sealed_secrets::name.eq(name), sealed_secrets::sealed.eq(sealed)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn exchange(
    connection: &mut Connection,
    name: &str,
    (from, to): (&[u8], &[u8]),
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(sealed_secrets::table)
        .filter(sealed_secrets::name.eq(name))
        .filter(sealed_secrets::sealed.eq(from))
        .set(sealed_secrets::sealed.eq(to))
        .execute(c))?;
    Ok(rows == 1)
}
