//! Rows of `notices`.

use diesel::prelude::*;
use idp_core::id::{NoticeId, OperatorId};
use idp_core::notice::Notice;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::schema::notices;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notices)]
#[diesel(treat_none_as_default_value = false)]
struct NoticeRow {
    id: String,
    title_zh: String,
    title_en: String,
    text_zh: Option<String>,
    text_en: Option<String>,
    shown_from: i64,
    shown_until: Option<i64>,
    published_by: String,
    withdrawn_at: Option<i64>,
}

impl From<&Notice> for NoticeRow {
    fn from(notice: &Notice) -> Self {
        Self {
            id: notice.id.as_str().to_owned(),
            title_zh: notice.title_zh.clone(),
            title_en: notice.title_en.clone(),
            text_zh: notice.text_zh.clone(),
            text_en: notice.text_en.clone(),
            shown_from: notice.from.unix_millis(),
            shown_until: notice.until.map(Timestamp::unix_millis),
            published_by: notice.published_by.as_str().to_owned(),
            withdrawn_at: notice.withdrawn_at.map(Timestamp::unix_millis),
        }
    }
}

impl From<NoticeRow> for Notice {
    fn from(row: NoticeRow) -> Self {
        Self {
            id: NoticeId::from_text(row.id),
            title_zh: row.title_zh,
            title_en: row.title_en,
            text_zh: row.text_zh,
            text_en: row.text_en,
            from: Timestamp::from_unix_millis(row.shown_from),
            until: row.shown_until.map(Timestamp::from_unix_millis),
            published_by: OperatorId::from_text(row.published_by),
            withdrawn_at: row.withdrawn_at.map(Timestamp::from_unix_millis),
        }
    }
}

pub(crate) fn insert(connection: &mut Connection, notice: &Notice) -> Result<(), StoreError> {
    let row = NoticeRow::from(notice);
    query!(connection, c => diesel::insert_into(notices::table).values(&row).execute(c))?;
    Ok(())
}

pub(crate) fn list_shown(
    connection: &mut Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Notice>, StoreError> {
    let now = now.unix_millis();
    let rows: Vec<NoticeRow> = query!(connection, c => notices::table
        .filter(notices::withdrawn_at.is_null())
        .filter(notices::shown_from.le(now))
        .filter(notices::shown_until.is_null().or(notices::shown_until.gt(now)))
        .order((notices::shown_from.desc(), notices::id.desc()))
        .limit(limit.into())
        .select(NoticeRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

pub(crate) fn list(
    connection: &mut Connection,
    before: Option<&NoticeId>,
    limit: u32,
) -> Result<Vec<Notice>, StoreError> {
    let rows: Vec<NoticeRow> = query!(connection, c => {
        let mut wanted = notices::table.into_boxed();
        if let Some(before) = before {
            wanted = wanted.filter(notices::id.lt(before.as_str()));
        }
        wanted
            .order(notices::id.desc())
            .limit(limit.into())
            .select(NoticeRow::as_select())
            .load(c)
    })?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

pub(crate) fn withdraw(
    connection: &mut Connection,
    id: &NoticeId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = query!(connection, c => diesel::update(notices::table)
        .filter(notices::id.eq(id.as_str()))
        .filter(notices::withdrawn_at.is_null())
        .set(notices::withdrawn_at.eq(at.unix_millis()))
        .execute(c))?;
    Ok(rows == 1)
}
