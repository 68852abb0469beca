//! `idp enterprise export-personal-data | erase-personal-data`: what is held of the people behind an enterprise.

use clap::Subcommand;
use idp_core::operate::{erase, export, note_export};
use serde_json::{Value, json};

use super::super::output::{remark, say};
use super::super::{cx, ready};
use super::change::{Behind, order};
use super::code;
use crate::config::Config;
use crate::serve::StartError;

#[derive(Subcommand)]
pub(in crate::cli) enum Command {
    /// Print all personal data that is held of the people behind an enterprise. It is written down who had it told, and why.
    ExportPersonalData {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        behind: Behind,
    },
    /// Erase legal representative, telephone number, address and who bound the locks; of sign-ins older than half a year, address and
    /// browser. Not while a lock is in force. The enterprise stays known by its credit code, and what happened stays on record.
    ErasePersonalData {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        /// The papers behind its changes of name too; their digests stay.
        #[arg(long)]
        with_evidence: bool,
        #[command(flatten)]
        behind: Behind,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    let failed = |e| StartError::new("enterprise", e);
    match command {
        Command::ExportPersonalData {
            credit_code,
            behind,
        } => {
            let (code, order, cx) = (code(&credit_code)?, order(&behind)?, cx(config)?);
            let database = ready::database(config).await?;
            let noted = code.clone();
            let note = database.write(move |store| note_export(store, &cx, &noted, &order));
            note.await.map_err(failed)?;
            let told = database.read(move |store| export(store, &code));
            let told = told.await.map_err(failed)?;
            if behind.json {
                return say(format_args!("{told:#}"));
            }
            lines("", &told)
        }
        Command::ErasePersonalData {
            credit_code,
            with_evidence,
            behind,
        } => {
            let (code, order, cx) = (code(&credit_code)?, order(&behind)?, cx(config)?);
            let database = ready::database(config).await?;
            let erased = database
                .write(move |store| erase(store, &cx, &code, (with_evidence, &order)))
                .await
                .map_err(failed)?;
            let told = json!({
                "locks": erased.binders,
                "sign_ins": erased.traces,
                "papers": erased.evidence,
            });
            let words = format_args!(
                "erased: contact data, who bound {} locks, address and browser of {} sign-ins, {} papers",
                erased.binders, erased.traces, erased.evidence
            );
            behind.tell(words, &told)?;
            remark(
                "Copies of the database from before, and what platforms were told, are not reached by this.",
            );
            Ok(())
        }
    }
}

/// A line a value, each with the way to it.
fn lines(way: &str, value: &Value) -> Result<(), StartError> {
    let below = |name: &str| match way {
        "" => name.to_owned(),
        way => format!("{way}.{name}"),
    };
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                lines(&below(name), member)?;
            }
            Ok(())
        }
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                lines(&below(&format!("{number}")), item)?;
            }
            Ok(())
        }
        Value::Null => say(format_args!("{way}: -")),
        Value::String(text) => say(format_args!("{way}: {text}")),
        other => say(format_args!("{way}: {other}")),
    }
}
