//! `idp session list | end`: sign-ins on record.

use clap::{Args, Subcommand};
use idp_core::id::{KeyLockId, SessionId};
use idp_core::inspect;
use idp_core::listing::{List, SessionFilter};
use idp_core::operate::{SignIns, end_sign_ins};
use idp_core::session::{LiveSince, SessionRecord};
use serde_json::json;

use super::cx;
use super::enterprise::change::{Behind, order};
use super::enterprise::code;
use super::paging::{Paging, failed, find_id, unbound};
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::sign_in;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List sign-ins, newest first. Times are UTC.
    List {
        /// Those of one enterprise, by its 统一社会信用代码.
        #[arg(long, value_name = "CODE")]
        enterprise: Option<String>,
        /// Those with one lock.
        #[arg(long, value_name = "ID")]
        lock: Option<String>,
        /// Those from one address.
        #[arg(long)]
        address: Option<String>,
        /// Those alone that go on.
        #[arg(long)]
        live: bool,
        #[command(flatten)]
        paging: Paging,
    },
    /// End sign-ins of an enterprise, and what was given in them; platforms are told.
    End {
        /// The enterprise's 统一社会信用代码.
        credit_code: String,
        #[command(flatten)]
        which: ToEnd,
        #[command(flatten)]
        behind: Behind,
    },
}

/// Which sign-ins end.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct ToEnd {
    /// This one.
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Those with one lock.
    #[arg(long, value_name = "ID")]
    lock: Option<String>,
    /// Every one.
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List {
            enterprise,
            lock,
            address,
            live,
            paging,
        } => {
            let filter = SessionFilter {
                key_lock: lock.map(KeyLockId::from_text),
                remote_address: address,
                ..SessionFilter::default()
            };
            list(config, (enterprise, live), filter, paging).await
        }
        Command::End {
            credit_code,
            which,
            behind,
        } => end(config, &credit_code, which, &behind).await,
    }
}

async fn list(
    config: &Config,
    (enterprise, live): (Option<String>, bool),
    mut filter: SessionFilter,
    paging: Paging,
) -> Result<(), StartError> {
    let code = enterprise.as_deref().map(code).transpose()?;
    let cx = cx(config)?;
    filter.live = live.then(|| LiveSince::at(&cx.settings, cx.now));
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
            Ok(Some(inspect::sign_ins(store, &filter, paging.asked())?))
        })
        .await
        .map_err(failed)?;
    let seen = match (found, code) {
        (Some(seen), _) => seen,
        (None, Some(code)) => return Err(unbound(&code)),
        (None, None) => return Ok(()),
    };
    let row = |one: &SessionRecord| sign_in::row(one, &seen.enterprises, &cx);
    let shown = |session: &SessionRecord| {
        format!(
            "{} {} {} {} {}",
            rfc3339(session.begun_at),
            session.id,
            sign_in::stage(session, &cx),
            session.key_lock_id,
            session.remote_address.as_deref().unwrap_or("-"),
        )
    };
    paging.print((&seen.page, List::Sessions), row, shown)
}

async fn end(
    config: &Config,
    credit_code: &str,
    which: ToEnd,
    behind: &Behind,
) -> Result<(), StartError> {
    let (code, order, cx) = (code(credit_code)?, order(behind)?, cx(config)?);
    let sign_ins = match (which.session, which.lock) {
        (Some(id), _) => SignIns::One(SessionId::from_text(id)),
        (None, Some(id)) => SignIns::OfLock(KeyLockId::from_text(id)),
        (None, None) => SignIns::All,
    };
    let database = ready::database(config).await?;
    let ended = database
        .write(move |store| end_sign_ins(store, &cx, &code, (&sign_ins, &order)))
        .await
        .map_err(|e| StartError::new("session", e))?;
    let words = format_args!("{ended} sign-ins ended");
    behind.tell(words, &json!({ "ended": ended }))
}
