//! Rows of `notifications`.

use diesel::prelude::*;
use idp_core::delivery::{DeliveryCounts, DeliveryStage};
use idp_core::id::{EnterpriseId, NotificationId};
use idp_core::listing::Place;
use idp_core::notification::{Channel, Happening, Notification, NotificationKind};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::notifications;

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = notifications)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct NotificationRow {
    id: String,
    enterprise_id: String,
    kind: String,
    channel: String,
    happening: String,
    created_at: i64,
    tried_since: i64,
    attempts: i64,
    state: String,
    state_at: i64,
    why: Option<String>,
}

impl NotificationRow {
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

impl From<&Notification> for NotificationRow {
    fn from(notification: &Notification) -> Self {
        let (stage, at) = notification.state.parts();
        Self {
            id: notification.id.as_str().to_owned(),
            enterprise_id: notification.enterprise_id.as_str().to_owned(),
            kind: notification.happening.kind().as_str().to_owned(),
            channel: notification.channel.to_text(),
            // Plain structs of text and numbers always serialise.
            happening: serde_json::to_string(&notification.happening).unwrap_or_default(),
            created_at: notification.created_at.unix_millis(),
            tried_since: notification.tried_since.unix_millis(),
            attempts: notification.attempts.into(),
            state: stage.as_str().to_owned(),
            state_at: at.unix_millis(),
            why: notification.why.clone(),
        }
    }
}

impl TryFrom<NotificationRow> for Notification {
    type Error = StoreError;

    fn try_from(row: NotificationRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "notifications",
            id: &row.id,
        };
        let stage = name.column("state", DeliveryStage::of_word(&row.state))?;
        let happening: Option<Happening> = serde_json::from_str(&row.happening).ok();
        Ok(Self {
            channel: name.column("channel", Channel::of_text(&row.channel))?,
            happening: name.column("happening", happening)?,
            attempts: name.number("attempts", row.attempts)?,
            state: stage.at(Timestamp::from_unix_millis(row.state_at)),
            id: NotificationId::from_text(row.id),
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            created_at: Timestamp::from_unix_millis(row.created_at),
            tried_since: Timestamp::from_unix_millis(row.tried_since),
            why: row.why,
        })
    }
}

pub(crate) fn insert(
    connection: &mut Connection,
    notification: &Notification,
) -> Result<(), StoreError> {
    let row = NotificationRow::from(notification);
    query!(connection, c => diesel::insert_into(notifications::table)
        .values(&row)
        .execute(c))?;
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &NotificationId,
) -> Result<Option<Notification>, StoreError> {
    let row: Option<NotificationRow> = query!(connection, c => notifications::table
        .find(id.as_str())
        .select(NotificationRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Notification::try_from).transpose()
}

pub(crate) fn list_due(
    connection: &mut Connection,
    now: Timestamp,
    except: &[Channel],
    limit: u32,
) -> Result<Vec<Notification>, StoreError> {
    let except: Vec<String> = except.iter().map(Channel::to_text).collect();
    let rows: Vec<NotificationRow> = query!(connection, c => notifications::table
        .filter(notifications::state.eq(DeliveryStage::Waiting.as_str()))
        .filter(notifications::state_at.le(now.unix_millis()))
        .filter(notifications::channel.ne_all(&except))
        .order((notifications::state_at, notifications::id))
        .limit(limit.into())
        .select(NotificationRow::as_select())
        .load(c))?;
    rows.into_iter().map(Notification::try_from).collect()
}

pub(crate) fn list(
    connection: &mut Connection,
    stage: DeliveryStage,
    limit: u32,
) -> Result<Vec<Notification>, StoreError> {
    let rows: Vec<NotificationRow> = query!(connection, c => notifications::table
        .filter(notifications::state.eq(stage.as_str()))
        .order((notifications::state_at.desc(), notifications::id.desc()))
        .limit(limit.into())
        .select(NotificationRow::as_select())
        .load(c))?;
    rows.into_iter().map(Notification::try_from).collect()
}

/// What it is about never changes; everything else does.
pub(crate) fn exchange(
    connection: &mut Connection,
    from: &Notification,
    to: &Notification,
) -> Result<bool, StoreError> {
    let (was, row) = (NotificationRow::from(from), NotificationRow::from(to));
    let rows = query!(connection, c => diesel::update(notifications::table)
        .filter(notifications::id.eq(&was.id))
        .filter(notifications::state.eq(&was.state))
        .filter(notifications::state_at.eq(was.state_at))
        .filter(notifications::attempts.eq(was.attempts))
        .set((
            notifications::tried_since.eq(row.tried_since),
            notifications::attempts.eq(row.attempts),
            notifications::state.eq(&row.state),
            notifications::state_at.eq(row.state_at),
            notifications::why.eq(&row.why),
        ))
        .execute(c))?;
    Ok(rows == 1)
}

/// What was held back was never tried.
pub(crate) fn count_since(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    (kind, channel): (NotificationKind, &Channel),
    since: Timestamp,
) -> Result<i64, StoreError> {
    let held_back = notifications::state
        .eq(DeliveryStage::GivenUp.as_str())
        .and(notifications::attempts.eq(0));
    query!(connection, c => notifications::table
        .filter(notifications::enterprise_id.eq(enterprise.as_str()))
        .filter(notifications::kind.eq(kind.as_str()))
        .filter(notifications::channel.eq(channel.to_text()))
        .filter(notifications::created_at.gt(since.unix_millis()))
        .filter(diesel::dsl::not(held_back))
        .count()
        .get_result(c))
}

pub(crate) fn count(
    connection: &mut Connection,
) -> Result<Vec<(Channel, DeliveryCounts)>, StoreError> {
    let rows: Vec<(String, String, i64)> = query!(connection, c => notifications::table
        .group_by((notifications::channel, notifications::state))
        .select((notifications::channel, notifications::state, diesel::dsl::count_star()))
        .order((notifications::channel, notifications::state))
        .load(c))?;
    let mut counts: Vec<(Channel, DeliveryCounts)> = Vec::new();
    for (text, word, number) in rows {
        let name = RowName {
            table: "notifications",
            id: &text,
        };
        let channel = name.column("channel", Channel::of_text(&text))?;
        let stage = name.column("state", DeliveryStage::of_word(&word))?;
        if counts.last().is_none_or(|(last, _)| *last != channel) {
            counts.push((channel, DeliveryCounts::default()));
        }
        if let Some((_, of_channel)) = counts.last_mut() {
            *of_channel.of_mut(stage) = number;
        }
    }
    Ok(counts)
}

/// Settled ones alone, however old the others are.
pub(crate) fn forget(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<usize, StoreError> {
    let old: Vec<String> = query!(connection, c => notifications::table
        .filter(notifications::state.ne(DeliveryStage::Waiting.as_str()))
        .filter(notifications::state_at.lt(before.unix_millis()))
        .limit(limit.into())
        .select(notifications::id)
        .load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    query!(connection, c => diesel::delete(notifications::table)
        .filter(notifications::id.eq_any(&old))
        .execute(c))
}
