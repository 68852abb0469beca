//! What is signed over the admin API: shown first, and signed by whoever is sure.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::super::output::{remark, say};
use super::{failed, file_of, read};
use crate::api_client::Client;
use crate::serve::StartError;

/// One platform or enterprise, and why.
#[derive(Args)]
pub(super) struct Named {
    /// The platform's identifier, or the enterprise's 统一社会信用代码.
    pub(super) id: String,
    #[command(flatten)]
    behind: Behind,
}

/// Why.
#[derive(Args)]
struct Behind {
    /// Why.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    sure: Sure,
}

/// A change of name.
#[derive(Args)]
pub(super) struct Rename {
    /// The enterprise's 统一社会信用代码.
    id: String,
    /// The new name, as its new certificate says it.
    #[arg(long)]
    name: String,
    /// The paper, scanned: 8 MiB at most.
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
    #[command(flatten)]
    behind: Behind,
}

/// One proposal.
#[derive(Args)]
pub(super) struct Decided {
    /// The proposal, as `get proposals` names it.
    id: String,
    #[command(flatten)]
    sure: Sure,
}

/// Whether it is signed without a question.
#[derive(Args)]
pub(super) struct Sure {
    /// Sign what is shown without asking.
    #[arg(long)]
    yes: bool,
}

/// An act from a file.
pub(super) async fn of_file(client: &Client, file: &Path, sure: &Sure) -> Result<(), StartError> {
    act(client, &read(file)?, sure).await
}

pub(super) async fn of_platform(
    client: &Client,
    one: &Named,
    what: Value,
) -> Result<(), StartError> {
    let reason = &one.behind.reason;
    let asked = json!({ "act": "platform", "platform": one.id, "what": what, "reason": reason });
    act(client, &asked, &one.behind.sure).await
}

pub(super) async fn of_enterprise(
    client: &Client,
    one: &Named,
    what: Value,
) -> Result<(), StartError> {
    enterprise(client, (&one.id, what), &one.behind).await
}

/// Hands the paper in, then signs for the name with it.
pub(super) async fn rename(client: &Client, asked: &Rename) -> Result<(), StartError> {
    let file = file_of(&asked.evidence)?;
    let name = asked.evidence.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let handed_in = client.hand_in(&asked.id, (&name, file)).await;
    let evidence = handed_in.map_err(failed)?;
    let what = json!({ "do": "rename", "new_name": asked.name, "evidence": evidence });
    enterprise(client, (&asked.id, what), &asked.behind).await
}

async fn enterprise(
    client: &Client,
    (credit_code, what): (&str, Value),
    behind: &Behind,
) -> Result<(), StartError> {
    let asked = json!({
        "act": "enterprise",
        "credit_code": credit_code,
        "what": what,
        "reason": behind.reason,
    });
    act(client, &asked, &behind.sure).await
}

/// `approve` or `refuse`.
pub(super) async fn decide(
    client: &Client,
    one: &Decided,
    decision: &str,
) -> Result<(), StartError> {
    let asked = json!({ "act": decision, "proposal": one.id });
    act(client, &asked, &one.sure).await
}

/// Shows what will be signed, asks, signs and has it done.
async fn act(client: &Client, act: &Value, sure: &Sure) -> Result<(), StartError> {
    let asked = client.prepare(act).await.map_err(failed)?;
    let statement = asked.get("statement").and_then(Value::as_str);
    let statement = statement.unwrap_or_default();
    remark(statement);
    if let Some(change) = asked.get("change").filter(|change| !change.is_null()) {
        remark(format_args!("{change:#}"));
    }
    if !sure.yes && !is_sure() {
        return Err(StartError::new("api", "nothing was signed"));
    }
    let done = client.carry_out(act, &asked).await.map_err(failed)?;
    say(format_args!("{done:#}"))
}

/// A person at a terminal says so; a script says `--yes`.
fn is_sure() -> bool {
    let input = std::io::stdin();
    if !input.is_terminal() {
        remark("--yes is needed: nobody is there to ask");
        return false;
    }
    remark("Sign this? Type yes:");
    let mut line = String::new();
    input.lock().read_line(&mut line).is_ok() && line.trim() == "yes"
}
