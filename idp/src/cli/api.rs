//! `idp api`: the same from anywhere, over a provider's admin API. Prints JSON; what changes something shows what is signed first.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::output::{remark, say};
use crate::api_client::{Client, ClientError, KeyFiles, OperatorKey, Place};
use crate::serve::StartError;

/// Where, and by which key.
#[derive(Args)]
pub(super) struct Api {
    /// The provider's issuer.
    #[arg(long, env = "YZT_API_URL")]
    url: String,
    /// The operator's certificate, PEM.
    #[arg(long, env = "YZT_API_CERTIFICATE", value_name = "FILE")]
    certificate: PathBuf,
    /// Its key, PEM (PKCS #8).
    #[arg(long, env = "YZT_API_KEY", value_name = "FILE")]
    key: PathBuf,
    /// A file whose first line opens the key.
    #[arg(long, env = "YZT_API_PASSPHRASE_FILE", value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Certificates that are trusted beside the machine's roots, PEM.
    #[arg(long, env = "YZT_API_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// What the token is to be for, scopes separated by blanks; without it, all that the roles give.
    #[arg(long)]
    scope: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read what stands at a path below /api/admin/v1: me, platforms?size=10, enterprises/CODE/timeline, audit?kind=login.refused …
    Get {
        /// The path.
        path: String,
    },
    /// Sign an act and have it done.
    Act {
        /// The act, JSON; `-`: from standard input.
        file: PathBuf,
        #[command(flatten)]
        sure: Sure,
    },
    /// Nobody goes to a platform any more, and what it holds ends.
    SuspendPlatform(Named),
    /// People go to a platform again, or for the first time.
    ActivatePlatform(Named),
    /// Nobody of an enterprise signs in.
    Freeze(Named),
    /// It may sign in again.
    Unfreeze(Named),
    /// Approve what another operator proposed.
    Approve(Decided),
    /// Refuse it.
    Refuse(Decided),
}

/// One platform or enterprise, and why.
#[derive(Args)]
struct Named {
    /// The platform's identifier, or the enterprise's 统一社会信用代码.
    id: String,
    /// Why.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    sure: Sure,
}

/// One proposal.
#[derive(Args)]
struct Decided {
    /// The proposal, as `get proposals` names it.
    id: String,
    #[command(flatten)]
    sure: Sure,
}

/// Whether it is signed without a question.
#[derive(Args)]
struct Sure {
    /// Sign what is shown without asking.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(api: Api) -> Result<(), StartError> {
    let key = OperatorKey::open(&KeyFiles {
        certificate: api.certificate,
        key: api.key,
        passphrase: api.passphrase_file,
    });
    let place = Place {
        url: api.url,
        ca: api.ca,
        scope: api.scope,
    };
    let client = Client::open(&place, key.map_err(failed)?);
    let client = client.await.map_err(failed)?;
    match api.command {
        Command::Get { path } => {
            let told = client.get(&path).await.map_err(failed)?;
            say(format_args!("{told:#}"))
        }
        Command::Act { file, sure } => act(&client, &read(&file)?, &sure).await,
        Command::SuspendPlatform(one) => {
            let what = json!({ "do": "suspend" });
            act(&client, &of_platform(&one, &what), &one.sure).await
        }
        Command::ActivatePlatform(one) => {
            let path = format!("platforms/{}", one.id);
            let shown = client.get(&path).await.map_err(failed)?;
            let what = json!({ "do": "activate", "as_shown": shown.get("version") });
            act(&client, &of_platform(&one, &what), &one.sure).await
        }
        Command::Freeze(one) => act(&client, &of_enterprise(&one, "freeze"), &one.sure).await,
        Command::Unfreeze(one) => act(&client, &of_enterprise(&one, "unfreeze"), &one.sure).await,
        Command::Approve(one) => {
            let approve = json!({ "act": "approve", "proposal": one.id });
            act(&client, &approve, &one.sure).await
        }
        Command::Refuse(one) => {
            let refuse = json!({ "act": "refuse", "proposal": one.id });
            act(&client, &refuse, &one.sure).await
        }
    }
}

fn of_platform(one: &Named, what: &Value) -> Value {
    json!({ "act": "platform", "platform": one.id, "what": what, "reason": one.reason })
}

fn of_enterprise(one: &Named, what: &str) -> Value {
    json!({
        "act": "enterprise",
        "credit_code": one.id,
        "what": { "do": what },
        "reason": one.reason,
    })
}

fn read(file: &std::path::Path) -> Result<Value, StartError> {
    let wrong = |e: &dyn std::fmt::Display| StartError::new(file.display().to_string(), e);
    let mut text = String::new();
    if file.as_os_str() == "-" {
        let ended = std::io::stdin().read_to_string(&mut text);
        ended.map_err(|e| wrong(&e))?;
    } else {
        text = std::fs::read_to_string(file).map_err(|e| wrong(&e))?;
    }
    serde_json::from_str(&text).map_err(|e| wrong(&e))
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

fn failed(error: ClientError) -> StartError {
    StartError::new("api", error)
}
