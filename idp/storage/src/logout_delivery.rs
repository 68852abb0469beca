//! Rows of `logout_deliveries`.

use diesel::prelude::*;
use idp_core::id::{EnterpriseId, LogoutDeliveryId, PlatformId, SessionId};
use idp_core::listing::Place;
use idp_core::logout_delivery::{DeliveryCounts, DeliveryStage, LogoutDelivery};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::logout_deliveries;

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = logout_deliveries)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct DeliveryRow {
    id: String,
    platform_id: String,
    enterprise_id: String,
    session_id: String,
    created_at: i64,
    tried_since: i64,
    attempts: i64,
    state: String,
    state_at: i64,
    why: Option<String>,
}

impl DeliveryRow {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Where it stands among those in its state.
    pub(crate) fn place_in_state(&self) -> Place {
        Place {
            number: self.state_at,
            text: self.id.clone(),
        }
    }
}

impl From<&LogoutDelivery> for DeliveryRow {
    fn from(delivery: &LogoutDelivery) -> Self {
        let (stage, at) = delivery.state.parts();
        Self {
            id: delivery.id.as_str().to_owned(),
            platform_id: delivery.platform_id.as_str().to_owned(),
            enterprise_id: delivery.enterprise_id.as_str().to_owned(),
            session_id: delivery.session_id.as_str().to_owned(),
            created_at: delivery.created_at.unix_millis(),
            tried_since: delivery.tried_since.unix_millis(),
            attempts: delivery.attempts.into(),
            state: stage.as_str().to_owned(),
            state_at: at.unix_millis(),
            why: delivery.why.clone(),
        }
    }
}

impl TryFrom<DeliveryRow> for LogoutDelivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "logout_deliveries",
            id: &row.id,
        };
        let stage = name.column("state", DeliveryStage::of_word(&row.state))?;
        Ok(Self {
            attempts: name.number("attempts", row.attempts)?,
            state: stage.at(Timestamp::from_unix_millis(row.state_at)),
            id: LogoutDeliveryId::from_text(row.id),
            platform_id: PlatformId::from_text(row.platform_id),
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            session_id: SessionId::from_text(row.session_id),
            created_at: Timestamp::from_unix_millis(row.created_at),
            tried_since: Timestamp::from_unix_millis(row.tried_since),
            why: row.why,
        })
    }
}

pub(crate) fn insert(
    connection: &mut Connection,
    delivery: &LogoutDelivery,
) -> Result<(), StoreError> {
    let row = DeliveryRow::from(delivery);
    query!(connection, c => diesel::insert_into(logout_deliveries::table)
        .values(&row)
        .execute(c))?;
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &LogoutDeliveryId,
) -> Result<Option<LogoutDelivery>, StoreError> {
    let row: Option<DeliveryRow> = query!(connection, c => logout_deliveries::table
        .find(id.as_str())
        .select(DeliveryRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(LogoutDelivery::try_from).transpose()
}

pub(crate) fn list_due(
    connection: &mut Connection,
    now: Timestamp,
    except: &[PlatformId],
    limit: u32,
) -> Result<Vec<LogoutDelivery>, StoreError> {
    let except: Vec<&str> = except.iter().map(PlatformId::as_str).collect();
    let rows: Vec<DeliveryRow> = query!(connection, c => logout_deliveries::table
        .filter(logout_deliveries::state.eq(DeliveryStage::Waiting.as_str()))
        .filter(logout_deliveries::state_at.le(now.unix_millis()))
        .filter(logout_deliveries::platform_id.ne_all(&except))
        .order((logout_deliveries::state_at, logout_deliveries::id))
        .limit(limit.into())
        .select(DeliveryRow::as_select())
        .load(c))?;
    rows.into_iter().map(LogoutDelivery::try_from).collect()
}

pub(crate) fn list(
    connection: &mut Connection,
    stage: DeliveryStage,
    limit: u32,
) -> Result<Vec<LogoutDelivery>, StoreError> {
    let rows: Vec<DeliveryRow> = query!(connection, c => logout_deliveries::table
        .filter(logout_deliveries::state.eq(stage.as_str()))
        .order((logout_deliveries::state_at.desc(), logout_deliveries::id.desc()))
        .limit(limit.into())
        .select(DeliveryRow::as_select())
        .load(c))?;
    rows.into_iter().map(LogoutDelivery::try_from).collect()
}

/// What it is about never changes; everything else does.
pub(crate) fn exchange(
    connection: &mut Connection,
    from: &LogoutDelivery,
    to: &LogoutDelivery,
) -> Result<bool, StoreError> {
    let (was, row) = (DeliveryRow::from(from), DeliveryRow::from(to));
    let rows = query!(connection, c => diesel::update(logout_deliveries::table)
        .filter(logout_deliveries::id.eq(&was.id))
        .filter(logout_deliveries::state.eq(&was.state))
        .filter(logout_deliveries::state_at.eq(was.state_at))
        .filter(logout_deliveries::attempts.eq(was.attempts))
        .set((
            logout_deliveries::tried_since.eq(row.tried_since),
            logout_deliveries::attempts.eq(row.attempts),
            logout_deliveries::state.eq(&row.state),
            logout_deliveries::state_at.eq(row.state_at),
            logout_deliveries::why.eq(&row.why),
        ))
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn count(connection: &mut Connection) -> Result<DeliveryCounts, StoreError> {
    let rows: Vec<(String, i64)> = query!(connection, c => logout_deliveries::table
        .group_by(logout_deliveries::state)
        .select((logout_deliveries::state, diesel::dsl::count_star()))
        .load(c))?;
    let of = |stage: DeliveryStage| {
        let found = rows.iter().find(|(word, _)| word == stage.as_str());
        found.map_or(0, |(_, number)| *number)
    };
    Ok(DeliveryCounts {
        waiting: of(DeliveryStage::Waiting),
        confirmed: of(DeliveryStage::Confirmed),
        refused: of(DeliveryStage::Refused),
        given_up: of(DeliveryStage::GivenUp),
    })
}

/// Settled ones alone, however old the others are.
pub(crate) fn forget(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<usize, StoreError> {
    let old: Vec<String> = query!(connection, c => logout_deliveries::table
        .filter(logout_deliveries::state.ne(DeliveryStage::Waiting.as_str()))
        .filter(logout_deliveries::state_at.lt(before.unix_millis()))
        .limit(limit.into())
        .select(logout_deliveries::id)
        .load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    query!(connection, c => diesel::delete(logout_deliveries::table)
        .filter(logout_deliveries::id.eq_any(&old))
        .execute(c))
}
