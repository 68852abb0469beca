//! `idp enterprise show`

use clap::Subcommand;
use pki::holder::credit_code::CreditCode;
use serde_json::json;

use super::output::say;
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show an enterprise, its locks and its latest consents, as JSON. Times are UTC.
    Show {
        /// Its 统一社会信用代码, 18 characters.
        credit_code: String,
    },
}

/// Consents that are shown.
const CONSENTS: u32 = 20;

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    let Command::Show { credit_code } = command;
    let code = credit_code
        .parse::<CreditCode>()
        .map_err(|e| StartError::new("credit code", e))?;
    let database = ready::database(config).await?;
    let found = database
        .read(move |store| {
            let Some(enterprise) = store.find_enterprise_by_credit_code(&code)? else {
                return Ok(None);
            };
            let locks = store.list_key_locks(&enterprise.id)?;
            let consents = store.list_consent_records(&enterprise.id, CONSENTS)?;
            Ok::<_, idp_core::store::StoreError>(Some((enterprise, locks, consents)))
        })
        .await
        .map_err(|e| StartError::new("database", e))?;
    let Some((enterprise, locks, consents)) = found else {
        return Err(StartError::new(
            "enterprise",
            format!("{credit_code} is not bound"),
        ));
    };
    let at = rfc3339;
    let locks: Vec<_> = locks
        .iter()
        .map(|lock| {
            json!({
                "id": lock.id.as_str(),
                "role": lock.role,
                "state": lock.state.as_str(),
                "certificate_authority": lock.ca_id.as_str(),
                "serial_number": lock.serial_number,
                "key_number": lock.key_number,
                "media_number": lock.media_number,
                "not_after": at(lock.not_after),
                "bound_by": lock.bound_by,
                "bound_at": at(lock.bound_at),
            })
        })
        .collect();
    let consents: Vec<_> = consents
        .iter()
        .map(|consent| {
            json!({
                "platform": consent.platform_id.as_str(),
                "scopes": consent.scopes.to_string(),
                "outcome": consent.outcome.as_str(),
                "at": at(consent.at),
            })
        })
        .collect();
    let shown = json!({
        "id": enterprise.id.as_str(),
        "credit_code": enterprise.credit_code.as_str(),
        "name": enterprise.name,
        "region_code": enterprise.region_code.as_str(),
        "state": enterprise.state.as_str(),
        "created_at": at(enterprise.created_at),
        "locks": locks,
        "consents": consents,
    });
    say(format_args!("{shown:#}"))
}
