//! `idp ca`: the registry of certificate authorities (CA办理机构).
//!
//! Owns the commands and what they share; each does its work in its own file.

mod change;
mod inspect;
mod show;
mod table;
mod told;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use idp_core::certificate_authority::CertificateAuthority;
use idp_core::hand::Hand;
use idp_core::id::CaId;
use idp_core::store::Store;
use idp_storage::Database;

use super::operator_name;
use crate::config::Config;
use crate::serve::StartError;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the registry.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what is written of one CA, its certificates read.
    Show {
        /// Its id.
        id: String,
        /// As JSON, the PEM texts in it.
        #[arg(long)]
        json: bool,
    },
    /// Enter a CA. It is proposed, and recognises nobody, until it is activated.
    Add {
        /// TOML file with the keys of a `[[certificate_authorities]]` entry; paths in it are relative to it.
        file: PathBuf,
        #[command(flatten)]
        act: Act,
    },
    /// Replace what is written of a CA. Its state stays; running servers follow within seconds.
    Change {
        /// Its id; the one in the file must be the same.
        id: String,
        /// TOML file as for `add`.
        file: PathBuf,
        #[command(flatten)]
        act: Act,
    },
    /// Make a CA recognised. Running servers follow within seconds.
    Activate {
        /// Its id.
        id: String,
        #[command(flatten)]
        act: Act,
    },
    /// End the recognition of a CA: its locks are refused, and their sessions and tokens end within seconds.
    Suspend {
        /// Its id.
        id: String,
        /// Why; kept in its history and the audit trail.
        #[arg(long)]
        reason: String,
        /// Who does it, for the history; the user of this machine where it is not said.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show every change of one CA, oldest first.
    History {
        /// Its id.
        id: String,
        /// As JSON, each entry as it stood from then on.
        #[arg(long)]
        json: bool,
    },
    /// Put the questions of a sign-in to certificates and revocation lists of the stored CAs, as check-config does
    /// to the configuration's.
    Check {
        /// One CA in any state; without it every active one.
        id: Option<String>,
    },
    /// Show everything that certificates say, and what each CA's profile would make of them: to write a profile.
    Inspect {
        /// Certificates, PEM or DER.
        file: PathBuf,
        /// TOML file as for `add`: a draft that is asked too.
        #[arg(long, value_name = "FILE")]
        draft: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What every change is written down with.
#[derive(Args)]
pub(super) struct Act {
    /// Why; kept in its history and the audit trail.
    #[arg(long)]
    reason: Option<String>,
    /// Who does it, for the history; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Do it although nobody could sign in with a lock of it now, or some could not.
    #[arg(long)]
    despite_errors: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Act {
    fn operator(&self) -> Result<Hand, StartError> {
        Ok(Hand {
            operator_id: None,
            by: operator_name(self.by.as_deref())?,
            reason: self.reason.clone(),
        })
    }
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List { json } => show::list(config, json).await,
        Command::Show { id, json } => show::one(config, &CaId::from_text(id), json).await,
        Command::History { id, json } => show::history(config, &CaId::from_text(id), json).await,
        Command::Check { id } => show::check(config, id.map(CaId::from_text)).await,
        Command::Add { file, act } => change::add(config, &file, &act).await,
        Command::Change { id, file, act } => {
            change::change(config, &CaId::from_text(id), &file, &act).await
        }
        Command::Activate { id, act } => change::activate(config, CaId::from_text(id), &act).await,
        Command::Suspend {
            id,
            reason,
            by,
            json,
        } => {
            let operator = Hand {
                operator_id: None,
                by: operator_name(by.as_deref())?,
                reason: Some(reason),
            };
            change::suspend(config, CaId::from_text(id), operator, json).await
        }
        Command::Inspect { file, draft, json } => {
            inspect::run(config, &file, draft.as_deref(), json).await
        }
    }
}

/// One stored CA.
async fn found(database: &Database, id: &CaId) -> Result<CertificateAuthority, StartError> {
    let asked = id.clone();
    let found = database
        .read(move |store: &mut dyn Store| store.find_certificate_authority(&asked))
        .await
        .map_err(|e| StartError::new("database", e))?;
    found.ok_or_else(|| {
        let why = format!("there is no certificate authority {id}; `idp ca list` shows them");
        StartError::new("certificate authority", why)
    })
}
