//! `idp notifications list | retry`: what enterprises are to hear of, by webhook, mail or text message.

use clap::Subcommand;
use idp_core::cx::Cx;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::hand::Hand;
use idp_core::id::NotificationId;
use idp_core::notification::Notification;
use idp_core::notify::retry;
use idp_core::store::{Store, StoreError};

use super::deliveries::{self, Delivered, State, counted, failed, when};
use super::operator_name;
use super::output::say;
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::delivery;

#[derive(Subcommand)]
pub(super) enum Command {
    /// List what enterprises are to hear of, newest first, a thousand at most. Times are UTC. Shows no address.
    List {
        /// Those of this state alone; without it, waiting, refused and given-up ones.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Have notifications sent that were given up, refused or held back. A running server sends them within seconds, and
    /// tries for a day.
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
            let ids = ids.into_iter().map(NotificationId::from_text).collect();
            deliveries::retry_all::<Notification>(config, (!all).then_some(ids), by, json).await
        }
    }
}

async fn list(config: &Config, state: Option<State>, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    deliveries::list::<Notification>(&database, state, as_json).await?;
    if as_json {
        return Ok(());
    }
    let counts = database.read(|store| store.count_notifications());
    for (channel, counts) in counts.await.map_err(failed)? {
        say(format_args!("{}: {}", channel.to_text(), counted(&counts)))?;
    }
    Ok(())
}

impl Delivered for Notification {
    type Id = NotificationId;
    const RETRY: &'static str = "notifications retry";

    fn id(&self) -> &NotificationId {
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
        store.list_notifications(stage, limit)
    }

    fn retry(
        store: &mut dyn Store,
        cx: &Cx,
        id: &NotificationId,
        hand: &Hand,
    ) -> Result<bool, StoreError> {
        retry(store, cx, id, hand)
    }

    fn row(&self) -> serde_json::Value {
        delivery::notification(self)
    }

    fn line(&self) -> String {
        format!(
            "{} {} by {} {}\n  enterprise {}, happened {}, attempts {}, last error: {}",
            self.id,
            self.happening.kind().as_str(),
            self.channel.to_text(),
            when(self.state),
            self.enterprise_id,
            rfc3339(self.created_at),
            self.attempts,
            self.why.as_deref().unwrap_or("none"),
        )
    }
}
