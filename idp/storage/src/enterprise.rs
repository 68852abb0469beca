//! Rows of `enterprises`.

use diesel::prelude::*;
use idp_core::enterprise::{Enterprise, EnterpriseRename, EnterpriseState};
use idp_core::id::EnterpriseId;
use idp_core::listing::Place;
use idp_core::region::RegionCode;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use pki::holder::credit_code::CreditCode;
use protocol::claims::SubjectType;

use crate::database::{Connection, hold, query};
use crate::enterprise_words;
use crate::row::RowName;
use crate::schema::{enterprise_renames, enterprises};

#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = enterprises)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
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
    rebinding_until: Option<i64>,
    version: i64,
    contact_email: Option<String>,
}

impl EnterpriseRow {
    /// Where it stands among all.
    pub(crate) fn place_by_age(&self) -> Place {
        Place {
            number: self.created_at,
            text: self.id.clone(),
        }
    }

    /// Where it stands among them in order of their codes.
    pub(crate) fn place_by_code(&self) -> Place {
        Place {
            number: 0,
            text: self.credit_code.clone(),
        }
    }
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
            rebinding_until: enterprise.rebinding_until.map(Timestamp::unix_millis),
            version: enterprise.version.into(),
            contact_email: enterprise.contact_email.clone(),
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
            version: name.number("version", row.version)?,
            created_at: Timestamp::from_unix_millis(row.created_at),
            rebinding_until: row.rebinding_until.map(Timestamp::from_unix_millis),
            id: EnterpriseId::from_text(row.id),
            name: row.name,
            legal_representative: row.legal_representative,
            phone: row.phone,
            contact_email: row.contact_email,
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

pub(crate) fn hold(
    connection: &mut Connection,
    id: &EnterpriseId,
) -> Result<Option<Enterprise>, StoreError> {
    let row: Option<EnterpriseRow> = hold!(
        connection,
        for_share,
        enterprises::table
            .find(id.as_str())
            .select(EnterpriseRow::as_select())
    )?;
    row.map(Enterprise::try_from).transpose()
}

pub(crate) fn hold_alone(
    connection: &mut Connection,
    id: &EnterpriseId,
) -> Result<Option<Enterprise>, StoreError> {
    let row: Option<EnterpriseRow> = hold!(
        connection,
        for_no_key_update,
        enterprises::table
            .find(id.as_str())
            .select(EnterpriseRow::as_select())
    )?;
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
    if rows == 1 {
        enterprise_words::keep(connection, &row.id, &row.name)?;
    }
    Ok(rows == 1)
}

/// The version is the guard: it is what was read, and one higher afterwards.
pub(crate) fn exchange(connection: &mut Connection, to: &Enterprise) -> Result<bool, StoreError> {
    let mut row = EnterpriseRow::from(to);
    let read = row.version;
    row.version = read.saturating_add(1);
    let rows = query!(connection, c => diesel::update(enterprises::table)
        .filter(enterprises::id.eq(to.id.as_str()))
        .filter(enterprises::version.eq(read))
        .set(&row)
        .execute(c))?;
    if rows == 1 {
        enterprise_words::keep(connection, &row.id, &row.name)?;
    }
    Ok(rows == 1)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = enterprise_renames)]
struct RenameRow {
    enterprise_id: String,
    at: i64,
    old_name: String,
    new_name: String,
    renamed_by: String,
    reason: String,
    evidence_name: String,
    evidence_sha256: String,
}

impl From<&EnterpriseRename> for RenameRow {
    fn from(rename: &EnterpriseRename) -> Self {
        Self {
            enterprise_id: rename.enterprise_id.as_str().to_owned(),
            at: rename.at.unix_millis(),
            old_name: rename.old_name.clone(),
            new_name: rename.new_name.clone(),
            renamed_by: rename.by.clone(),
            reason: rename.reason.clone(),
            evidence_name: rename.evidence_name.clone(),
            evidence_sha256: rename.evidence_sha256.clone(),
        }
    }
}

impl From<RenameRow> for EnterpriseRename {
    fn from(row: RenameRow) -> Self {
        Self {
            enterprise_id: EnterpriseId::from_text(row.enterprise_id),
            at: Timestamp::from_unix_millis(row.at),
            old_name: row.old_name,
            new_name: row.new_name,
            by: row.renamed_by,
            reason: row.reason,
            evidence_name: row.evidence_name,
            evidence_sha256: row.evidence_sha256,
        }
    }
}

pub(crate) fn insert_rename(
    connection: &mut Connection,
    rename: &EnterpriseRename,
    evidence: &[u8],
) -> Result<(), StoreError> {
    let row = RenameRow::from(rename);
    query!(connection, c => diesel::insert_into(enterprise_renames::table)
        .values((&row, enterprise_renames::evidence.eq(evidence)))
        .execute(c))?;
    Ok(())
}

pub(crate) fn list_renames(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<Vec<EnterpriseRename>, StoreError> {
    let rows: Vec<RenameRow> = query!(connection, c => enterprise_renames::table
        .filter(enterprise_renames::enterprise_id.eq(enterprise.as_str()))
        .order(enterprise_renames::at)
        .select(RenameRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(EnterpriseRename::from).collect())
}

pub(crate) fn find_evidence(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
    sha256: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found: Vec<Vec<u8>> = query!(connection, c => enterprise_renames::table
        .filter(enterprise_renames::enterprise_id.eq(enterprise.as_str()))
        .filter(enterprise_renames::evidence_sha256.eq(sha256))
        .select(enterprise_renames::evidence)
        .load(c))?;
    Ok(found.into_iter().next())
}

pub(crate) fn erase_evidence(
    connection: &mut Connection,
    enterprise: &EnterpriseId,
) -> Result<usize, StoreError> {
    query!(connection, c => diesel::update(enterprise_renames::table)
        .filter(enterprise_renames::enterprise_id.eq(enterprise.as_str()))
        .filter(enterprise_renames::evidence_name.ne(""))
        .set((
            enterprise_renames::evidence.eq(Vec::<u8>::new()),
            enterprise_renames::evidence_name.eq(""),
        ))
        .execute(c))
}
