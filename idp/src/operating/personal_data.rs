//! What is held of the people behind an enterprise, told to an operator: that it was told stands in the trail before it is read.

use idp_core::cx::Cx;
use idp_core::duty::Mandate;
use idp_core::operate::{Order, export, note_export};
use idp_storage::Database;
use pki::holder::credit_code::CreditCode;
use serde_json::Value;

use super::ActError;

/// Tells it, to whom and why.
pub async fn tell_personal_data(
    database: &Database,
    cx: &Cx,
    (mandate, reason): (&Mandate, &str),
    code: CreditCode,
) -> Result<Value, ActError> {
    let order = Order::of(mandate, reason).map_err(ActError::Operate)?;
    let order = order.ok_or(ActError::NotAllowed)?;
    let (cx, noted) = (cx.clone(), code.clone());
    database
        .write(move |store| note_export(store, &cx, &noted, &order))
        .await?;
    Ok(database.read(move |store| export(store, &code)).await?)
}
