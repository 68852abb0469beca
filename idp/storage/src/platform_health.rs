//! Rows of `health_checks`, `endpoint_health` and `health_changes`.

use diesel::prelude::*;
use idp_core::id::PlatformId;
use idp_core::platform_health::{Endpoint, EndpointHealth, HealthChange, HealthState};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::{endpoint_health, health_changes, health_checks};

pub(crate) fn list_checks(
    connection: &mut Connection,
) -> Result<Vec<(PlatformId, Timestamp)>, StoreError> {
    let rows: Vec<(String, i64)> = query!(connection, c => health_checks::table
        .select((health_checks::platform_id, health_checks::due_at))
        .load(c))?;
    let read = |(id, due)| (PlatformId::from_text(id), Timestamp::from_unix_millis(due));
    Ok(rows.into_iter().map(read).collect())
}

pub(crate) fn exchange_check(
    connection: &mut Connection,
    platform: &PlatformId,
    from: Option<Timestamp>,
    to: Timestamp,
) -> Result<bool, StoreError> {
    let (id, to) = (platform.as_str(), to.unix_millis());
    let rows = match from {
        None => query!(connection, c => diesel::insert_into(health_checks::table)
            .values((health_checks::platform_id.eq(id), health_checks::due_at.eq(to)))
            .on_conflict_do_nothing()
            .execute(c))?,
        Some(from) => query!(connection, c => diesel::update(health_checks::table)
            .filter(health_checks::platform_id.eq(id))
            .filter(health_checks::due_at.eq(from.unix_millis()))
            .set(health_checks::due_at.eq(to))
            .execute(c))?,
    };
    Ok(rows == 1)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = endpoint_health)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct HealthRow {
    platform_id: String,
    endpoint: String,
    url: String,
    state: String,
    reason: Option<String>,
    since: i64,
    checked_at: i64,
    misses: i64,
}

impl From<&EndpointHealth> for HealthRow {
    fn from(health: &EndpointHealth) -> Self {
        Self {
            platform_id: health.platform_id.as_str().to_owned(),
            endpoint: health.endpoint.as_str().to_owned(),
            url: health.url.clone(),
            state: health.state.as_str().to_owned(),
            reason: health.reason.clone(),
            since: health.since.unix_millis(),
            checked_at: health.checked_at.unix_millis(),
            misses: health.misses.into(),
        }
    }
}

impl TryFrom<HealthRow> for EndpointHealth {
    type Error = StoreError;

    fn try_from(row: HealthRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "endpoint_health",
            id: &row.platform_id,
        };
        Ok(Self {
            endpoint: name.column("endpoint", Endpoint::of_word(&row.endpoint))?,
            state: name.column("state", HealthState::of_word(&row.state))?,
            misses: name.number("misses", row.misses)?,
            platform_id: PlatformId::from_text(row.platform_id),
            url: row.url,
            reason: row.reason,
            since: Timestamp::from_unix_millis(row.since),
            checked_at: Timestamp::from_unix_millis(row.checked_at),
        })
    }
}

pub(crate) fn list(
    connection: &mut Connection,
    platform: Option<&PlatformId>,
) -> Result<Vec<EndpointHealth>, StoreError> {
    let order = (
        endpoint_health::platform_id,
        endpoint_health::endpoint,
        endpoint_health::url,
    );
    let rows: Vec<HealthRow> = match platform {
        None => query!(connection, c => endpoint_health::table
            .order(order)
            .select(HealthRow::as_select())
            .load(c))?,
        Some(id) => query!(connection, c => endpoint_health::table
            .filter(endpoint_health::platform_id.eq(id.as_str()))
            .order(order)
            .select(HealthRow::as_select())
            .load(c))?,
    };
    rows.into_iter().map(EndpointHealth::try_from).collect()
}

/// An update first: mostly the address is known.
pub(crate) fn upsert(
    connection: &mut Connection,
    health: &EndpointHealth,
) -> Result<(), StoreError> {
    let row = HealthRow::from(health);
    let key = (
        row.platform_id.clone(),
        row.endpoint.clone(),
        row.url.clone(),
    );
    let rows = query!(connection, c => diesel::update(endpoint_health::table.find(key))
        .set(&row)
        .execute(c))?;
    if rows == 0 {
        query!(connection, c => diesel::insert_into(endpoint_health::table)
            .values(&row)
            .execute(c))?;
    }
    Ok(())
}

pub(crate) fn delete(
    connection: &mut Connection,
    health: &EndpointHealth,
) -> Result<(), StoreError> {
    let row = HealthRow::from(health);
    let key = (row.platform_id, row.endpoint, row.url);
    query!(connection, c => diesel::delete(endpoint_health::table.find(key)).execute(c))?;
    Ok(())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = health_changes)]
#[diesel(treat_none_as_default_value = false)]
struct ChangeRow {
    platform_id: String,
    endpoint: String,
    url: String,
    at: i64,
    state_before: String,
    state: String,
    reason: Option<String>,
}

pub(crate) fn insert_change(
    connection: &mut Connection,
    change: &HealthChange,
) -> Result<(), StoreError> {
    let row = ChangeRow {
        platform_id: change.platform_id.as_str().to_owned(),
        endpoint: change.endpoint.as_str().to_owned(),
        url: change.url.clone(),
        at: change.at.unix_millis(),
        state_before: change.from.as_str().to_owned(),
        state: change.to.as_str().to_owned(),
        reason: change.reason.clone(),
    };
    query!(connection, c => diesel::insert_into(health_changes::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

impl TryFrom<ChangeRow> for HealthChange {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "health_changes",
            id: &row.platform_id,
        };
        Ok(Self {
            endpoint: name.column("endpoint", Endpoint::of_word(&row.endpoint))?,
            from: name.column("state_before", HealthState::of_word(&row.state_before))?,
            to: name.column("state", HealthState::of_word(&row.state))?,
            platform_id: PlatformId::from_text(row.platform_id),
            url: row.url,
            at: Timestamp::from_unix_millis(row.at),
            reason: row.reason,
        })
    }
}

pub(crate) fn list_changes(
    connection: &mut Connection,
    platform: &PlatformId,
    limit: u32,
) -> Result<Vec<HealthChange>, StoreError> {
    let rows: Vec<ChangeRow> = query!(connection, c => health_changes::table
        .filter(health_changes::platform_id.eq(platform.as_str()))
        .order((health_changes::at.desc(), health_changes::endpoint, health_changes::url))
        .limit(limit.into())
        .select(ChangeRow::as_select())
        .load(c))?;
    rows.into_iter().map(HealthChange::try_from).collect()
}

/// All of one moment go together: they were one look.
pub(crate) fn forget_changes(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<usize, StoreError> {
    let old: Vec<i64> = query!(connection, c => health_changes::table
        .filter(health_changes::at.lt(before.unix_millis()))
        .order(health_changes::at)
        .limit(limit.into())
        .select(health_changes::at)
        .load(c))?;
    let Some(last) = old.last().copied() else {
        return Ok(0);
    };
    query!(connection, c => diesel::delete(health_changes::table)
        .filter(health_changes::at.le(last))
        .execute(c))
}
