//! Rows of `operators` and `signed_statements`.

use diesel::prelude::*;
use idp_core::id::{OperatorId, SignedStatementId};
use idp_core::key_lock::Thumbprint;
use idp_core::operator::{Operator, OperatorState, Role, Roles};
use idp_core::signed_statement::SignedStatement;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::key_lock::thumbprint_of_text;
use crate::row::RowName;
use crate::schema::{operators, signed_statements};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = operators)]
struct OperatorRow {
    id: String,
    name: String,
    roles: String,
    state: String,
    certificate: Vec<u8>,
    thumbprint: String,
    version: i64,
    created_at: i64,
    changed_at: i64,
}

impl From<&Operator> for OperatorRow {
    fn from(operator: &Operator) -> Self {
        Self {
            id: operator.id.as_str().to_owned(),
            name: operator.name.clone(),
            roles: operator.roles.to_string(),
            state: operator.state.as_str().to_owned(),
            certificate: operator.certificate.clone(),
            thumbprint: operator.thumbprint.to_text(),
            version: operator.version.into(),
            created_at: operator.created_at.unix_millis(),
            changed_at: operator.changed_at.unix_millis(),
        }
    }
}

impl TryFrom<OperatorRow> for Operator {
    type Error = StoreError;

    fn try_from(row: OperatorRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "operators",
            id: &row.id,
        };
        let roles = row.roles.split(' ').map(str::parse::<Role>);
        let roles = roles.collect::<Result<Vec<_>, _>>().ok();
        Ok(Self {
            roles: name.column("roles", roles.and_then(|roles| Roles::new(roles).ok()))?,
            state: name.column("state", OperatorState::of_word(&row.state))?,
            thumbprint: name.column("thumbprint", thumbprint_of_text(&row.thumbprint))?,
            version: name.number("version", row.version)?,
            id: OperatorId::from_text(row.id),
            name: row.name,
            certificate: row.certificate,
            created_at: Timestamp::from_unix_millis(row.created_at),
            changed_at: Timestamp::from_unix_millis(row.changed_at),
        })
    }
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &OperatorId,
) -> Result<Option<Operator>, StoreError> {
    let row: Option<OperatorRow> = query!(connection, c => operators::table
        .find(id.as_str())
        .select(OperatorRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Operator::try_from).transpose()
}

pub(crate) fn find_by_thumbprint(
    connection: &mut Connection,
    thumbprint: Thumbprint,
) -> Result<Option<Operator>, StoreError> {
    let row: Option<OperatorRow> = query!(connection, c => operators::table
        .filter(operators::thumbprint.eq(thumbprint.to_text()))
        .select(OperatorRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Operator::try_from).transpose()
}

pub(crate) fn list(connection: &mut Connection) -> Result<Vec<Operator>, StoreError> {
    let rows: Vec<OperatorRow> = query!(connection, c => operators::table
        .order(operators::id)
        .select(OperatorRow::as_select())
        .load(c))?;
    rows.into_iter().map(Operator::try_from).collect()
}

pub(crate) fn insert(connection: &mut Connection, operator: &Operator) -> Result<bool, StoreError> {
    let row = OperatorRow::from(operator);
    let rows = query!(connection, c => diesel::insert_into(operators::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}

pub(crate) fn exchange(
    connection: &mut Connection,
    to: &Operator,
    from: u32,
) -> Result<bool, StoreError> {
    let row = OperatorRow::from(to);
    let rows = query!(connection, c => diesel::update(operators::table)
        .filter(operators::id.eq(to.id.as_str()))
        .filter(operators::version.eq(i64::from(from)))
        .set(&row)
        .execute(c))?;
    Ok(rows == 1)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signed_statements)]
struct SignedRow {
    id: String,
    operator_id: String,
    at: i64,
    purpose: String,
    origin: String,
    nonce: String,
    statement: String,
    proof: String,
}

pub(crate) fn insert_signed(
    connection: &mut Connection,
    signed: &SignedStatement,
) -> Result<(), StoreError> {
    let row = SignedRow {
        id: signed.id.as_str().to_owned(),
        operator_id: signed.operator_id.as_str().to_owned(),
        at: signed.at.unix_millis(),
        purpose: signed.purpose.clone(),
        origin: signed.origin.clone(),
        nonce: signed.nonce.clone(),
        statement: signed.statement.clone(),
        proof: signed.proof.clone(),
    };
    query!(connection, c => diesel::insert_into(signed_statements::table).values(&row).execute(c))?;
    Ok(())
}

pub(crate) fn find_signed(
    connection: &mut Connection,
    id: &SignedStatementId,
) -> Result<Option<SignedStatement>, StoreError> {
    let row: Option<SignedRow> = query!(connection, c => signed_statements::table
        .find(id.as_str())
        .select(SignedRow::as_select())
        .get_result(c)
        .optional())?;
    Ok(row.map(|row| SignedStatement {
        id: SignedStatementId::from_text(row.id),
        operator_id: OperatorId::from_text(row.operator_id),
        at: Timestamp::from_unix_millis(row.at),
        purpose: row.purpose,
        origin: row.origin,
        nonce: row.nonce,
        statement: row.statement,
        proof: row.proof,
    }))
}
