//! `idp api`: the same from anywhere, over a provider's admin API. Prints JSON; what changes something shows what is signed first.

mod acts;
mod small;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use acts::{Decided, Named, Rename, Sure};
use clap::{Args, Subcommand};
use idp_core::evidence::EVIDENCE_MAX;
use serde_json::{Value, json};
use small::{Again, Export, Maintenance, Notice};

use super::output::say;
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
    /// The language of what the provider says and of what is signed: zh-CN or en, or a locale's name.
    #[arg(long, env = "LANG", hide_env_values = true)]
    language: Option<String>,
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
    /// Write the file that stands at such a path to standard output: enterprises/CODE/evidence/SHA256.
    Download {
        /// The path.
        path: String,
    },
    /// Do what needs no signature, at a path below /api/admin/v1.
    Post {
        /// The path.
        path: String,
        /// The body, JSON; `-`: from standard input.
        file: PathBuf,
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
    /// Hand in the paper behind a change of name, and sign for the name.
    Rename(Rename),
    /// Approve what another operator proposed.
    Approve(Decided),
    /// Refuse it.
    Refuse(Decided),
    /// Take back what one proposed oneself.
    WithdrawProposal {
        /// The proposal, as `get proposals` names it.
        id: String,
    },
    /// Have a platform's addresses looked at now.
    Look {
        /// The platform.
        id: String,
    },
    /// Say to people that a platform can't be used for a while.
    AnnounceMaintenance(Maintenance),
    /// End that before its time, or take it back.
    EndMaintenance {
        /// Which, as `get health` names it.
        id: String,
    },
    /// Announce something at the portal.
    AnnounceNotice(Notice),
    /// Take that back.
    WithdrawNotice {
        /// Which, as `get notices` names it.
        id: String,
    },
    /// Have platforms told of sign-outs again.
    RetryLogouts(Again),
    /// Have enterprises notified again.
    RetryNotifications(Again),
    /// What is held of the people behind an enterprise. That it was told is an event.
    PersonalData {
        /// The enterprise's 统一社会信用代码.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Write events to standard output, newest first, at most 100,000. That they were given out is an event.
    ExportAudit(Export),
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
        language: api.language.as_deref().map(tag),
    };
    let client = Client::open(&place, key.map_err(failed)?);
    let client = client.await.map_err(failed)?;
    carry_out(&client, api.command).await
}

/// The tag of a language that is written as a locale, as the environment does (`en_GB.UTF-8`): a language that the provider does not
/// speak is left to it, none at all (`C`) is English.
fn tag(locale: &str) -> String {
    match locale.split(['.', '@']).next().unwrap_or_default() {
        "C" | "POSIX" => "en".to_owned(),
        language => language.replace('_', "-"),
    }
}

async fn carry_out(client: &Client, command: Command) -> Result<(), StartError> {
    match command {
        Command::Get { path } => {
            let told = client.get(&path).await.map_err(failed)?;
            say(format_args!("{told:#}"))
        }
        Command::Download { path } => {
            let copied = client.copy(&path, &mut std::io::stdout()).await;
            copied.map_err(failed)
        }
        Command::Post { path, file } => small::post(client, &path, &read(&file)?).await,
        Command::Act { file, sure } => acts::of_file(client, &file, &sure).await,
        Command::SuspendPlatform(one) => {
            acts::of_platform(client, &one, json!({ "do": "suspend" })).await
        }
        Command::ActivatePlatform(one) => {
            let path = format!("platforms/{}", one.id);
            let shown = client.get(&path).await.map_err(failed)?;
            let what = json!({ "do": "activate", "as_shown": shown.get("version") });
            acts::of_platform(client, &one, what).await
        }
        Command::Freeze(one) => acts::of_enterprise(client, &one, json!({ "do": "freeze" })).await,
        Command::Unfreeze(one) => {
            acts::of_enterprise(client, &one, json!({ "do": "unfreeze" })).await
        }
        Command::Rename(asked) => acts::rename(client, &asked).await,
        Command::Approve(one) => acts::decide(client, &one, "approve").await,
        Command::Refuse(one) => acts::decide(client, &one, "refuse").await,
        Command::WithdrawProposal { id } => {
            small::to_one(client, ("proposals", &id, "withdraw")).await
        }
        Command::Look { id } => small::to_one(client, ("platforms", &id, "look")).await,
        Command::AnnounceMaintenance(asked) => small::maintenance(client, asked).await,
        Command::EndMaintenance { id } => small::to_one(client, ("maintenances", &id, "end")).await,
        Command::AnnounceNotice(asked) => small::notice(client, asked).await,
        Command::WithdrawNotice { id } => small::to_one(client, ("notices", &id, "withdraw")).await,
        Command::RetryLogouts(again) => small::retry(client, "logouts", &again).await,
        Command::RetryNotifications(again) => small::retry(client, "notifications", &again).await,
        Command::PersonalData { id, reason } => small::personal_data(client, (&id, &reason)).await,
        Command::ExportAudit(asked) => small::export(client, &asked).await,
    }
}

fn read(file: &Path) -> Result<Value, StartError> {
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

/// No more is read than is taken.
fn file_of(file: &Path) -> Result<Vec<u8>, StartError> {
    let failed = |e| StartError::new(file.display().to_string(), e);
    let most = u64::try_from(EVIDENCE_MAX).unwrap_or(u64::MAX);
    let opened = std::fs::File::open(file).map_err(failed)?;
    let mut content = Vec::new();
    let mut bounded = opened.take(most.saturating_add(1));
    bounded.read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

fn failed(error: ClientError) -> StartError {
    StartError::new("api", error)
}
