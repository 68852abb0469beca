//! `idp enterprise search | list | timeline`: enterprises by what is known of them, and what happened to one.

use clap::{Args, Subcommand, ValueEnum};
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::inspect::{EnterpriseSearch, find_enterprises, timeline};
use idp_core::listing::{AuditFilter, EnterpriseFilter, List};
use idp_core::region::RegionCode;

use super::super::audit::event_line;
use super::super::paging::{Paging, failed, find_id, unbound};
use super::super::ready;
use super::code;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::audit;
use crate::shapes::enterprise::{add_names, row};

#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum State {
    /// It may sign in.
    Active,
    /// An operator froze it.
    Suspended,
}

/// Of all that are found, which.
#[derive(Args)]
pub(in crate::cli) struct Narrowed {
    /// In this state.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// In this region and those below it (GB/T 2260).
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Subcommand)]
pub(in crate::cli) enum Command {
    /// Look for enterprises by a part of a name, present or former (two characters at least); by a credit code or its beginning; by a
    /// 证书Key号 or 硬件介质号; by the SHA-256 of a certificate.
    Search {
        /// What is known.
        words: String,
        #[command(flatten)]
        narrowed: Narrowed,
    },
    /// List enterprises, the one bound last first.
    List {
        #[command(flatten)]
        narrowed: Narrowed,
    },
    /// What happened to one enterprise, newest first. Times are UTC.
    Timeline {
        /// Its 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        paging: Paging,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Search { words, narrowed } => search(config, words, narrowed).await,
        Command::List { narrowed } => search(config, String::new(), narrowed).await,
        Command::Timeline {
            credit_code,
            paging,
        } => show_timeline(config, &credit_code, paging).await,
    }
}

async fn search(config: &Config, words: String, narrowed: Narrowed) -> Result<(), StartError> {
    let region = narrowed
        .region
        .as_deref()
        .map(RegionCode::parse)
        .transpose();
    let region = region.map_err(|e| StartError::new("--region", e))?;
    let filter = EnterpriseFilter {
        state: narrowed.state.map(|state| match state {
            State::Active => EnterpriseState::Active,
            State::Suspended => EnterpriseState::Suspended,
        }),
        regions: region
            .map(|region| region.with_those_below())
            .unwrap_or_default(),
    };
    let search = EnterpriseSearch { words, filter };
    let (paging, asked) = (narrowed.paging.clone(), narrowed.paging);
    let database = ready::database(config).await?;
    let found = database
        .read(move |store| find_enterprises(store, &search, asked.asked()))
        .await
        .map_err(failed)?;
    paging.print((&found.page, found.list), row, line)
}

fn line(enterprise: &Enterprise) -> String {
    format!(
        "{} {:<9} {} {}",
        enterprise.credit_code,
        enterprise.state.as_str(),
        enterprise.region_code,
        enterprise.name
    )
}

async fn show_timeline(config: &Config, text: &str, paging: Paging) -> Result<(), StartError> {
    let code = code(text)?;
    let asked = (paging.clone(), code.clone());
    let database = ready::database(config).await?;
    let found = database
        .read(move |store| {
            let (paging, code) = asked;
            let Some(id) = find_id(store, &code)? else {
                return Ok(None);
            };
            timeline(store, &id, &AuditFilter::default(), paging.asked()).map(Some)
        })
        .await
        .map_err(failed)?;
    let shown = found.ok_or_else(|| unbound(&code))?;
    let named = |entry: &_| {
        let mut row = audit::event(entry);
        add_names(&mut row, &shown);
        row
    };
    paging.print((&shown.page, List::Audit), named, event_line)
}
