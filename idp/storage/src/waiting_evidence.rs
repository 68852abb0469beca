//! Rows of `waiting_evidence`.

use diesel::prelude::*;
use idp_core::evidence::{Evidence, Holder, WaitingEvidence};
use idp_core::id::OperatorId;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::schema::waiting_evidence;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = waiting_evidence)]
struct WaitingRow {
    operator_id: String,
    signed_in_at: i64,
    name: String,
    content: Vec<u8>,
    handed_in_at: i64,
}

impl From<&WaitingEvidence> for WaitingRow {
    fn from(waiting: &WaitingEvidence) -> Self {
        Self {
            operator_id: waiting.holder.operator_id.as_str().to_owned(),
            signed_in_at: waiting.holder.signed_in_at.unix_millis(),
            name: waiting.evidence.name.clone(),
            content: waiting.evidence.content.clone(),
            handed_in_at: waiting.handed_in_at.unix_millis(),
        }
    }
}

impl From<WaitingRow> for WaitingEvidence {
    fn from(row: WaitingRow) -> Self {
        Self {
            holder: Holder {
                operator_id: OperatorId::from_text(row.operator_id),
                signed_in_at: Timestamp::from_unix_millis(row.signed_in_at),
            },
            evidence: Evidence {
                name: row.name,
                content: row.content,
            },
            handed_in_at: Timestamp::from_unix_millis(row.handed_in_at),
        }
    }
}

pub(crate) fn put(
    connection: &mut Connection,
    waiting: &WaitingEvidence,
) -> Result<(), StoreError> {
    delete(connection, &waiting.holder)?;
    let row = WaitingRow::from(waiting);
    query!(connection, c => diesel::insert_into(waiting_evidence::table).values(&row).execute(c))?;
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    holder: &Holder,
) -> Result<Option<WaitingEvidence>, StoreError> {
    let (operator, at) = (
        holder.operator_id.as_str(),
        holder.signed_in_at.unix_millis(),
    );
    let row: Option<WaitingRow> = query!(connection, c => waiting_evidence::table
        .find((operator, at))
        .select(WaitingRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(WaitingEvidence::from))
}

pub(crate) fn delete(connection: &mut Connection, holder: &Holder) -> Result<(), StoreError> {
    let (operator, at) = (
        holder.operator_id.as_str(),
        holder.signed_in_at.unix_millis(),
    );
    query!(connection, c => diesel::delete(waiting_evidence::table.find((operator, at))).execute(c))?;
    Ok(())
}

pub(crate) fn forget(connection: &mut Connection, before: Timestamp) -> Result<usize, StoreError> {
    let before = before.unix_millis();
    query!(connection, c => diesel::delete(
        waiting_evidence::table.filter(waiting_evidence::handed_in_at.lt(before))
    ).execute(c))
}
