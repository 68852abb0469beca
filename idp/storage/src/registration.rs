//! Rows of `registration_tokens` and `self_registrations`. A token's text is in none of them.

use diesel::prelude::*;
use idp_core::id::{PlatformId, RegistrationTokenId};
use idp_core::registration::{RegistrationTerms, RegistrationToken, SelfRegistration};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::{registration_tokens, self_registrations};

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = registration_tokens)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct TokenRow {
    id: String,
    sha256: String,
    terms: String,
    issued_by: String,
    issued_at: i64,
    expires_at: i64,
    uses: i64,
    used: i64,
    revoked_at: Option<i64>,
}

impl TokenRow {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl TryFrom<&RegistrationToken> for TokenRow {
    type Error = StoreError;

    fn try_from(token: &RegistrationToken) -> Result<Self, StoreError> {
        let terms = serde_json::to_string(&token.terms)
            .map_err(|error| StoreError::Unavailable(format!("registration terms: {error}")))?;
        Ok(Self {
            id: token.id.as_str().to_owned(),
            sha256: token.sha256.clone(),
            terms,
            issued_by: token.issued_by.clone(),
            issued_at: token.issued_at.unix_millis(),
            expires_at: token.expires_at.unix_millis(),
            uses: token.uses.into(),
            used: token.used.into(),
            revoked_at: token.revoked_at.map(Timestamp::unix_millis),
        })
    }
}

impl TryFrom<TokenRow> for RegistrationToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "registration_tokens",
            id: &row.id,
        };
        let terms = serde_json::from_str::<RegistrationTerms>(&row.terms);
        Ok(Self {
            terms: name.column("terms", terms.ok())?,
            uses: name.number("uses", row.uses)?,
            used: name.number("used", row.used)?,
            id: RegistrationTokenId::from_text(row.id),
            sha256: row.sha256,
            issued_by: row.issued_by,
            issued_at: Timestamp::from_unix_millis(row.issued_at),
            expires_at: Timestamp::from_unix_millis(row.expires_at),
            revoked_at: row.revoked_at.map(Timestamp::from_unix_millis),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = self_registrations)]
struct SelfRow {
    platform_id: String,
    token_id: String,
    access_sha256: String,
    registered_at: i64,
    trusted: i64,
}

impl From<&SelfRegistration> for SelfRow {
    fn from(registration: &SelfRegistration) -> Self {
        Self {
            platform_id: registration.platform_id.as_str().to_owned(),
            token_id: registration.token_id.as_str().to_owned(),
            access_sha256: registration.access_sha256.clone(),
            registered_at: registration.registered_at.unix_millis(),
            trusted: registration.trusted.into(),
        }
    }
}

impl From<SelfRow> for SelfRegistration {
    fn from(row: SelfRow) -> Self {
        Self {
            platform_id: PlatformId::from_text(row.platform_id),
            token_id: RegistrationTokenId::from_text(row.token_id),
            access_sha256: row.access_sha256,
            registered_at: Timestamp::from_unix_millis(row.registered_at),
            // Whatever else stands there, an operator looks.
            trusted: row.trusted == 1,
        }
    }
}

pub(crate) fn insert_token(
    connection: &mut Connection,
    token: &RegistrationToken,
) -> Result<bool, StoreError> {
    let row = TokenRow::try_from(token)?;
    let rows = query!(connection, c => diesel::insert_into(registration_tokens::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn find_token(
    connection: &mut Connection,
    sha256: &str,
) -> Result<Option<RegistrationToken>, StoreError> {
    let row: Option<TokenRow> = query!(connection, c => registration_tokens::table
        .filter(registration_tokens::sha256.eq(sha256))
        .select(TokenRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(RegistrationToken::try_from).transpose()
}

pub(crate) fn list_tokens(
    connection: &mut Connection,
) -> Result<Vec<RegistrationToken>, StoreError> {
    let rows: Vec<TokenRow> = query!(connection, c => registration_tokens::table
        .order(registration_tokens::id)
        .select(TokenRow::as_select())
        .load(c))?;
    rows.into_iter().map(RegistrationToken::try_from).collect()
}

/// The one statement that decides: of many at once so many win as uses were left.
pub(crate) fn spend_token(
    connection: &mut Connection,
    id: &RegistrationTokenId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(registration_tokens::table)
        .filter(registration_tokens::id.eq(id.as_str()))
        .filter(registration_tokens::used.lt(registration_tokens::uses))
        .filter(registration_tokens::expires_at.gt(at.unix_millis()))
        .filter(registration_tokens::revoked_at.is_null())
        .set(registration_tokens::used.eq(registration_tokens::used + 1_i64))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn revoke_token(
    connection: &mut Connection,
    id: &RegistrationTokenId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(registration_tokens::table)
        .filter(registration_tokens::id.eq(id.as_str()))
        .filter(registration_tokens::revoked_at.is_null())
        .set(registration_tokens::revoked_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn insert_self(
    connection: &mut Connection,
    registration: &SelfRegistration,
) -> Result<bool, StoreError> {
    let row = SelfRow::from(registration);
    let rows = query!(connection, c => diesel::insert_into(self_registrations::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn find_self(
    connection: &mut Connection,
    platform: &PlatformId,
) -> Result<Option<SelfRegistration>, StoreError> {
    let row: Option<SelfRow> = query!(connection, c => self_registrations::table
        .find(platform.as_str())
        .select(SelfRow::as_select())
        .get_result(c)
        .optional())?;
    Ok(row.map(SelfRegistration::from))
}

pub(crate) fn delete_self(
    connection: &mut Connection,
    platform: &PlatformId,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::delete(self_registrations::table.find(platform.as_str()))
        .execute(c))?;
    Ok(rows == 1)
}
