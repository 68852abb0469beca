//! `idp revocation`: how the sources of revocations do, and what an operator does by hand.
//!
//! Owns the words. Lists are verified against the registry before they are kept; a running server takes them up by itself.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::output::{remark, say};
use super::ready::{self, rfc3339};
use crate::certificates::{
    Kept, Registered, RevocationSources, SourceReport, fetch_now, import, read_stored,
};
use crate::clock;
use crate::config::Config;
use crate::outbound::Fetcher;
use crate::serve::StartError;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the sources of every CA as the server last saw them: age, next update, errors, latency.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Verify signed lists (PEM or DER) against the registry and keep them: for networks without a way out.
    Import {
        /// The files, each with one list or several.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fetch every list behind an address now.
    Fetch {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List { json } => list(config, json),
        Command::Import { files, json } => import_all(config, &files, json).await,
        Command::Fetch { json } => fetch(config, json).await,
    }
}

fn list(config: &Config, json: bool) -> Result<(), StartError> {
    let file = Kept::in_state(&config.state_dir).report();
    let unread = |e: &dyn std::fmt::Display| {
        StartError::new(
            format!(
                "{}: no server has written how its sources do",
                file.display()
            ),
            e,
        )
    };
    let text = std::fs::read_to_string(&file).map_err(|e| unread(&e))?;
    if json {
        return say(text);
    }
    let report: Vec<SourceReport> = serde_json::from_str(&text).map_err(|e| unread(&e))?;
    let now = clock::now().unix_seconds();
    for source in &report {
        say(line(source, now))?;
    }
    Ok(())
}

fn line(source: &SourceReport, now: i64) -> String {
    let moment = |at: Option<i64>| {
        let at = at.map(idp_core::timestamp::Timestamp::from_unix_seconds);
        at.map_or_else(|| "-".to_owned(), rfc3339)
    };
    let age = source.this_update.map_or_else(
        || "-".to_owned(),
        |at| format!("{} s", now.saturating_sub(at)),
    );
    let latency = source
        .latency_ms
        .map_or_else(|| "-".to_owned(), |ms| format!("{ms} ms"));
    let error = source.last_error.as_deref().unwrap_or("none");
    format!(
        "{} {} {}\n  age {age}, this update {}, next update {}, entries {}\n  last attempt {}, last success {}, \
         latency {latency}, errors {}, last error: {error}",
        source.ca,
        source.kind,
        source.address,
        moment(source.this_update),
        moment(source.next_update),
        source.entries,
        moment(source.last_attempt),
        moment(source.last_success),
        source.errors,
    )
}

async fn registered(config: &Config) -> Result<Registered, StartError> {
    let database = ready::database(config).await?;
    let stored = read_stored(&database).await;
    stored.map_err(|e| StartError::new("CA registry", e))
}

async fn import_all(config: &Config, files: &[PathBuf], as_json: bool) -> Result<(), StartError> {
    let registered = registered(config).await?;
    let kept = Kept::in_state(&config.state_dir);
    let mut lists = Vec::new();
    for file in files {
        let name = file.display();
        let failed = |e: &dyn std::fmt::Display| StartError::new(name.to_string(), e);
        let octets = std::fs::read(file).map_err(|e| failed(&e))?;
        let imported = import(registered.registry(), &kept, octets).map_err(|e| failed(&e))?;
        for one in imported {
            let (ca, issuer, entries) = (&one.ca, one.list.issuer(), one.list.entries());
            if as_json {
                lists.push(json!({
                    "file": name.to_string(),
                    "ca": ca.as_str(),
                    "issuer": issuer.to_string(),
                    "entries": entries,
                }));
            } else {
                say(format_args!(
                    "{name}: {ca}: list of {issuer}, {entries} entries"
                ))?;
            }
        }
    }
    if as_json {
        say(format_args!("{:#}", json!({ "lists": lists })))?;
    }
    Ok(())
}

async fn fetch(config: &Config, as_json: bool) -> Result<(), StartError> {
    let registered = registered(config).await?;
    let kept = Kept::in_state(&config.state_dir);
    let sources = RevocationSources::open(registered.registry(), Some(kept));
    let fetcher =
        Fetcher::toward_authorities(config).map_err(|e| StartError::new("outbound.ca_file", e))?;
    let settings = &config.revocation;
    let (came, failed) = fetch_now(registered.registry(), &sources, &fetcher, settings).await;
    for line in &failed {
        remark(format_args!("ERROR: {line}"));
    }
    if as_json {
        let told = json!({ "fetched": came, "failed": failed });
        say(format_args!("{told:#}"))?;
    }
    match failed.len() {
        0 if as_json => Ok(()),
        0 => say(format_args!("{came} list(s) fetched")),
        n => Err(StartError::new(
            "fetching",
            format!("{n} list(s) did not come, see above"),
        )),
    }
}
