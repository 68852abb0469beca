//! Rows of `platforms`. The client registration is one JSON text.

use diesel::prelude::*;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, Platform, PlatformState, Zone};
use idp_core::region::RegionCode;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, hold, query};
use crate::row::RowName;
use crate::schema::platforms;

#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = platforms)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub(crate) struct PlatformRow {
    id: String,
    name_zh: String,
    name_en: String,
    region_code: String,
    zone: String,
    support_contact: Option<String>,
    state: String,
    client: Option<String>,
    in_force_since: Option<i64>,
}

impl PlatformRow {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl TryFrom<&Platform> for PlatformRow {
    type Error = StoreError;

    fn try_from(platform: &Platform) -> Result<Self, StoreError> {
        let client = platform
            .client
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(|error| StoreError::Unavailable(format!("client registration: {error}")))?;
        Ok(Self {
            id: platform.id.as_str().to_owned(),
            name_zh: platform.name_zh.clone(),
            name_en: platform.name_en.clone(),
            region_code: platform.region_code.as_str().to_owned(),
            zone: platform.zone.as_str().to_owned(),
            support_contact: platform.support_contact.clone(),
            state: platform.state.as_str().to_owned(),
            client,
            in_force_since: platform.in_force_since.map(Timestamp::unix_millis),
        })
    }
}

impl TryFrom<PlatformRow> for Platform {
    type Error = StoreError;

    fn try_from(row: PlatformRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "platforms",
            id: &row.id,
        };
        let client = match &row.client {
            None => None,
            Some(json) => Some(name.column("client", serde_json::from_str::<Client>(json).ok())?),
        };
        Ok(Self {
            region_code: name.column("region_code", RegionCode::parse(&row.region_code).ok())?,
            zone: name.column("zone", Zone::of_word(&row.zone))?,
            state: name.column("state", PlatformState::of_word(&row.state))?,
            client,
            id: PlatformId::from_text(row.id),
            name_zh: row.name_zh,
            name_en: row.name_en,
            support_contact: row.support_contact,
            in_force_since: row.in_force_since.map(Timestamp::from_unix_millis),
        })
    }
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &PlatformId,
) -> Result<Option<Platform>, StoreError> {
    let row: Option<PlatformRow> = query!(connection, c => platforms::table
        .find(id.as_str())
        .select(PlatformRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Platform::try_from).transpose()
}

pub(crate) fn hold(
    connection: &mut Connection,
    id: &PlatformId,
) -> Result<Option<Platform>, StoreError> {
    let row: Option<PlatformRow> = hold!(
        connection,
        for_share,
        platforms::table
            .find(id.as_str())
            .select(PlatformRow::as_select())
    )?;
    row.map(Platform::try_from).transpose()
}

pub(crate) fn hold_alone(
    connection: &mut Connection,
    id: &PlatformId,
) -> Result<Option<Platform>, StoreError> {
    let row: Option<PlatformRow> = hold!(
        connection,
        for_no_key_update,
        platforms::table
            .find(id.as_str())
            .select(PlatformRow::as_select())
    )?;
    row.map(Platform::try_from).transpose()
}

/// Ordered here: the order of zones is the portal's, not the alphabet's.
pub(crate) fn list(connection: &mut Connection) -> Result<Vec<Platform>, StoreError> {
    let rows: Vec<PlatformRow> = query!(connection, c => platforms::table
        .select(PlatformRow::as_select())
        .load(c))?;
    let mut platforms = rows
        .into_iter()
        .map(Platform::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    platforms.sort_by(|a, b| (a.zone, &a.region_code, &a.id).cmp(&(b.zone, &b.region_code, &b.id)));
    Ok(platforms)
}

pub(crate) fn insert(connection: &mut Connection, platform: &Platform) -> Result<bool, StoreError> {
    let row = PlatformRow::try_from(platform)?;
    let rows = query!(connection, c => diesel::insert_into(platforms::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn update(connection: &mut Connection, platform: &Platform) -> Result<bool, StoreError> {
    let row = PlatformRow::try_from(platform)?;
    let rows = query!(connection, c => diesel::update(platforms::table)
        .filter(platforms::id.eq(platform.id.as_str()))
        .set(&row)
        .execute(c))?;
    Ok(rows == 1)
}
