//! `idp enterprise`: look one up; [`find`] some, and what happened to one; what an operator changes: [`change`]; what is held of its
//! people: [`people`].

pub(super) mod change;
mod find;
mod people;

use clap::Subcommand;
use idp_core::store::{Store, StoreError};
use pki::holder::credit_code::CreditCode;
use serde_json::{Value, json};

use super::output::say;
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show an enterprise, its names, locks, certificates, latest sign-ins and consents, as JSON. Times are
    /// UTC.
    Show {
        /// Its 统一社会信用代码, 18 characters.
        credit_code: String,
    },
    #[command(flatten)]
    Find(find::Command),
    #[command(flatten)]
    People(people::Command),
    #[command(flatten)]
    Change(change::Command),
}

/// Consents and sign-ins that are shown.
const SHOWN: u32 = 20;

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Show { credit_code } => show(config, &credit_code).await,
        Command::Find(command) => find::run(config, command).await,
        Command::People(command) => people::run(config, command).await,
        Command::Change(command) => change::run(config, command).await,
    }
}

pub(in crate::cli) fn code(text: &str) -> Result<CreditCode, StartError> {
    text.parse::<CreditCode>()
        .map_err(|e| StartError::new("credit code", e))
}

async fn show(config: &Config, credit_code: &str) -> Result<(), StartError> {
    let code = code(credit_code)?;
    let database = ready::database(config).await?;
    let shown = database
        .read(move |store| shown(store, &code))
        .await
        .map_err(|e| StartError::new("database", e))?;
    match shown {
        Some(shown) => say(format_args!("{shown:#}")),
        None => Err(StartError::new(
            "enterprise",
            format!("{credit_code} is not bound"),
        )),
    }
}

fn shown(store: &mut dyn Store, code: &CreditCode) -> Result<Option<Value>, StoreError> {
    let at = rfc3339;
    let Some(enterprise) = store.find_enterprise_by_credit_code(code)? else {
        return Ok(None);
    };
    let mut locks = Vec::new();
    for lock in store.list_key_locks(&enterprise.id)? {
        let before = store.list_superseded_certificates(&lock.id)?;
        let before = before.iter().map(|old| {
            json!({
                "holder_name": old.holder_name,
                "serial_number": old.serial_number,
                "not_after": at(old.not_after),
                "replaced_at": at(old.replaced_at),
            })
        });
        // At an activation nobody types where the lock was bought, nor a name.
        let is_activated = lock.ca_platform.is_empty();
        locks.push(json!({
            "id": lock.id.as_str(),
            "role": lock.role,
            "state": lock.state.as_str(),
            "holder_name": lock.holder_name,
            "certificate_authority": lock.ca_id.as_str(),
            "serial_number": lock.serial_number,
            "key_number": lock.key_number,
            "media_number": lock.media_number,
            "not_after": at(lock.not_after),
            "added_by": if is_activated { "activation by the primary lock" } else { "binding" },
            "bound_by": (!is_activated).then_some(&lock.bound_by),
            "bound_at": at(lock.bound_at),
            "ended_at": lock.ended_at.map(at),
            "certificates_before": before.collect::<Vec<_>>(),
        }));
    }
    let consents = store.list_consent_records(&enterprise.id, SHOWN)?;
    let consents = consents.iter().map(|consent| {
        json!({
            "platform": consent.platform_id.as_str(),
            "scopes": consent.scopes.to_string(),
            "outcome": consent.outcome.as_str(),
            "at": at(consent.at),
        })
    });
    let sessions = store.list_sessions(&enterprise.id, SHOWN)?;
    let sessions = sessions.iter().map(|session| {
        json!({
            "lock": session.key_lock_id.as_str(),
            "begun_at": at(session.begun_at),
            "seen_at": at(session.seen_at),
            "remote_address": session.remote_address,
            "ended_at": session.ended.map(|(when, _)| at(when)),
            "ending": session.ended.map(|(_, how)| how.as_str()),
        })
    });
    let renames = store.list_enterprise_renames(&enterprise.id)?;
    let renames = renames.iter().map(|rename| {
        json!({
            "old_name": rename.old_name,
            "new_name": rename.new_name,
            "at": at(rename.at),
            "by": rename.by,
            "reason": rename.reason,
            "evidence": rename.evidence_name,
            "evidence_sha256": rename.evidence_sha256,
        })
    });
    Ok(Some(json!({
        "id": enterprise.id.as_str(),
        "credit_code": enterprise.credit_code.as_str(),
        "name": enterprise.name,
        "legal_representative": enterprise.legal_representative,
        "region_code": enterprise.region_code.as_str(),
        "state": enterprise.state.as_str(),
        "created_at": at(enterprise.created_at),
        "rebinding_until": enterprise.rebinding_until.map(at),
        "renames": renames.collect::<Vec<_>>(),
        "locks": locks,
        "sessions": sessions.collect::<Vec<_>>(),
        "consents": consents.collect::<Vec<_>>(),
    })))
}
