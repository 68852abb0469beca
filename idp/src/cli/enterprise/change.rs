//! What an operator changes of an enterprise, each with a reason and a name. What is allowed is the core's.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use idp_core::cx::Cx;
use idp_core::evidence::{EVIDENCE_MAX, Evidence};
use idp_core::id::KeyLockId;
use idp_core::operate::{
    self, Correction, OperateError, Order, close_rebinding, correct, freeze, lock_lost,
    open_rebinding, promote_lock, remove_lock, unfreeze,
};
use idp_core::region::RegionCode;
use idp_core::store::Store;
use idp_core::timestamp::Timestamp;
use pki::holder::credit_code::CreditCode;
use serde_json::{Value, json};

use super::super::output::{say, tell};
use super::super::{cx, operator_name, ready};
use super::code;
use crate::config::Config;
use crate::serve::StartError;

/// Who does it, and why: it goes into the audit trail.
#[derive(Args)]
pub(in crate::cli) struct Behind {
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Behind {
    /// Says what was done, in words or as JSON.
    pub(in crate::cli) fn tell(&self, words: impl Display, told: &Value) -> Result<(), StartError> {
        if self.json {
            say(format_args!("{told:#}"))
        } else {
            say(words)
        }
    }
}

/// What is corrected: one of the two, or both.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(in crate::cli) struct Corrected {
    /// 法人代表
    #[arg(long)]
    legal_representative: Option<String>,
    /// 企业所在地市, GB/T 2260.
    #[arg(long)]
    region: Option<String>,
}

/// One lock of an enterprise.
#[derive(Args)]
pub(in crate::cli) struct OneLock {
    /// The enterprise's 统一社会信用代码.
    credit_code: String,
    /// The lock, as `enterprise show` names it.
    #[arg(long, value_name = "ID")]
    lock: String,
    #[command(flatten)]
    behind: Behind,
}

#[derive(Subcommand)]
pub(in crate::cli) enum Command {
    /// Apply a change of name against evidence (FAQ 6). Only certificates with the new name sign in then;
    /// what is live ends.
    Rename {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        /// The new name, as its new certificate says it.
        #[arg(long)]
        name: String,
        /// The paper, scanned: kept in the database, 8 MiB at most.
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
        #[command(flatten)]
        behind: Behind,
    },
    /// Write the evidence of a change of name to a file.
    Evidence {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        /// Its SHA-256, as `enterprise show` names it.
        sha256: String,
        /// Where to; a file that is there already is not written over.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Correct the legal representative or the region against papers.
    Correct {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        corrected: Corrected,
        #[command(flatten)]
        behind: Behind,
    },
    /// Mark a lock lost, for ever (FAQ 10). Its sign-ins and tokens end at once.
    LockLost(OneLock),
    /// Remove a lock, primary or not. Its sign-ins and tokens end at once.
    RemoveLock(OneLock),
    /// Make a secondary lock the primary one, where the enterprise has none in force any more.
    PromoteLock(OneLock),
    /// Let an enterprise without a primary lock bind a new one (FAQ 10): once, for some days.
    OpenRebinding {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        /// For how many days from now.
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=90))]
        days: u16,
        /// Until this moment instead (RFC 3339).
        #[arg(long, value_name = "TIME", value_parser = ready::moment, conflicts_with = "days")]
        until: Option<Timestamp>,
        #[command(flatten)]
        behind: Behind,
    },
    /// Take that back.
    CloseRebinding {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        behind: Behind,
    },
    /// Let nobody of an enterprise sign in. What is live ends at once.
    Freeze {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        behind: Behind,
    },
    /// Let it sign in again.
    Unfreeze {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        behind: Behind,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Rename {
            credit_code,
            name,
            evidence,
            behind,
        } => rename(config, (&credit_code, name), &evidence, &behind).await,
        Command::Evidence {
            credit_code,
            sha256,
            out,
            json,
        } => evidence(config, (&credit_code, sha256), &out, json).await,
        Command::Correct {
            credit_code,
            corrected,
            behind,
        } => {
            let region = corrected.region.map(|code| RegionCode::parse(&code));
            let region = region.transpose();
            let correction = Correction {
                legal_representative: corrected.legal_representative,
                region_code: region.map_err(|e| StartError::new("--region", e))?,
            };
            change(
                config,
                &credit_code,
                &behind,
                move |store, cx, code, order| correct(store, cx, code, (&correction, order)),
            )
            .await
        }
        Command::LockLost(one) => of_lock(config, &one, lock_lost).await,
        Command::RemoveLock(one) => of_lock(config, &one, remove_lock).await,
        Command::PromoteLock(one) => of_lock(config, &one, promote_lock).await,
        Command::OpenRebinding {
            credit_code,
            days,
            until,
            behind,
        } => {
            change(
                config,
                &credit_code,
                &behind,
                move |store, cx, code, order| {
                    let lifetime = std::time::Duration::from_secs(u64::from(days) * 86_400);
                    let until = until.unwrap_or(cx.now + lifetime);
                    open_rebinding(store, cx, code, (until, order))
                },
            )
            .await
        }
        Command::CloseRebinding {
            credit_code,
            behind,
        } => change(config, &credit_code, &behind, close_rebinding).await,
        Command::Freeze {
            credit_code,
            behind,
        } => change(config, &credit_code, &behind, freeze).await,
        Command::Unfreeze {
            credit_code,
            behind,
        } => change(config, &credit_code, &behind, unfreeze).await,
    }
}

