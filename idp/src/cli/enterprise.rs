//! `idp enterprise`: look one up; [`find`] some, and what happened to one; what an operator changes: [`change`]; what is held of its
//! people: [`people`].

pub(super) mod change;
mod find;
mod people;

use clap::Subcommand;
use pki::holder::credit_code::CreditCode;

use super::output::say;
use super::ready;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::enterprise::whole;

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
        .read(move |store| whole(store, &code))
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
