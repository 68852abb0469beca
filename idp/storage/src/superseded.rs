//! Rows of `key_lock_certificates`: what a lock had before it was renewed.

use diesel::prelude::*;
use idp_core::id::KeyLockId;
use idp_core::key_lock::{SupersededCertificate, Thumbprint};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use crate::database::{Connection, query};
use crate::key_lock::thumbprint_of_text;
use crate::row::RowName;
use crate::schema::key_lock_certificates;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = key_lock_certificates)]
struct SupersededRow {
    thumbprint: String,
    key_lock_id: String,
    certificate_der: Vec<u8>,
    holder_name: String,
    serial_number: String,
    key_number: String,
    not_before: i64,
    not_after: i64,
    replaced_at: i64,
}

impl From<&SupersededCertificate> for SupersededRow {
    fn from(certificate: &SupersededCertificate) -> Self {
        Self {
            thumbprint: certificate.thumbprint.to_text(),
            key_lock_id: certificate.key_lock_id.as_str().to_owned(),
            certificate_der: certificate.certificate_der.clone(),
            holder_name: certificate.holder_name.clone(),
            serial_number: certificate.serial_number.clone(),
            key_number: certificate.key_number.clone(),
            not_before: certificate.not_before.unix_millis(),
            not_after: certificate.not_after.unix_millis(),
            replaced_at: certificate.replaced_at.unix_millis(),
        }
    }
}

impl TryFrom<SupersededRow> for SupersededCertificate {
    type Error = StoreError;

    fn try_from(row: SupersededRow) -> Result<Self, StoreError> {
        let name = RowName {
            table: "key_lock_certificates",
            id: &row.thumbprint,
        };
        Ok(Self {
            thumbprint: name.column("thumbprint", thumbprint_of_text(&row.thumbprint))?,
            key_lock_id: KeyLockId::from_text(row.key_lock_id),
            certificate_der: row.certificate_der,
            holder_name: row.holder_name,
            serial_number: row.serial_number,
            key_number: row.key_number,
            not_before: Timestamp::from_unix_millis(row.not_before),
            not_after: Timestamp::from_unix_millis(row.not_after),
            replaced_at: Timestamp::from_unix_millis(row.replaced_at),
        })
    }
}

pub(crate) fn insert(
    connection: &mut Connection,
    certificate: &SupersededCertificate,
) -> Result<(), StoreError> {
    let row = SupersededRow::from(certificate);
    query!(connection, c => diesel::insert_into(key_lock_certificates::table)
        .values(&row)
        .execute(c))?;
    Ok(())
}

pub(crate) fn find(
    connection: &mut Connection,
    thumbprint: Thumbprint,
) -> Result<Option<SupersededCertificate>, StoreError> {
    let row: Option<SupersededRow> = query!(connection, c => key_lock_certificates::table
        .find(thumbprint.to_text())
        .select(SupersededRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(SupersededCertificate::try_from).transpose()
}

pub(crate) fn list(
    connection: &mut Connection,
    key_lock: &KeyLockId,
) -> Result<Vec<SupersededCertificate>, StoreError> {
    let rows: Vec<SupersededRow> = query!(connection, c => key_lock_certificates::table
        .filter(key_lock_certificates::key_lock_id.eq(key_lock.as_str()))
        .order(key_lock_certificates::replaced_at)
        .select(SupersededRow::as_select())
        .load(c))?;
    rows.into_iter()
        .map(SupersededCertificate::try_from)
        .collect()
}
