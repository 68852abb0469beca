//! What is delivered: the words and steps that `idp logouts` and `idp notifications` share.
//!
//! Owns listing by state and trying again, one by one or all. What a delivery is of, each of them knows.

use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;

use clap::ValueEnum;
use idp_core::cx::Cx;
use idp_core::delivery::{DeliveryCounts, DeliveryStage, DeliveryState};
use idp_core::hand::Hand;
use idp_core::store::{Store, StoreError};
use idp_storage::Database;
use serde_json::{Value, json};

use super::output::{remark, say, tell};
use super::{cx, ready};
use crate::config::Config;
use crate::serve::StartError;

/// Deliveries that are read at most.
const MOST: u32 = 1000;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum State {
    /// Tried, again and again.
    Waiting,
    /// The other side said that it has it.
    Confirmed,
    /// The other side said that it can't.
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

/// A noun that is delivered.
pub(super) trait Delivered: Sized + Send + 'static {
    /// What it is known by.
    type Id: Clone + Eq + Hash + Display + Send + 'static;
    /// The command that has it tried again.
    const RETRY: &'static str;

    fn id(&self) -> &Self::Id;
    fn state(&self) -> DeliveryState;
    fn row(&self) -> Value;
    fn line(&self) -> String;
    fn list(
        store: &mut dyn Store,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<Self>, StoreError>;
    fn retry(
        store: &mut dyn Store,
        cx: &Cx,
        id: &Self::Id,
        hand: &Hand,
    ) -> Result<bool, StoreError>;
}

pub(super) fn failed(error: impl Display) -> StartError {
    StartError::new("database", error)
}

async fn stored<D: Delivered>(
    database: &Database,
    stage: DeliveryStage,
) -> Result<Vec<D>, StartError> {
    let found = database.read(move |store| D::list(store, stage, MOST));
    found.await.map_err(failed)
}

/// Those of one state, or all that are not confirmed.
pub(super) async fn list<D: Delivered>(
    database: &Database,
    state: Option<State>,
    as_json: bool,
) -> Result<(), StartError> {
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
        found.extend(stored::<D>(database, stage).await?);
    }
    if as_json {
        let rows: Vec<_> = found.iter().map(D::row).collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    for delivery in &found {
        say(delivery.line())?;
    }
    Ok(())
}

/// When it is tried next, or since when it is as it is.
pub(super) fn when(delivery: DeliveryState) -> String {
    let (stage, moment) = delivery.parts();
    let when = match stage {
        DeliveryStage::Waiting => "tried next",
        DeliveryStage::Confirmed | DeliveryStage::Refused | DeliveryStage::GivenUp => "at",
    };
    format!("{}, {when} {}", stage.as_str(), ready::rfc3339(moment))
}

/// How many there are, for the last line of a list.
pub(super) fn counted(counts: &DeliveryCounts) -> String {
    format!(
        "{} waiting, {} confirmed, {} refused, {} given up",
        counts.waiting, counts.confirmed, counts.refused, counts.given_up
    )
}

/// Each in a transaction of its own: one that can't be told again keeps no other from it. Without identifiers, all.
pub(super) async fn retry_all<D: Delivered>(
    config: &Config,
    ids: Option<Vec<D::Id>>,
    by: String,
    as_json: bool,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let revival = Revival {
        cx: cx(config)?,
        hand: Hand::on_the_machine(by, None),
        database,
    };
    let Some(mut ids) = ids else {
        let revived = revival.everything::<D>().await?;
        let words = format!("{revived} told again");
        return tell(as_json, words, &json!({ "retried": revived, "missed": [] }));
    };
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    let (asked, mut revived) = (ids.len(), 0);
    let mut missed = Vec::new();
    for id in ids {
        if revival.one::<D>(&id).await? {
            revived += 1;
        } else {
            remark(format_args!(
                "{id}: there is none that was refused or given up"
            ));
            missed.push(id.to_string());
        }
    }
    let told = json!({ "retried": revived, "missed": missed });
    tell(as_json, format_args!("{revived} told again"), &told)?;
    if revived == asked {
        return Ok(());
    }
    let why = format!("{} of {asked} can't be told again", asked - revived);
    Err(StartError::new(D::RETRY, why))
}

/// Has deliveries tried again, by somebody.
struct Revival {
    cx: Cx,
    hand: Hand,
    database: Database,
}

impl Revival {
    /// `false`: it is none that can be, or another was quicker.
    async fn one<D: Delivered>(&self, id: &D::Id) -> Result<bool, StartError> {
        let (cx, hand, id) = (self.cx.clone(), self.hand.clone(), id.clone());
        let retried = self
            .database
            .write(move |store| D::retry(store, &cx, &id, &hand));
        retried.await.map_err(failed)
    }

    /// All that were refused or given up when this began, a thousand at a time; how many.
    async fn everything<D: Delivered>(&self) -> Result<usize, StartError> {
        let mut revived = 0;
        for stage in [DeliveryStage::Refused, DeliveryStage::GivenUp] {
            loop {
                let before = revived;
                for delivery in stored::<D>(&self.database, stage).await? {
                    let is_older = delivery.state().parts().1 <= self.cx.now;
                    if is_older && self.one::<D>(delivery.id()).await? {
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
