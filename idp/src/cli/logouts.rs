//! `idp logouts list | retry`: platforms that are told that sessions ended.

use clap::Subcommand;
use idp_core::cx::Cx;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::hand::Hand;
use idp_core::id::LogoutDeliveryId;
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::store::{Store, StoreError};
use idp_core::tell_platforms::retry;

use super::deliveries::{self, Delivered, State, counted, failed, when};
use super::operator_name;
use super::output::say;
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::delivery;

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
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::List { state, json } => list(config, state, json).await,
        Command::Retry { ids, all, by, json } => {
            let by = operator_name(by.as_deref())?;
            let ids = ids.into_iter().map(LogoutDeliveryId::from_text).collect();
            deliveries::retry_all::<LogoutDelivery>(config, (!all).then_some(ids), by, json).await
        }
    }
}

async fn list(config: &Config, state: Option<State>, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    deliveries::list::<LogoutDelivery>(&database, state, as_json).await?;
    if as_json {
        return Ok(());
    }
    let counts = database.read(|store| store.count_logout_deliveries());
    say(counted(&counts.await.map_err(failed)?))
}

impl Delivered for LogoutDelivery {
    type Id = LogoutDeliveryId;
    const RETRY: &'static str = "logouts retry";

    fn id(&self) -> &LogoutDeliveryId {
        &self.id
    }

    fn state(&self) -> DeliveryState {
        self.state
    }

    fn list(
        store: &mut dyn Store,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<Self>, StoreError> {
        store.list_logout_deliveries(stage, limit)
    }

    fn retry(
        store: &mut dyn Store,
        cx: &Cx,
        id: &LogoutDeliveryId,
        hand: &Hand,
    ) -> Result<bool, StoreError> {
        retry(store, cx, id, hand)
    }

    fn row(&self) -> serde_json::Value {
        delivery::logout(self)
    }

    fn line(&self) -> String {
        format!(
            "{} {} {}\n  session ended {}, attempts {}, last error: {}",
            self.id,
            self.platform_id,
            when(self.state),
            rfc3339(self.created_at),
            self.attempts,
            self.why.as_deref().unwrap_or("none"),
        )
    }
}
