//! Rows of `consent_records` (append-only) and `standing_consents` (one a pair).

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Nullable, Text};
use idp_core::consent::{ConsentOutcome, ConsentRecord, StandingConsent};
use idp_core::consent_statement::ConsentSigner;
use idp_core::id::{ConsentId, EnterpriseId, KeyLockId, PlatformId};
use idp_core::listing::Place;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, hold, query};
use crate::row::RowName;
use crate::schema::{consent_records, standing_consents};

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = consent_records)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct ConsentRecordRow {
    id: String,
    enterprise_id: String,
    key_lock_id: String,
    platform_id: String,
    scopes: String,
    claims: String,
    claims_version: i64,
    text_version: i64,
    language: String,
    outcome: String,
    at: i64,
}

impl ConsentRecordRow {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Where it stands among its enterprise's.
    pub(crate) fn place(&self) -> Place {
        Place {
            number: self.at,
            text: self.id.clone(),
        }
    }
}

impl From<&ConsentRecord> for ConsentRecordRow {
    fn from(record: &ConsentRecord) -> Self {
        Self {
            id: record.id.as_str().to_owned(),
            enterprise_id: record.enterprise_id.as_str().to_owned(),
            key_lock_id: record.key_lock_id.as_str().to_owned(),
            platform_id: record.platform_id.as_str().to_owned(),
            scopes: record.scopes.to_string(),
            claims: record.claims.to_string(),
            claims_version: record.claims_version.into(),
            text_version: record.text_version.into(),
            language: record.language.clone(),
            outcome: record.outcome.as_str().to_owned(),
            at: record.at.unix_millis(),
        }
    }
}

impl TryFrom<ConsentRecordRow> for ConsentRecord {
    type Error = StoreError;

    fn try_from(row: ConsentRecordRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "consent_records",
            id: &row.id,
        };
        Ok(Self {
            scopes: name.scopes("scopes", &row.scopes)?,
            claims: name.claims("claims", &row.claims)?,
            claims_version: name.number("claims_version", row.claims_version)?,
            text_version: name.number("text_version", row.text_version)?,
            outcome: name.column("outcome", ConsentOutcome::of_word(&row.outcome))?,
            id: ConsentId::from_text(row.id),
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            key_lock_id: KeyLockId::from_text(row.key_lock_id),
            platform_id: PlatformId::from_text(row.platform_id),
            language: row.language,
            at: Timestamp::from_unix_millis(row.at),
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = standing_consents)]
struct StandingConsentRow {
    enterprise_id: String,
    platform_id: String,
    consent_id: String,
    scopes: String,
    claims: String,
    claims_version: i64,
    granted_at: i64,
    revoked_at: Option<i64>,
    signed_by: String,
}

impl From<&StandingConsent> for StandingConsentRow {
    fn from(consent: &StandingConsent) -> Self {
        Self {
            enterprise_id: consent.enterprise_id.as_str().to_owned(),
            platform_id: consent.platform_id.as_str().to_owned(),
            consent_id: consent.consent_id.as_str().to_owned(),
            scopes: consent.scopes.to_string(),
            claims: consent.claims.to_string(),
            claims_version: consent.claims_version.into(),
            granted_at: consent.granted_at.unix_millis(),
            revoked_at: consent.revoked_at.map(Timestamp::unix_millis),
            signed_by: consent.signed_by.as_str().to_owned(),
        }
    }
}

impl TryFrom<StandingConsentRow> for StandingConsent {
    type Error = StoreError;

