//! Rows of `certificate_authorities` and of `certificate_authority_changes`, which is appended only. An entry is one JSON
//! text.

use diesel::prelude::*;
use idp_core::certificate_authority::{
    CaAct, CaChange, CaChangeEntry, CaEntry, CaState, CertificateAuthority, StoredRegistry,
    UnreadableCa,
};
use idp_core::id::CaId;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::{certificate_authorities, certificate_authority_changes};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = certificate_authorities)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
struct CaRow {
    id: String,
    entry: String,
    state: String,
    revision: i64,
    loaded: Option<String>,
    created_at: i64,
    changed_at: i64,
}

impl TryFrom<&CertificateAuthority> for CaRow {
    type Error = StoreError;

    fn try_from(ca: &CertificateAuthority) -> Result<Self, StoreError> {
        Ok(Self {
            id: ca.id.as_str().to_owned(),
            entry: written(&ca.entry)?,
            state: ca.state.as_str().to_owned(),
            revision: ca.revision.into(),
            loaded: ca.loaded.as_ref().map(written).transpose()?,
            created_at: ca.created_at.unix_millis(),
            changed_at: ca.changed_at.unix_millis(),
        })
    }
}

impl TryFrom<CaRow> for CertificateAuthority {
    type Error = StoreError;

    fn try_from(row: CaRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "certificate_authorities",
            id: &row.id,
        };
        let loaded = row
            .loaded
            .as_deref()
            .map(|json| name.column("loaded", read(json)));
        Ok(Self {
            entry: name.column("entry", read(&row.entry))?,
            state: name.column("state", CaState::of_word(&row.state))?,
            revision: name.number("revision", row.revision)?,
            loaded: loaded.transpose()?,
            id: CaId::from_text(row.id),
            created_at: Timestamp::from_unix_millis(row.created_at),
            changed_at: Timestamp::from_unix_millis(row.changed_at),
        })
    }
}

/// A change without its place in the order, which the database gives.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = certificate_authority_changes)]
#[diesel(treat_none_as_default_value = false)]
struct ChangeRow {
    ca_id: String,
    revision: i64,
    at: i64,
    by: String,
    act: String,
    reason: Option<String>,
    state: String,
    entry: String,
}

fn written(entry: &CaEntry) -> Result<String, StoreError> {
    serde_json::to_string(entry)
        .map_err(|error| StoreError::Unavailable(format!("certificate authority: {error}")))
}

fn read(json: &str) -> Option<CaEntry> {
    serde_json::from_str(json).ok()
}

pub(crate) fn list(connection: &mut Connection) -> Result<StoredRegistry, StoreError> {
    let rows: Vec<CaRow> = query!(connection, c => certificate_authorities::table
        .order(certificate_authorities::id)
        .select(CaRow::as_select())
        .load(c))?;
    let mut registry = StoredRegistry::default();
    for row in rows {
        let (id, state) = (row.id.clone(), CaState::of_word(&row.state));
        match CertificateAuthority::try_from(row) {
            Ok(ca) => registry.authorities.push(ca),
            Err(impossible) => registry.unreadable.push(UnreadableCa {
                id: CaId::from_text(id),
                state,
                problem: impossible.to_string(),
            }),
        }
    }
    Ok(registry)
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &CaId,
) -> Result<Option<CertificateAuthority>, StoreError> {
    let row: Option<CaRow> = query!(connection, c => certificate_authorities::table
        .find(id.as_str())
        .select(CaRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(CertificateAuthority::try_from).transpose()
}

pub(crate) fn insert(
    connection: &mut Connection,
    ca: &CertificateAuthority,
) -> Result<bool, StoreError> {
    let row = CaRow::try_from(ca)?;
    let rows = query!(connection, c => diesel::insert_into(certificate_authorities::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn exchange(
    connection: &mut Connection,
    ca: &CertificateAuthority,
    from: u32,
) -> Result<bool, StoreError> {
    let row = CaRow::try_from(ca)?;
    let rows = query!(connection, c => diesel::update(certificate_authorities::table)
        .filter(certificate_authorities::id.eq(ca.id.as_str()))
        .filter(certificate_authorities::revision.eq(i64::from(from)))
        .set(&row)
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn append_change(
    connection: &mut Connection,
    change: &CaChange,
) -> Result<(), StoreError> {
    let row = ChangeRow {
        ca_id: change.ca_id.as_str().to_owned(),
        revision: change.revision.into(),
        at: change.at.unix_millis(),
        by: change.by.clone(),
        act: change.act.as_str().to_owned(),
        reason: change.reason.clone(),
        state: change.state.as_str().to_owned(),
        entry: written(&change.entry)?,
    };
    query!(connection, c => diesel::insert_into(certificate_authority_changes::table)
        .values(&row)
        .execute(c))?;
    Ok(())
}

/// By revision: of one CA the database draws them in the order of its revisions.
pub(crate) fn list_changes(
    connection: &mut Connection,
    id: &CaId,
) -> Result<Vec<CaChangeEntry>, StoreError> {
    let rows: Vec<(i64, ChangeRow)> = query!(connection, c => certificate_authority_changes::table
        .filter(certificate_authority_changes::ca_id.eq(id.as_str()))
        .order(certificate_authority_changes::revision)
        .select((certificate_authority_changes::sequence, ChangeRow::as_select()))
        .load(c))?;
    rows.into_iter().map(change_entry).collect()
}

/// Counted, not the highest sequence: with `PostgreSQL` a change may be committed after another that drew a higher one.
pub(crate) fn count_changes(connection: &mut Connection) -> Result<i64, StoreError> {
    query!(connection, c => certificate_authority_changes::table.count().get_result(c))
}

fn change_entry((sequence, row): (i64, ChangeRow)) -> Result<CaChangeEntry, StoreError> {
    let id = sequence.to_string();
    let name = RowName {
        table: "certificate_authority_changes",
        id: &id,
    };
    let change = CaChange {
        revision: name.number("revision", row.revision)?,
        act: name.column("act", CaAct::of_word(&row.act))?,
        state: name.column("state", CaState::of_word(&row.state))?,
        entry: name.column("entry", read(&row.entry))?,
        ca_id: CaId::from_text(row.ca_id),
        at: Timestamp::from_unix_millis(row.at),
        by: row.by,
        reason: row.reason,
    };
    Ok(CaChangeEntry { sequence, change })
}
