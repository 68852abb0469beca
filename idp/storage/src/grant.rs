//! Rows of `grants`, and a grant joined with all it stands on.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use idp_core::authorization::{Assurance, RequestedClaims};
use idp_core::grant::{EndedGrant, Grant, GrantStanding};
use idp_core::id::{ConsentId, EnterpriseId, GrantId, KeyLockId, PlatformId, SessionId};
use idp_core::session::Which;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::enterprise::EnterpriseRow;
use crate::key_lock::KeyLockRow;
use crate::platform::PlatformRow;
use crate::row::RowName;
use crate::schema::{enterprises, grants, key_locks, platforms};
use crate::session;

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = grants)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct GrantRow {
    id: String,
    code_sha256: String,
    enterprise_id: String,
    key_lock_id: String,
    platform_id: String,
    consent_id: String,
    session_id: String,
    scopes: String,
    userinfo_claims: String,
    id_token_claims: String,
    resources: String,
    acr: String,
    cnf: Option<String>,
    auth_time: i64,
    created_at: i64,
    revoked_at: Option<i64>,
    told_at: Option<i64>,
}

impl GrantRow {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl From<&Grant> for GrantRow {
    fn from(grant: &Grant) -> Self {
        Self {
            id: grant.id.as_str().to_owned(),
            code_sha256: grant.code_sha256.clone(),
            enterprise_id: grant.enterprise_id.as_str().to_owned(),
            key_lock_id: grant.key_lock_id.as_str().to_owned(),
            platform_id: grant.platform_id.as_str().to_owned(),
            consent_id: grant.consent_id.as_str().to_owned(),
            session_id: grant.session_id.as_str().to_owned(),
            scopes: grant.scopes.to_string(),
            userinfo_claims: grant.claims.userinfo.to_string(),
            id_token_claims: grant.claims.id_token.to_string(),
            resources: grant.resources.join(" "),
            acr: grant.assurance.as_str().to_owned(),
            // An enum of two texts always serialises.
            cnf: (grant.confirmation.as_ref()).and_then(|cnf| serde_json::to_string(cnf).ok()),
            auth_time: grant.auth_time.unix_millis(),
            created_at: grant.created_at.unix_millis(),
            revoked_at: grant.revoked_at.map(Timestamp::unix_millis),
            // One that is dead when it is written gave nothing: there is nothing to tell.
            told_at: grant.revoked_at.map(Timestamp::unix_millis),
        }
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "grants",
            id: &row.id,
        };
        Ok(Self {
            scopes: name.scopes("scopes", &row.scopes)?,
            claims: RequestedClaims {
                userinfo: name.claims("userinfo_claims", &row.userinfo_claims)?,
                id_token: name.claims("id_token_claims", &row.id_token_claims)?,
            },
            resources: row
                .resources
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect(),
            assurance: name.column("acr", Assurance::of_word(&row.acr))?,
            confirmation: match &row.cnf {
                None => None,
                Some(json) => Some(name.column("cnf", serde_json::from_str(json).ok())?),
            },
            id: GrantId::from_text(row.id),
            code_sha256: row.code_sha256,
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            key_lock_id: KeyLockId::from_text(row.key_lock_id),
            platform_id: PlatformId::from_text(row.platform_id),
            consent_id: ConsentId::from_text(row.consent_id),
            session_id: SessionId::from_text(row.session_id),
            auth_time: Timestamp::from_unix_millis(row.auth_time),
            created_at: Timestamp::from_unix_millis(row.created_at),
            revoked_at: row.revoked_at.map(Timestamp::from_unix_millis),
        })
    }
}

