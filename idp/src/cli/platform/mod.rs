//! `idp platform`: one file a command. What is allowed is the core's (`idp_core::directory`).

mod add;
mod change;
mod check;
mod health;
mod list;
mod maintenance;
mod metadata_file;
mod options;
mod secret;
mod show;
mod state;

use clap::Subcommand;
use idp_core::directory::{Act, DirectoryError};
use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use idp_storage::Database;

use super::{cx, operator_name, output, ready};

use crate::config::Config;
use crate::serve::StartError;
pub(super) use options::{Profile, region_of, scopes, zone_of};
pub(super) use secret::span;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Connect a platform: one of the directory by its id, or a new one. Prints its client secret once.
    Add(Box<add::Add>),
    /// Change a connected platform: its metadata, what an operator allows it, its entry in the directory. What is not named
    /// stays.
    Change(Box<change::Change>),
    /// Show a platform: its entry, its client metadata (RFC 7591), what operators allow it.
    Show {
        /// Identifier.
        id: String,
        /// As JSON. `jq .metadata` of it is what `--metadata` reads.
        #[arg(long)]
        json: bool,
    },
    /// List the directory.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try what a platform registered and say what is wrong and what to do; ends with 1 where something is.
    Check(check::Check),
    /// How the addresses of platforms do, as a running server last saw them.
    Health(health::Health),
    /// Announce maintenance of a platform to the people who go there, list it, end it.
    Maintenance {
        #[command(subcommand)]
        command: maintenance::Command,
    },
    /// Make a new client secret, print it once, and take the old one for a while yet.
    RotateSecret(secret::Rotate),
    /// Let nobody go to a platform; what it holds of tokens is worth nothing from now on.
    Suspend(state::Suspend),
    /// Let people go there again, or for the first time where it registered itself.
    Activate(state::Activate),
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Add(add) => add::run(config, *add).await,
        Command::Change(change) => change::run(config, *change).await,
        Command::Show { id, json } => show::run(config, &id, json).await,
        Command::List { json } => list::run(config, json).await,
        Command::Check(check) => check::run(config, check).await,
        Command::Health(health) => health::run(config, health).await,
        Command::Maintenance { command } => maintenance::run(config, command).await,
        Command::RotateSecret(rotate) => secret::run(config, rotate).await,
        Command::Suspend(suspend) => state::suspend(config, suspend).await,
        Command::Activate(activate) => state::activate(config, activate).await,
    }
}

/// Why nothing was written, for whoever typed the command.
fn refused(error: DirectoryError) -> StartError {
    match error {
        DirectoryError::Store(error) => StartError::new("database", error),
        error => StartError::new("platform", error),
    }
}

/// A platform of the directory.
async fn find(database: &Database, id: &PlatformId) -> Result<Option<Platform>, StartError> {
    let id = id.clone();
    let found = database.read(move |store| store.find_platform(&id)).await;
    found.map_err(|e| StartError::new("database", e))
}

/// Who does it, with a reason where there is one, owned: a transaction wants it so.
struct Behind {
    by: String,
    reason: Option<String>,
}

impl Behind {
    fn new(by: Option<&str>, reason: Option<String>) -> Result<Self, StartError> {
        let by = operator_name(by)?;
        Ok(Self { by, reason })
    }

    fn act(&self) -> Act<'_> {
        Act {
            operator_id: None,
            by: &self.by,
            reason: self.reason.as_deref(),
        }
    }
}
