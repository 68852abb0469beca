//! Rows of `revoked_tokens`: platforms' own tokens that they gave up before their time.

use diesel::prelude::*;
use idp_core::revoked_token::RevokedToken;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::schema::revoked_tokens;

#[derive(Insertable)]
#[diesel(table_name = revoked_tokens)]
struct RevokedTokenRow<'a> {
    jti: &'a str,
    platform_id: &'a str,
    expires_at: i64,
}

pub(crate) fn insert(
    connection: &mut Connection,
    token: &RevokedToken,
) -> Result<bool, StoreError> {
    let row = RevokedTokenRow {
        jti: &token.jti,
        platform_id: token.platform_id.as_str(),
        expires_at: token.expires_at.unix_millis(),
    };
    let rows = query!(connection, c => diesel::insert_into(revoked_tokens::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn is_there(connection: &mut Connection, jti: &str) -> Result<bool, StoreError> {
    let found: Option<String> = query!(connection, c => revoked_tokens::table
        .find(jti)
        .select(revoked_tokens::jti)
        .get_result(c)
        .optional())?;
    Ok(found.is_some())
}

pub(crate) fn delete_expired(
    connection: &mut Connection,
    before: Timestamp,
) -> Result<usize, StoreError> {
    query!(connection, c => diesel::delete(revoked_tokens::table)
        .filter(revoked_tokens::expires_at.lt(before.unix_millis()))
        .execute(c))
}
