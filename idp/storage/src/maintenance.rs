//! Rows of `maintenances`.

use diesel::prelude::*;
use idp_core::id::{MaintenanceId, PlatformId};
use idp_core::platform_health::Maintenance;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::schema::maintenances;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = maintenances)]
#[diesel(treat_none_as_default_value = false)]
struct MaintenanceRow {
    id: String,
    platform_id: String,
    from_at: i64,
    until_at: i64,
    text_zh: String,
    text_en: String,
    announced_by: String,
    announced_at: i64,
    ended_at: Option<i64>,
}

impl From<&Maintenance> for MaintenanceRow {
    fn from(maintenance: &Maintenance) -> Self {
        Self {
            id: maintenance.id.as_str().to_owned(),
            platform_id: maintenance.platform_id.as_str().to_owned(),
            from_at: maintenance.from.unix_millis(),
            until_at: maintenance.until.unix_millis(),
            text_zh: maintenance.text_zh.clone(),
            text_en: maintenance.text_en.clone(),
            announced_by: maintenance.announced_by.clone(),
            announced_at: maintenance.announced_at.unix_millis(),
            ended_at: maintenance.ended_at.map(Timestamp::unix_millis),
        }
    }
}

impl From<MaintenanceRow> for Maintenance {
    fn from(row: MaintenanceRow) -> Self {
        Self {
            id: MaintenanceId::from_text(row.id),
            platform_id: PlatformId::from_text(row.platform_id),
            from: Timestamp::from_unix_millis(row.from_at),
            until: Timestamp::from_unix_millis(row.until_at),
            text_zh: row.text_zh,
            text_en: row.text_en,
            announced_by: row.announced_by,
            announced_at: Timestamp::from_unix_millis(row.announced_at),
            ended_at: row.ended_at.map(Timestamp::from_unix_millis),
        }
    }
}

pub(crate) fn insert(
    connection: &mut Connection,
    maintenance: &Maintenance,
) -> Result<(), StoreError> {
    let row = MaintenanceRow::from(maintenance);
    query!(connection, c => diesel::insert_into(maintenances::table)
        .values(&row)
        .execute(c))?;
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &MaintenanceId,
) -> Result<Option<Maintenance>, StoreError> {
    let row: Option<MaintenanceRow> = query!(connection, c => maintenances::table
        .find(id.as_str())
        .select(MaintenanceRow::as_select())
        .get_result(c)
        .optional())?;
    Ok(row.map(Maintenance::from))
}

pub(crate) fn end(
    connection: &mut Connection,
    id: &MaintenanceId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(maintenances::table)
        .filter(maintenances::id.eq(id.as_str()))
        .filter(maintenances::ended_at.is_null())
        .set(maintenances::ended_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn list(
    connection: &mut Connection,
    platform: Option<&PlatformId>,
    now: Timestamp,
) -> Result<Vec<Maintenance>, StoreError> {
    let ahead = maintenances::until_at
        .gt(now.unix_millis())
        .and(maintenances::ended_at.is_null());
    let order = (maintenances::from_at, maintenances::id);
    let rows: Vec<MaintenanceRow> = match platform {
        None => query!(connection, c => maintenances::table
            .filter(ahead)
            .order(order)
            .select(MaintenanceRow::as_select())
            .load(c))?,
        Some(id) => query!(connection, c => maintenances::table
            .filter(ahead)
            .filter(maintenances::platform_id.eq(id.as_str()))
            .order(order)
            .select(MaintenanceRow::as_select())
            .load(c))?,
    };
    Ok(rows.into_iter().map(Maintenance::from).collect())
}
