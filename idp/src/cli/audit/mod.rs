//! `idp audit search | verify | export | seal | checkpoint | key | proof | cosign`: the audit trail as a log.

mod bounds;
mod export;
mod report;
mod seal;
mod search;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use idp_core::transparency::{LogError, find_index, prove_inclusion, with_cosignatures};
use idp_storage::Database;

use super::output::say;
use super::{cx, ready};
use crate::audit_log::{Sequencer, add_cosignature, shown, sign_head};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::signing::{LogKey, MasterKey, log_key};

use bounds::Bound;
pub(super) use search::event_line;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Look through what happened, newest first. Times are UTC.
    Search(Box<search::Search>),
    /// Make every hash again and compare it with what was signed. Names the first line that was altered, removed, inserted
    /// or moved; ends with 1 if there is any. Changes nothing.
    Verify(VerifyOptions),
    /// Write events as JSON Lines, with what proves them: signed heads, leaf hashes, the chain.
    ///
    /// Begins at a bundle of 256 lines and ends at a signed head, so that it holds at least what was asked for.
    Export {
        /// From this line on: its index, or a moment (2026-11-27T08:00:00+08:00).
        #[arg(long, value_name = "INDEX|TIME")]
        from: Option<Bound>,
        /// Up to this line, itself not included, or this moment.
        #[arg(long, value_name = "INDEX|TIME")]
        to: Option<Bound>,
        /// Where to; without it, to standard output. A file that is there is not overwritten.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the oldest lines into a file with what proves them, verify it, and let their rows go.
    ///
    /// Only lines older than `audit.retention_days`, in whole bundles of 256. The tree, the chain and every proof stay;
    /// keep the files: they are the only place where the lines stand.
    Seal {
        /// Lines before this moment (2026-11-27T08:00:00+08:00).
        #[arg(long, value_name = "TIME")]
        before: Bound,
        /// The folder for the file and its signed manifest.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Who does this, for the audit trail; without it, the user of the machine.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Bring in what waits, sign the log's head and print it, with the cosignatures of witnesses.
    Checkpoint,
    /// Print the verifier key of the log.
    Key,
    /// Print what proves that a line is in the log (JSON).
    Proof {
        /// Its index, from 0.
        #[arg(required_unless_present = "sequence", conflicts_with = "sequence")]
        index: Option<u64>,
        /// The number of its event instead.
        #[arg(long)]
        sequence: Option<i64>,
        /// In the first signed tree of so many lines at least; without it, the newest.
        #[arg(long, value_name = "LINES")]
        size: Option<u64>,
    },
    /// Add a witness's cosignature to a signed head.
    Cosign {
        /// Lines under the head.
        size: u64,
        /// The witness's signature line, as it stands under the note.
        line: String,
    },
}

#[derive(Args)]
pub(super) struct VerifyOptions {
    /// Another database than the configured one (`sqlite://FILE`, `postgres://…`).
    #[arg(long, value_name = "URL", conflicts_with = "export")]
    database: Option<String>,
    /// An export instead of a database.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// A signed head from elsewhere (a witness, an earlier copy), to be compared too. May come again.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The folder with the files of sealed segments, to be verified too.
    #[arg(long, value_name = "DIR", conflicts_with = "export")]
    segments: Option<PathBuf>,
    /// The log's verifier key, as `idp audit key` printed it. Without it, the configured database's own, opened with the
    /// master key.
    #[arg(long, value_name = "KEY")]
    vkey: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Search(search) => search::run(config, *search).await,
        Command::Verify(options) => verify::run(config, options).await,
        Command::Export { from, to, out } => export::run(config, (from, to), out).await,
        Command::Seal {
            before,
            out,
            by,
            json,
        } => seal::run(config, before, (&out, by.as_deref()), json).await,
        Command::Checkpoint => checkpoint(config).await,
        Command::Key => {
            let database = ready::database(config).await?;
            say(key(config, &database).await?.verifier())
        }
        Command::Proof {
            index,
            sequence,
            size,
        } => proof(config, (index, sequence), size).await,
        Command::Cosign { size, line } => cosign(config, size, &line).await,
    }
}

fn failed(error: impl std::fmt::Display) -> StartError {
    StartError::new("audit log", error)
}

/// The log's key, opened with the master key.
async fn key(config: &Config, database: &Database) -> Result<LogKey, StartError> {
    let master = MasterKey::load(config).map_err(|e| StartError::new("master key", e))?;
    let key = log_key(database, &master, &config.audit_origin()).await;
    key.map_err(failed)
}

/// Whether the log goes by the name that this configuration gives it. Under another one nothing is signed: to whoever verifies,
/// such a head is forged.
async fn check_name(database: &Database, name: &str) -> Result<(), StartError> {
    let newest = database.read(|store| store.find_newest_checkpoint()).await;
    let newest = newest.map_err(|e| StartError::new("database", e))?;
    let own = newest.as_ref().and_then(|head| head.note.lines().next());
    match own {
        Some(own) if own != name => Err(failed(format_args!(
            "its heads are signed as {own}, this configuration calls it {name}: set the issuer of the running provider (IDP_ISSUER)"
        ))),
        _ => Ok(()),
    }
}

/// Brings in what waits and signs the head, as a running server does by itself.
async fn bring_up(config: &Config, database: &Database) -> Result<LogKey, StartError> {
    check_name(database, &config.audit_origin()).await?;
    let key = key(config, database).await?;
    let mut sequencer = Sequencer::default();
    let brought = sequencer.catch_up(database, &cx(config)?).await;
    brought.map_err(failed)?;
    sign_head(database, &key, clock::now())
        .await
        .map_err(failed)?;
    Ok(key)
}

async fn checkpoint(config: &Config) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    bring_up(config, &database).await?;
    let note = database
        .read(|store| {
            let newest = store.find_newest_checkpoint()?;
            newest.map(|n| with_cosignatures(store, &n)).transpose()
        })
        .await
        .map_err(|e| StartError::new("database", e))?;
    match note {
        Some(note) => say(note.trim_end()),
        None => Err(failed("there is no event yet")),
    }
}

async fn proof(
    config: &Config,
    (index, sequence): (Option<u64>, Option<i64>),
    size: Option<u64>,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let proven = database
        .read::<_, LogError, _>(move |store| {
            let index = match sequence {
                Some(sequence) => find_index(store, sequence)?,
                None => index,
            };
            let proven = index.map(|index| prove_inclusion(store, index, size));
            Ok(proven.transpose()?.flatten())
        })
        .await
        .map_err(failed)?;
    match proven {
        Some(proven) => say(format_args!("{:#}", shown::inclusion(&proven))),
        None => Err(failed("no signed tree holds this line")),
    }
}

async fn cosign(config: &Config, size: u64, line: &str) -> Result<(), StartError> {
    let witnesses = config
        .audit_witnesses()
        .map_err(|e| StartError::new("configuration", e))?;
    let database = ready::database(config).await?;
    let added = add_cosignature(&database, &witnesses, (size, line), clock::now()).await;
    let (witness, is_new) = added.map_err(failed)?;
    let told = if is_new { "cosigned" } else { "had cosigned" };
    say(format_args!("{witness} {told} the head of {size} lines"))
}
