//! Rows of `enterprises`.

use diesel::prelude::*;
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::id::EnterpriseId;
use idp_core::region::RegionCode;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use pki::holder::credit_code::CreditCode;
use protocol::claims::SubjectType;

use crate::database::{Connection, query};
use crate::row::RowName;
use crate::schema::enterprises;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = enterprises)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct EnterpriseRow {
    id: String,
    credit_code: String,
    name: String,
    region_code: String,
    legal_representative: String,
    phone: Option<String>,
    address: Option<String>,
    subject_types: String,
    state: String,
    created_at: i64,
}

impl From<&Enterprise> for EnterpriseRow {
    fn from(enterprise: &Enterprise) -> Self {
        let words: Vec<&str> = enterprise
            .subject_types
            .iter()
            .map(|t| t.as_str())
            .collect();
        Self {
            id: enterprise.id.as_str().to_owned(),
            credit_code: enterprise.credit_code.as_str().to_owned(),
            name: enterprise.name.clone(),
            region_code: enterprise.region_code.as_str().to_owned(),
            legal_representative: enterprise.legal_representative.clone(),
            phone: enterprise.phone.clone(),
            address: enterprise.address.clone(),
            subject_types: words.join(" "),
            state: enterprise.state.as_str().to_owned(),
            created_at: enterprise.created_at.unix_millis(),
        }
    }
}

impl TryFrom<EnterpriseRow> for Enterprise {
    type Error = StoreError;

    fn try_from(row: EnterpriseRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "enterprises",
            id: &row.id,
        };
        let subject_types = row
            .subject_types
            .split_ascii_whitespace()
            .map(SubjectType::of_word)
            .collect::<Option<Vec<_>>>();
        Ok(Self {
            credit_code: name.column("credit_code", row.credit_code.parse().ok())?,
            region_code: name.column("region_code", RegionCode::parse(&row.region_code).ok())?,
            subject_types: name.column("subject_types", subject_types)?,
            state: name.column("state", EnterpriseState::of_word(&row.state))?,
            created_at: Timestamp::from_unix_millis(row.created_at),
            id: EnterpriseId::from_text(row.id),
            name: row.name,
            legal_representative: row.legal_representative,
            phone: row.phone,
            address: row.address,
        })
    }
}

pub(crate) fn find(
    connection: &mut Connection,
    id: &EnterpriseId,
) -> Result<Option<Enterprise>, StoreError> {
    let row: Option<EnterpriseRow> = query!(connection, c => enterprises::table
        .find(id.as_str())
        .select(EnterpriseRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Enterprise::try_from).transpose()
}

pub(crate) fn find_by_credit_code(
    connection: &mut Connection,
    credit_code: &CreditCode,
) -> Result<Option<Enterprise>, StoreError> {
    let row: Option<EnterpriseRow> = query!(connection, c => enterprises::table
        .filter(enterprises::credit_code.eq(credit_code.as_str()))
        .select(EnterpriseRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Enterprise::try_from).transpose()
}

pub(crate) fn insert(
    connection: &mut Connection,
    enterprise: &Enterprise,
) -> Result<bool, StoreError> {
    let row = EnterpriseRow::from(enterprise);
    let rows = query!(connection, c => diesel::insert_into(enterprises::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(rows == 1)
}
