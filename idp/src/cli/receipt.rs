//! `idp receipt export | verify`: consent receipts, given out and checked. Verifying needs no configuration and no database.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use idp_core::id::ConsentId;
use idp_core::transparency::VerifierKey;
use pki::certificate::Certificate;
use pki::revocation::crls_in;
use serde_json::{Value, json};

use super::output::say;
use super::{cx, ready};
use crate::config::Config;
use crate::receipts::{
    LONGEST, Outcome, Standing, Trust, Verified, issue, receipt_keys, verify as verify_receipt,
};
use crate::serve::{StartError, open_signing};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Write the receipt of a consent, signed with the provider's key of the day.
    Export {
        /// The consent, as `idp consent list` names it.
        consent: String,
        /// Where to; without it, to standard output. A file that is there is not overwritten.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Print the public keys that receipts may have been signed with (JWK Set).
    Keys,
    /// Check a receipt by what you trust, offline. Ends with 0 where every check could be made and holds.
    Verify(Verify),
}

#[derive(clap::Args)]
pub(super) struct Verify {
    /// The receipt: a compact JWS.
    file: PathBuf,
    /// The provider's keys (JWK Set), as `/receipts/keys` gave them or `idp receipt keys` printed them.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// The audit log's verifier key, as `/audit/key` gave it or `idp audit key` printed it.
    #[arg(long, value_name = "KEY")]
    log_key: Option<String>,
    /// Certificates of CAs that you trust, PEM or DER, and of responders whom they trust. May come again.
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// A revocation list that was too long to stand in the receipt, PEM or DER. May come again.
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Export { consent, out } => export(config, &consent, out.as_deref()).await,
        Command::Keys => {
            let database = ready::database(config).await?;
            let keys = receipt_keys(&database).await;
            let keys = keys.map_err(|e| StartError::new("database", e))?;
            say(format_args!("{keys:#}"))
        }
        Command::Verify(verify) => check(&verify),
    }
}

async fn export(config: &Config, consent: &str, out: Option<&Path>) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (keys, log_key) = open_signing(config, &database).await?;
    let (cx, id) = (cx(config)?, ConsentId::from_text(consent));
    let receipt = issue(&database, &keys, (&cx, log_key.verifier()), &id).await;
    let receipt = receipt.map_err(|e| StartError::new("receipt", e))?;
    let Some(out) = out else {
        return say(receipt);
    };
    let unwritable = |e: std::io::Error| StartError::new(out.display().to_string(), e);
    let mut file = std::fs::File::create_new(out).map_err(unwritable)?;
    std::io::Write::write_all(&mut file, receipt.as_bytes()).map_err(unwritable)
}

fn check(asked: &Verify) -> Result<(), StartError> {
    let text = read(&asked.file)?;
    let text = String::from_utf8(text).map_err(|e| unreadable(&asked.file, e))?;
    let verified = verify_receipt(&text, &trust(asked)?);
    if asked.json {
        say(format_args!("{:#}", as_json(&verified)))?;
    } else {
        tell(&verified)?;
    }
    match verified.standing() {
        Standing::Good => Ok(()),
        Standing::Incomplete => Err(StartError::new("receipt", "not every check could be made")),
        Standing::Bad => Err(StartError::new("receipt", "it does not hold")),
    }
}

fn trust(asked: &Verify) -> Result<Trust, StartError> {
    let keys = asked.jwks.as_deref().map(|file| {
        let keys: Result<Value, _> = serde_json::from_slice(&read(file)?);
        keys.map_err(|e| unreadable(file, e))
    });
    let log_key = asked.log_key.as_deref().map(VerifierKey::parse);
    let mut authorities = Vec::new();
    for file in &asked.ca {
        for certificate in Certificate::each_of(&read(file)?) {
            authorities.push(certificate.map_err(|e| unreadable(file, e))?);
        }
    }
    let mut lists = Vec::new();
    for file in &asked.crl {
        lists.extend(crls_in(read(file)?).map_err(|e| unreadable(file, e))?);
    }
    Ok(Trust {
        keys: keys.transpose()?,
        log_key: log_key
            .transpose()
            .map_err(|e| StartError::new("--log-key", e))?,
        authorities,
        lists,
    })
}

/// A receipt is never longer, and nothing else here is of a size worth reading for long.
fn read(file: &Path) -> Result<Vec<u8>, StartError> {
    const MOST: u64 = 64 * 1024 * 1024;
    let size = std::fs::metadata(file)
        .map_err(|e| unreadable(file, e))?
        .len();
    if size > MOST {
        let why = format!(
            "larger than anything that is read here; a receipt has {LONGEST} octets at most"
        );
        return Err(unreadable(file, why));
    }
    std::fs::read(file).map_err(|e| unreadable(file, e))
}

fn unreadable(file: &Path, why: impl std::fmt::Display) -> StartError {
    StartError::new(file.display().to_string(), why)
}

fn words(outcome: Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Failed(why) => ("FAILED", Some(why)),
        Outcome::Unchecked(why) => ("unchecked", Some(why)),
    }
}

fn tell(verified: &Verified) -> Result<(), StartError> {
    for check in &verified.checks {
        let (word, why) = words(check.outcome);
        let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
        say(format_args!("{:<16}{word}{why}", check.name))?;
    }
    let Some(receipt) = &verified.receipt else {
        return Ok(());
    };
    for event in &receipt.events {
        say(format_args!("{}  {}", event.event_time, event.event_state))?;
    }
    say(format_args!("\n{}", receipt.evidence.statement))
}

fn as_json(verified: &Verified) -> Value {
    let checks = verified.checks.iter().map(|check| {
        let (word, why) = words(check.outcome);
        json!({ "check": check.name, "outcome": word.to_lowercase(), "why": why })
    });
    json!({
        "standing": match verified.standing() {
            Standing::Good => "good",
            Standing::Incomplete => "incomplete",
            Standing::Bad => "bad",
        },
        "withdrawn": verified.is_withdrawn(),
        "checks": checks.collect::<Vec<_>>(),
        "receipt": verified.receipt,
    })
}