pub(crate) fn insert(connection: &mut Connection, grant: &Grant) -> Result<bool, StoreError> {
    let row = GrantRow::from(grant);
    let rows = query!(connection, c => diesel::insert_into(grants::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn find_standing(
    connection: &mut Connection,
    id: &GrantId,
) -> Result<Option<GrantStanding>, StoreError> {
    type Joined = (GrantRow, EnterpriseRow, KeyLockRow, PlatformRow);
    let row: Option<Joined> = query!(connection, c => grants::table
        .inner_join(enterprises::table)
        .inner_join(key_locks::table)
        .inner_join(platforms::table)
        .filter(grants::id.eq(id.as_str()))
        .select((
            GrantRow::as_select(),
            EnterpriseRow::as_select(),
            KeyLockRow::as_select(),
            PlatformRow::as_select(),
        ))
        .get_result(c)
        .optional())?;
    let Some((grant, enterprise, key_lock, platform)) = row else {
        return Ok(None);
    };
    Ok(Some(GrantStanding {
        grant: grant.try_into()?,
        enterprise: enterprise.try_into()?,
        key_lock: key_lock.try_into()?,
        platform: platform.try_into()?,
    }))
}

diesel::define_sql_function! {
    /// The first that is not null.
    fn coalesce(first: Nullable<BigInt>, second: BigInt) -> BigInt;
}

/// What there is to tell of a grant that was revoked.
type Ended = (String, String, String, i64);

const ENDED: (
    grants::enterprise_id,
    grants::platform_id,
    grants::session_id,
    grants::created_at,
) = (
    grants::enterprise_id,
    grants::platform_id,
    grants::session_id,
    grants::created_at,
);

fn ended((enterprise, platform, session, created): Ended) -> EndedGrant {
    EndedGrant {
        enterprise_id: EnterpriseId::from_text(enterprise),
        platform_id: PlatformId::from_text(platform),
        session_id: SessionId::from_text(session),
        created_at: Timestamp::from_unix_millis(created),
    }
}

pub(crate) fn revoke(
    connection: &mut Connection,
    id: &GrantId,
    at: Timestamp,
) -> Result<Option<EndedGrant>, StoreError> {
    let row: Option<Ended> = query!(connection, c => diesel::update(grants::table)
        .filter(grants::id.eq(id.as_str()))
        .filter(grants::revoked_at.is_null())
        .set((
            grants::revoked_at.eq(at.unix_millis()),
            grants::told_at.eq(at.unix_millis()),
        ))
        .returning(ENDED)
        .get_result(c)
        .optional())?;
    Ok(row.map(ended))
}

/// Of no use from now on, and nobody told.
pub(crate) fn give_up(
    connection: &mut Connection,
    id: &GrantId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(grants::table)
        .filter(grants::id.eq(id.as_str()))
        .filter(grants::revoked_at.is_null())
        .set(grants::revoked_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn revoke_to(
    connection: &mut Connection,
    (enterprise, platform): (&EnterpriseId, &PlatformId),
    at: Timestamp,
) -> Result<Vec<EndedGrant>, StoreError> {
    let rows: Vec<Ended> = query!(connection, c => diesel::update(grants::table)
        .filter(grants::enterprise_id.eq(enterprise.as_str()))
        .filter(grants::platform_id.eq(platform.as_str()))
        .filter(grants::told_at.is_null())
        .set((
            grants::revoked_at.eq(coalesce(grants::revoked_at, at.unix_millis()).nullable()),
            grants::told_at.eq(at.unix_millis()),
        ))
        .returning(ENDED)
        .get_results(c))?;
    Ok(rows.into_iter().map(ended).collect())
}

pub(crate) fn revoke_held_by(
    connection: &mut Connection,
    platform: &PlatformId,
    at: Timestamp,
) -> Result<usize, StoreError> {
    query!(connection, c => diesel::update(grants::table)
        .filter(grants::platform_id.eq(platform.as_str()))
        .filter(grants::revoked_at.is_null())
        .set(grants::revoked_at.eq(at.unix_millis()))
        .execute(c))
}

/// As with sign-ins, the table is taken whole, after theirs.
pub(crate) fn revoke_every(
    connection: &mut Connection,
    at: Timestamp,
    told_since: Timestamp,
) -> Result<(usize, Vec<EndedGrant>), StoreError> {
    connection.take_table("grants")?;
    let revoked = query!(connection, c => diesel::update(grants::table)
        .filter(grants::revoked_at.is_null())
        .set(grants::revoked_at.eq(at.unix_millis()))
        .execute(c))?;
    let rows: Vec<Ended> = query!(connection, c => diesel::update(grants::table)
        .filter(grants::told_at.is_null())
        .filter(grants::created_at.ge(told_since.unix_millis()))
        .set(grants::told_at.eq(at.unix_millis()))
        .returning(ENDED)
        .get_results(c))?;
    Ok((revoked, rows.into_iter().map(ended).collect()))
}

pub(crate) fn revoke_of(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    which: Which<'_>,
    at: Timestamp,
) -> Result<Vec<EndedGrant>, StoreError> {
    let row = match which {
        Which::One(id) | Which::AllBut(id) | Which::OfLockBut(_, id) => {
            session::list_row(connection, id)?
        }
        Which::OfLock(_) | Which::All => Vec::new(),
    };
    // The first revocation stands: a later one does not move its time.
    let untold = grants::enterprise_id
        .eq(enterprise.as_str())
        .and(grants::told_at.is_null());
    let all = diesel::update(grants::table).filter(untold).set((
        grants::revoked_at.eq(coalesce(grants::revoked_at, at.unix_millis()).nullable()),
        grants::told_at.eq(at.unix_millis()),
    ));
    let rows: Vec<Ended> = query!(connection, c => match which {
        Which::One(_) => all
            .filter(grants::session_id.eq_any(&row))
            .returning(ENDED)
            .get_results(c),
        Which::AllBut(_) => all
            .filter(grants::session_id.ne_all(&row))
            .returning(ENDED)
            .get_results(c),
        Which::OfLock(id) => all
            .filter(grants::key_lock_id.eq(id.as_str()))
            .returning(ENDED)
            .get_results(c),
        Which::OfLockBut(lock, _) => all
            .filter(grants::key_lock_id.eq(lock.as_str()))
            .filter(grants::session_id.ne_all(&row))
            .returning(ENDED)
            .get_results(c),
        Which::All => all.returning(ENDED).get_results(c),
    })?;
    Ok(rows.into_iter().map(ended).collect())
}

pub(crate) fn last_to(
    connection: &mut Connection,
    (enterprise, platform): (&EnterpriseId, &PlatformId),
) -> Result<Option<Timestamp>, StoreError> {
    let newest: Option<i64> = query!(connection, c => grants::table
        .filter(grants::enterprise_id.eq(enterprise.as_str()))
        .filter(grants::platform_id.eq(platform.as_str()))
        // One that was dead when it was written gave nothing.
        .filter(grants::revoked_at.is_null().or(grants::revoked_at.gt(grants::created_at.nullable())))
        .select(diesel::dsl::max(grants::created_at))
        .get_result(c))?;
    Ok(newest.map(Timestamp::from_unix_millis))
}

/// The first revocation stands: a later one does not move its time.
pub(crate) fn revoke_by_code(
    connection: &mut Connection,
    code_sha256: &str,
    at: Timestamp,
) -> Result<Option<(GrantId, Option<EndedGrant>)>, StoreError> {
    let id: Option<String> = query!(connection, c => grants::table
        .filter(grants::code_sha256.eq(code_sha256))
        .select(grants::id)
        .get_result(c)
        .optional())?;
    let Some(id) = id.map(GrantId::from_text) else {
        return Ok(None);
    };
    let ended = revoke(connection, &id, at)?;
    Ok(Some((id, ended)))
}
