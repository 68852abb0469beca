//! Rows of `signing_keys`. The private part stays the ciphertext it came as.

use diesel::prelude::*;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::{Kept, SigningKey};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::signing_keys;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
#[diesel(treat_none_as_default_value = false)]
struct SigningKeyRow {
    id: String,
    algorithm: String,
    generation: i64,
    public_jwk: String,
    private_encrypted: Vec<u8>,
    created_at: i64,
    signs_from: i64,
    retired_at: Option<i64>,
    withdrawn_at: Option<i64>,
    token: Option<String>,
    destroyed_at: Option<i64>,
}

impl From<&SigningKey> for SigningKeyRow {
    fn from(key: &SigningKey) -> Self {
        Self {
            id: key.id.as_str().to_owned(),
            algorithm: key.algorithm.as_str().to_owned(),
            generation: key.generation.into(),
            public_jwk: key.public_jwk.clone(),
            private_encrypted: match &key.kept {
                Kept::Sealed(octets) => octets.clone(),
                Kept::Inside(_) | Kept::Destroyed(_) => Vec::new(),
            },
            created_at: key.created_at.unix_millis(),
            signs_from: key.signs_from.unix_millis(),
            retired_at: key.retired_at.map(Timestamp::unix_millis),
            withdrawn_at: key.withdrawn_at.map(Timestamp::unix_millis),
            token: match &key.kept {
                Kept::Sealed(_) => None,
                Kept::Inside(token) | Kept::Destroyed(token) => Some(token.clone()),
            },
            // A key is destroyed after it was made.
            destroyed_at: None,
        }
    }
}

impl TryFrom<SigningKeyRow> for SigningKey {
    type Error = StoreError;

    fn try_from(row: SigningKeyRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "signing_keys",
            id: &row.id,
        };
        let kept = match (row.token, row.private_encrypted, row.destroyed_at) {
            (None, sealed, None) if !sealed.is_empty() => Some(Kept::Sealed(sealed)),
            (Some(token), none, None) if none.is_empty() => Some(Kept::Inside(token)),
            (Some(token), none, Some(_)) if none.is_empty() => Some(Kept::Destroyed(token)),
            _ => None,
        };
        Ok(Self {
            kept: name.column("token", kept)?,
            algorithm: name.column("algorithm", JwsAlgorithm::of_word(&row.algorithm))?,
            generation: name.number("generation", row.generation)?,
            id: KeyId::from_text(row.id),
            public_jwk: row.public_jwk,
            created_at: Timestamp::from_unix_millis(row.created_at),
            signs_from: Timestamp::from_unix_millis(row.signs_from),
            retired_at: row.retired_at.map(Timestamp::from_unix_millis),
            withdrawn_at: row.withdrawn_at.map(Timestamp::from_unix_millis),
        })
    }
}

pub(crate) fn list(connection: &mut Connection) -> Result<Vec<SigningKey>, StoreError> {
    let rows: Vec<SigningKeyRow> = query!(connection, c => signing_keys::table
        .order((signing_keys::created_at, signing_keys::id))
        .select(SigningKeyRow::as_select())
        .load(c))?;
    rows.into_iter().map(SigningKey::try_from).collect()
}

pub(crate) fn insert(connection: &mut Connection, key: &SigningKey) -> Result<bool, StoreError> {
    let row = SigningKeyRow::from(key);
    let rows = query!(connection, c => diesel::insert_into(signing_keys::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn retire(
    connection: &mut Connection,
    id: &KeyId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(signing_keys::table)
        .filter(signing_keys::id.eq(id.as_str()))
        .filter(signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(at.unix_millis())))
        .set(signing_keys::retired_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn withdraw(
    connection: &mut Connection,
    id: &KeyId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(signing_keys::table)
        .filter(signing_keys::id.eq(id.as_str()))
        .filter(signing_keys::withdrawn_at.is_null())
        .set(signing_keys::withdrawn_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn note_destroyed(
    connection: &mut Connection,
    id: &KeyId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(signing_keys::table)
        .filter(signing_keys::id.eq(id.as_str()))
        .filter(signing_keys::token.is_not_null())
        .filter(signing_keys::destroyed_at.is_null())
        .set(signing_keys::destroyed_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn exchange_sealing(
    connection: &mut Connection,
    id: &KeyId,
    (from, to): (&[u8], &[u8]),
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(signing_keys::table)
        .filter(signing_keys::id.eq(id.as_str()))
        .filter(signing_keys::private_encrypted.eq(from))
        .set(signing_keys::private_encrypted.eq(to))
        .execute(c))?;
    Ok(rows == 1)
}