    fn try_from(row: StandingConsentRow) -> Result<Self, StoreError> {
        let id = format!("{} at {}", row.enterprise_id, row.platform_id);
        let name = RowName {
            table: "standing_consents",
            id: &id,
        };
        Ok(Self {
            scopes: name.scopes("scopes", &row.scopes)?,
            claims: name.claims("claims", &row.claims)?,
            claims_version: name.number("claims_version", row.claims_version)?,
            signed_by: name.column("signed_by", ConsentSigner::of_word(&row.signed_by))?,
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            platform_id: PlatformId::from_text(row.platform_id),
            consent_id: ConsentId::from_text(row.consent_id),
            granted_at: Timestamp::from_unix_millis(row.granted_at),
            revoked_at: row.revoked_at.map(Timestamp::from_unix_millis),
        })
    }
}

pub(crate) fn insert_record(
    connection: &mut Connection,
    record: &ConsentRecord,
) -> Result<(), StoreError> {
    let row = ConsentRecordRow::from(record);
    query!(connection, c => diesel::insert_into(consent_records::table).values(&row).execute(c))?;
    Ok(())
}

pub(crate) fn find_record(
    connection: &mut Connection,
    id: &ConsentId,
) -> Result<Option<ConsentRecord>, StoreError> {
    let row: Option<ConsentRecordRow> = query!(connection, c => consent_records::table
        .find(id.as_str())
        .select(ConsentRecordRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ConsentRecord::try_from).transpose()
}

pub(crate) fn list_records(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    limit: u32,
) -> Result<Vec<ConsentRecord>, StoreError> {
    let rows: Vec<ConsentRecordRow> = query!(connection, c => consent_records::table
        .filter(consent_records::enterprise_id.eq(enterprise.as_str()))
        .order((consent_records::at.desc(), consent_records::id.desc()))
        .limit(limit.into())
        .select(ConsentRecordRow::as_select())
        .load(c))?;
    rows.into_iter().map(ConsentRecord::try_from).collect()
}

pub(crate) fn find_standing(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    platform: &PlatformId,
) -> Result<Option<StandingConsent>, StoreError> {
    let row: Option<StandingConsentRow> = query!(connection, c => standing_consents::table
        .find((enterprise.as_str(), platform.as_str()))
        .select(StandingConsentRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(StandingConsent::try_from).transpose()
}

pub(crate) fn hold_standing(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    platform: &PlatformId,
) -> Result<Option<StandingConsent>, StoreError> {
    let row: Option<StandingConsentRow> = hold!(
        connection,
        for_share,
        standing_consents::table
            .find((enterprise.as_str(), platform.as_str()))
            .select(StandingConsentRow::as_select())
    )?;
    row.map(StandingConsent::try_from).transpose()
}

pub(crate) fn list_standing(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<Vec<StandingConsent>, StoreError> {
    let rows: Vec<StandingConsentRow> = query!(connection, c => standing_consents::table
        .filter(standing_consents::enterprise_id.eq(enterprise.as_str()))
        .order(standing_consents::platform_id)
        .select(StandingConsentRow::as_select())
        .load(c))?;
    rows.into_iter().map(StandingConsent::try_from).collect()
}

pub(crate) fn upsert_standing(
    connection: &mut Connection,
    consent: &StandingConsent,
) -> Result<(), StoreError> {
    let row = StandingConsentRow::from(consent);
    query!(connection, c => UpsertStanding(&row).execute(c))?;
    Ok(())
}

/// One statement with the same text each time, so that it is prepared once: Diesel's own upsert is prepared anew
/// at every run, since what it sets may differ.
struct UpsertStanding<'a>(&'a StandingConsentRow);

impl<DB> QueryFragment<DB> for UpsertStanding<'_>
where
    DB: Backend + HasSqlType<Text> + HasSqlType<BigInt> + HasSqlType<Nullable<BigInt>>,
    String: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
    Option<i64>: ToSql<Nullable<BigInt>, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let row = self.0;
        out.push_sql(
            "INSERT INTO standing_consents (enterprise_id, platform_id, consent_id, scopes, \
             claims, claims_version, granted_at, revoked_at, signed_by) VALUES (",
        );
        for text in [
            &row.enterprise_id,
            &row.platform_id,
            &row.consent_id,
            &row.scopes,
            &row.claims,
        ] {
            out.push_bind_param::<Text, _>(text)?;
            out.push_sql(", ");
        }
        out.push_bind_param::<BigInt, _>(&row.claims_version)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&row.granted_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.revoked_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.signed_by)?;
        out.push_sql(
            ") ON CONFLICT (enterprise_id, platform_id) DO UPDATE SET \
             consent_id = excluded.consent_id, scopes = excluded.scopes, \
             claims = excluded.claims, claims_version = excluded.claims_version, granted_at = excluded.granted_at, \
             revoked_at = excluded.revoked_at, signed_by = excluded.signed_by",
        );
        Ok(())
    }
}

impl QueryId for UpsertStanding<'_> {
    type QueryId = UpsertStanding<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Conn> RunQueryDsl<Conn> for UpsertStanding<'_> {}
