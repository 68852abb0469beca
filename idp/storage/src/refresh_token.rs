//! Rows of `refresh_tokens`. A token's text is in none of them.

use diesel::prelude::*;
use idp_core::id::GrantId;
use idp_core::refresh_token::RefreshToken;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::schema::refresh_tokens;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
#[diesel(treat_none_as_default_value = false)]
struct RefreshTokenRow {
    sha256: String,
    grant_id: String,
    seed: String,
    issued_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
}

impl From<&RefreshToken> for RefreshTokenRow {
    fn from(token: &RefreshToken) -> Self {
        Self {
            sha256: token.sha256.clone(),
            grant_id: token.grant_id.as_str().to_owned(),
            seed: token.seed.clone(),
            issued_at: token.issued_at.unix_millis(),
            expires_at: token.expires_at.unix_millis(),
            used_at: token.used_at.map(Timestamp::unix_millis),
        }
    }
}

impl From<RefreshTokenRow> for RefreshToken {
    fn from(row: RefreshTokenRow) -> Self {
        Self {
            sha256: row.sha256,
            grant_id: GrantId::from_text(row.grant_id),
            seed: row.seed,
            issued_at: Timestamp::from_unix_millis(row.issued_at),
            expires_at: Timestamp::from_unix_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_unix_millis),
        }
    }
}

pub(crate) fn insert(
    connection: &mut Connection,
    token: &RefreshToken,
) -> Result<bool, StoreError> {
    let row = RefreshTokenRow::from(token);
    let rows = query!(connection, c => diesel::insert_into(refresh_tokens::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn find(
    connection: &mut Connection,
    sha256: &str,
) -> Result<Option<RefreshToken>, StoreError> {
    let row: Option<RefreshTokenRow> = query!(connection, c => refresh_tokens::table
        .find(sha256)
        .select(RefreshTokenRow::as_select())
        .get_result(c)
        .optional())?;
    Ok(row.map(RefreshToken::from))
}

pub(crate) fn exchange_use(
    connection: &mut Connection,
    sha256: &str,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
) -> Result<bool, StoreError> {
    let [from, to] = [from, to].map(|at| at.map(Timestamp::unix_millis));
    let change =
        diesel::update(refresh_tokens::table.find(sha256)).set(refresh_tokens::used_at.eq(to));
    let rows = query!(connection, c => match from {
        None => change.filter(refresh_tokens::used_at.is_null()).execute(c),
        Some(from) => change.filter(refresh_tokens::used_at.eq(from)).execute(c),
    })?;
    Ok(rows == 1)
}

pub(crate) fn delete_expired(
    connection: &mut Connection,
    before: Timestamp,
) -> Result<usize, StoreError> {
    query!(connection, c => diesel::delete(refresh_tokens::table)
        .filter(refresh_tokens::expires_at.lt(before.unix_millis()))
        .execute(c))
}
