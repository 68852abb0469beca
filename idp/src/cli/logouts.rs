//! `idp logouts list | retry`: platforms that are told that sessions ended.

use std::collections::HashSet;

use clap::{Subcommand, ValueEnum};
use idp_core::cx::Cx;
use idp_core::id::LogoutDeliveryId;
use idp_core::logout_delivery::{DeliveryStage, LogoutDelivery};
use idp_core::tell_platforms::retry;
use idp_storage::Database;
use serde_json::json;

use super::output::{remark, say};
use super::ready::{self, rfc3339};
use super::{cx, operator_name};
use crate::config::Config;
use crate::serve::StartError;

/// Deliveries that are read at most.
const MOST: u32 = 1000;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List platforms that are to be told that a session ended, newest first, a thousand at most. Times are UTC.
    List {
        /// Those of this state alone; without it, waiting, refused and given-up ones.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Have platforms told again that were given up, or said that they could not. A running server tells them within
    /// seconds, and tries for a day.
    Retry {
        /// Which, as `list` shows them.
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// All that were refused or given up.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Who does this, for the audit trail; without it, the user of the machine.
        #[arg(long)]
        by: Option<String>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum State {
    /// Tried, again and again.
    Waiting,
    /// The platform said that it ended its session.
    Confirmed,
    /// The platform said that it could not.
    Refused,
    /// Tried for a day in vain, or nobody to tell.
    GivenUp,
}

impl State {
    const fn stage(self) -> DeliveryStage {
        match self {
            Self::Waiting => DeliveryStage::Waiting,
            Self::Confirmed => DeliveryStage::Confirmed,
            Self::Refused => DeliveryStage::Refused,
            Self::GivenUp => DeliveryStage::GivenUp,
        }
    }
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List { state, json } => list(config, state, json).await,
        Command::Retry { ids, all, by } => {
            let by = operator_name(by.as_deref())?;
            let ids = ids.into_iter().map(LogoutDeliveryId::from_text).collect();
            retry_all(config, (!all).then_some(ids), by).await
        }
    }
}

fn failed(error: impl std::fmt::Display) -> StartError {
    StartError::new("database", error)
}

async fn stored(
    database: &Database,
    stage: DeliveryStage,
) -> Result<Vec<LogoutDelivery>, StartError> {
    let found = database.read(move |store| store.list_logout_deliveries(stage, MOST));
    found.await.map_err(failed)
}

async fn list(config: &Config, state: Option<State>, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let stages = match state {
        Some(state) => vec![state.stage()],
        None => vec![
            DeliveryStage::Waiting,
            DeliveryStage::Refused,
            DeliveryStage::GivenUp,
        ],
    };
    let mut found = Vec::new();
    for stage in stages {
        found.extend(stored(&database, stage).await?);
    }
    if as_json {
        let rows: Vec<_> = found.iter().map(row).collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    for delivery in &found {
        say(line(delivery))?;
    }
    let counts = database.read(|store| store.count_logout_deliveries());
    let counts = counts.await.map_err(failed)?;
    say(format_args!(
        "{} waiting, {} confirmed, {} refused, {} given up",
        counts.waiting, counts.confirmed, counts.refused, counts.given_up
    ))
}

fn row(delivery: &LogoutDelivery) -> serde_json::Value {
    let (stage, at) = delivery.state.parts();
    json!({
        "id": delivery.id.as_str(),
        "platform": delivery.platform_id.as_str(),
        "enterprise": delivery.enterprise_id.as_str(),
        "session": delivery.session_id.as_str(),
        "state": stage.as_str(),
        "state_at": rfc3339(at),
        "created_at": rfc3339(delivery.created_at),
        "attempts": delivery.attempts,
        "why": delivery.why,
    })
}

fn line(delivery: &LogoutDelivery) -> String {
    let (stage, at) = delivery.state.parts();
    let when = match stage {
        DeliveryStage::Waiting => "tried next",
        DeliveryStage::Confirmed | DeliveryStage::Refused | DeliveryStage::GivenUp => "at",
    };
    format!(
        "{} {} {}, {when} {}\n  session ended {}, attempts {}, last error: {}",
        delivery.id,
        delivery.platform_id,
        stage.as_str(),
        rfc3339(at),
        rfc3339(delivery.created_at),
        delivery.attempts,
        delivery.why.as_deref().unwrap_or("none"),
    )
}

/// Each in a transaction of its own: one that can't be told again keeps no other from it.
async fn retry_all(
    config: &Config,
    ids: Option<Vec<LogoutDeliveryId>>,
    by: String,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let revival = Revival {
        cx: cx(config)?,
        by,
        database,
    };
    let Some(mut ids) = ids else {
        let revived = revival.everything().await?;
        return say(format_args!("{revived} told again"));
    };
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    let (asked, mut revived) = (ids.len(), 0);
    for id in ids {
        if revival.one(&id).await? {
            revived += 1;
        } else {
            remark(format_args!(
                "{id}: there is none that was refused or given up"
            ));
        }
    }
    say(format_args!("{revived} told again"))?;
    if revived == asked {
        return Ok(());
    }
    let why = format!("{} of {asked} can't be told again", asked - revived);
    Err(StartError::new("logouts retry", why))
}

/// Has deliveries tried again, by somebody.
struct Revival {
    cx: Cx,
    by: String,
    database: Database,
}

impl Revival {
    /// `false`: it is none that can be, or another was quicker.
    async fn one(&self, id: &LogoutDeliveryId) -> Result<bool, StartError> {
        let (cx, by, id) = (self.cx.clone(), self.by.clone(), id.clone());
        let retried = self
            .database
            .write(move |store| retry(store, &cx, &id, &by));
        retried.await.map_err(failed)
    }

    /// All that were refused or given up when this began, a thousand at a time; how many.
    async fn everything(&self) -> Result<usize, StartError> {
        let mut revived = 0;
        for stage in [DeliveryStage::Refused, DeliveryStage::GivenUp] {
            loop {
                let before = revived;
                for delivery in stored(&self.database, stage).await? {
                    let is_older = delivery.state.parts().1 <= self.cx.now;
                    if is_older && self.one(&delivery.id).await? {
                        revived += 1;
                    }
                }
                if revived == before {
                    break;
                }
            }
        }
        Ok(revived)
    }
}