/// One change in one transaction; done or not done.
async fn change<F>(
    config: &Config,
    credit_code: &str,
    behind: &Behind,
    work: F,
) -> Result<(), StartError>
where
    F: FnOnce(&mut dyn Store, &Cx, &CreditCode, &Order) -> Result<(), OperateError>
        + Send
        + 'static,
{
    let (code, order, cx) = (code(credit_code)?, order(behind)?, cx(config)?);
    let database = ready::database(config).await?;
    database
        .write(move |store| work(store, &cx, &code, &order))
        .await
        .map_err(|e| StartError::new("enterprise", e))?;
    behind.tell("done", &json!({ "done": true }))
}

/// What the core does with one lock.
type LockWork =
    fn(&mut dyn Store, &Cx, &CreditCode, (&KeyLockId, &Order)) -> Result<(), OperateError>;

async fn of_lock(config: &Config, one: &OneLock, work: LockWork) -> Result<(), StartError> {
    let id = KeyLockId::from_text(&one.lock);
    change(
        config,
        &one.credit_code,
        &one.behind,
        move |store, cx, code, order| work(store, cx, code, (&id, order)),
    )
    .await
}

async fn rename(
    config: &Config,
    (credit_code, name): (&str, String),
    file: &Path,
    behind: &Behind,
) -> Result<(), StartError> {
    let evidence = read_evidence(file)?;
    let (code, order, cx) = (code(credit_code)?, order(behind)?, cx(config)?);
    let database = ready::database(config).await?;
    let renamed = database
        .write(move |store| operate::rename(store, &cx, &code, &name, (&evidence, &order)))
        .await
        .map_err(|e| StartError::new("enterprise", e))?;
    let told = json!({
        "old_name": renamed.old_name,
        "new_name": renamed.new_name,
        "evidence_sha256": renamed.evidence_sha256,
    });
    let words = format_args!(
        "{} is {} now; evidence {}",
        renamed.old_name, renamed.new_name, renamed.evidence_sha256
    );
    behind.tell(words, &told)
}

/// No more is read than may be kept.
fn read_evidence(file: &Path) -> Result<Evidence, StartError> {
    use std::io::Read as _;
    let failed = |e| StartError::new(format!("--evidence {}", file.display()), e);
    let mut content = Vec::new();
    let most = u64::try_from(EVIDENCE_MAX).unwrap_or(u64::MAX);
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened
        .take(most.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(failed)?;
    let name = file.file_name().unwrap_or_default();
    Ok(Evidence {
        name: name.to_string_lossy().into_owned(),
        content,
    })
}

async fn evidence(
    config: &Config,
    (credit_code, sha256): (&str, String),
    out: &Path,
    as_json: bool,
) -> Result<(), StartError> {
    let code = code(credit_code)?;
    let database = ready::database(config).await?;
    let digest = sha256.clone();
    let found = database
        .read(
            move |store| match store.find_enterprise_by_credit_code(&code)? {
                Some(enterprise) => store.find_rename_evidence(&enterprise.id, &digest),
                None => Ok(None),
            },
        )
        .await
        .map_err(|e| StartError::new("database", e))?;
    let content = found.ok_or_else(|| StartError::new("evidence", "there is none such"))?;
    let failed = |e| StartError::new(format!("--out {}", out.display()), e);
    let mut file = std::fs::File::create_new(out).map_err(failed)?;
    std::io::Write::write_all(&mut file, &content).map_err(failed)?;
    let told =
        json!({ "file": out.display().to_string(), "octets": content.len(), "sha256": sha256 });
    tell(as_json, format_args!("{} octets", content.len()), &told)
}

pub(in crate::cli) fn order(behind: &Behind) -> Result<Order, StartError> {
    let by = operator_name(behind.by.as_deref())?;
    Order::new(&by, &behind.reason).map_err(|e| StartError::new("enterprise", e))
}
