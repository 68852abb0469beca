//! `idp consent list | revoke`: what enterprises were asked (确认授权).

use clap::{Subcommand, ValueEnum};
use idp_core::consent::{ConsentOutcome, ConsentRecord};
use idp_core::id::PlatformId;
use idp_core::inspect;
use idp_core::listing::{ConsentFilter, List};
use idp_core::operate::take_consent_back;
use serde_json::json;

use super::cx;
use super::enterprise::change::{Behind, order};
use super::enterprise::code;
use super::paging::{Paging, failed, find_id, unbound};
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::consent::row;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Outcome {
    /// 确认授权
    Granted,
    /// 拒绝
    Refused,
    /// Taken back.
    Revoked,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// List what enterprises were asked and how it ended, newest first. Times are UTC.
    List {
        /// Of one enterprise, by its 统一社会信用代码.
        #[arg(long, value_name = "CODE")]
        enterprise: Option<String>,
        /// For one platform.
        #[arg(long, value_name = "ID")]
        platform: Option<String>,
        /// That ended so.
        #[arg(long, value_enum)]
        outcome: Option<Outcome>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Take a consent in force back. What the platform was given ends at once.
    Revoke {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        /// The platform.
        #[arg(long, value_name = "ID")]
        platform: String,
        #[command(flatten)]
        behind: Behind,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List {
            enterprise,
            platform,
            outcome,
            paging,
        } => {
            let filter = ConsentFilter {
                platform: platform.map(PlatformId::from_text),
                outcome: outcome.map(|outcome| match outcome {
                    Outcome::Granted => ConsentOutcome::Granted,
                    Outcome::Refused => ConsentOutcome::Refused,
                    Outcome::Revoked => ConsentOutcome::Revoked,
                }),
                ..ConsentFilter::default()
            };
            list(config, enterprise.as_deref(), filter, paging).await
        }
        Command::Revoke {
            credit_code,
            platform,
            behind,
        } => {
            let (code, order, cx) = (code(&credit_code)?, order(&behind)?, cx(config)?);
            let platform = PlatformId::from_text(platform);
            let database = ready::database(config).await?;
            let record = database
                .write(move |store| take_consent_back(store, &cx, &code, (&platform, &order)))
                .await
                .map_err(|e| StartError::new("consent", e))?;
            let words = format_args!("taken back: {record}");
            behind.tell(words, &json!({ "taken_back": record.as_str() }))
        }
    }
}

async fn list(
    config: &Config,
    enterprise: Option<&str>,
    mut filter: ConsentFilter,
    paging: Paging,
) -> Result<(), StartError> {
    let code = enterprise.map(code).transpose()?;
    let database = ready::database(config).await?;
    let asked = (paging.clone(), code.clone());
    let found = database
        .read(move |store| {
            let (paging, code) = asked;
            if let Some(code) = &code {
                filter.enterprise = find_id(store, code)?;
                if filter.enterprise.is_none() {
                    return Ok(None);
                }
            }
            Ok(Some(inspect::consents(store, &filter, paging.asked())?))
        })
        .await
        .map_err(failed)?;
    match (found, code) {
        (Some(seen), _) => {
            let row = |one: &ConsentRecord| row(one, &seen.enterprises);
            paging.print((&seen.page, List::Consents), row, line)
        }
        (None, Some(code)) => Err(unbound(&code)),
        (None, None) => Ok(()),
    }
}

fn line(record: &ConsentRecord) -> String {
    format!(
        "{} {} {:<7} {} {}",
        rfc3339(record.at),
        record.id,
        record.outcome.as_str(),
        record.platform_id,
        record.scopes
    )
}
