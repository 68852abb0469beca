//! `idp platform maintenance announce | list | end`

use clap::{Args, Subcommand};
use idp_core::directory::{self, Planned};
use idp_core::id::{MaintenanceId, PlatformId};
use idp_core::platform_health::Maintenance;
use idp_core::timestamp::Timestamp;
use serde_json::json;

use super::output::{say, tell};
use super::ready::{self, moment, rfc3339};
use super::{Behind, cx, refused};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::platform::maintenance;

#[derive(Subcommand)]
pub(in crate::cli) enum Command {
    /// Say to people that a platform can't be used for a while. It stays one that can be chosen.
    Announce(Announce),
    /// List what goes on or is ahead. Times are UTC.
    List {
        /// Of this platform alone.
        id: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// End one before its time, or take it back.
    End {
        /// Which, as `list` shows it.
        maintenance: String,
        /// Who; the user of this machine where it is not said.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(in crate::cli) struct Announce {
    /// The platform.
    id: String,
    /// From when on (RFC 3339, as in 2026-11-27T22:00:00+08:00); now where it is not said.
    #[arg(long, value_parser = moment)]
    from: Option<Timestamp>,
    /// Until when.
    #[arg(long, value_parser = moment)]
    until: Timestamp,
    /// What is said, in Chinese.
    #[arg(long)]
    zh: String,
    /// What is said, in English.
    #[arg(long)]
    en: String,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), StartError> {
    match command {
        Command::Announce(asked) => announce(config, asked).await,
        Command::List { id, json } => list(config, id, json).await,
        Command::End {
            maintenance,
            by,
            json,
        } => end(config, maintenance, by, json).await,
    }
}

async fn announce(config: &Config, asked: Announce) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, cx) = (PlatformId::from_text(&asked.id), cx(config)?);
    let now = cx.now;
    let behind = Behind::new(asked.by.as_deref(), None)?;
    let planned = Planned {
        from: asked.from.unwrap_or(cx.now),
        until: asked.until,
        text_zh: asked.zh,
        text_en: asked.en,
    };
    let announced = database
        .write(move |store| {
            directory::announce_maintenance(store, &cx, &id, (&planned, behind.act()))
        })
        .await
        .map_err(refused)?;
    tell(asked.json, line(&announced), &maintenance(&announced, now))
}

async fn list(config: &Config, id: Option<String>, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, now) = (id.map(PlatformId::from_text), clock::now());
    let found = database
        .read(move |store| store.list_maintenances(id.as_ref(), now))
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let rows: Vec<_> = found.iter().map(|one| maintenance(one, now)).collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    for one in &found {
        say(line(one))?;
    }
    Ok(())
}

async fn end(
    config: &Config,
    id: String,
    by: Option<String>,
    as_json: bool,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, cx) = (MaintenanceId::from_text(id), cx(config)?);
    let now = cx.now;
    let behind = Behind::new(by.as_deref(), None)?;
    let ended = database
        .write(move |store| directory::end_maintenance(store, &cx, &id, behind.act()))
        .await
        .map_err(refused)?;
    let words = format!("ended: {}", line(&ended));
    tell(as_json, words, &maintenance(&ended, now))
}

fn line(maintenance: &Maintenance) -> String {
    format!(
        "{} {} {} to {}: {} | {}",
        maintenance.id,
        maintenance.platform_id,
        rfc3339(maintenance.from),
        rfc3339(maintenance.until),
        maintenance.text_zh,
        maintenance.text_en,
    )
}
