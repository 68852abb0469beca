//! `idp platform suspend | activate`

use clap::Args;
use idp_core::directory;
use idp_core::id::PlatformId;
use idp_core::platform::PlatformState;
use serde_json::json;

use super::output::{remark, say};
use super::{Behind, cx, ready, refused};
use crate::config::Config;
use crate::serve::StartError;

#[derive(Args)]
pub(in crate::cli) struct Suspend {
    /// Identifier.
    id: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Activate {
    /// Identifier.
    id: String,
    /// The version that was looked at, as `idp platform show` prints it: of a platform that registered itself and is not
    /// trusted it must be named, and nothing is done where the registration changed since.
    #[arg(long, value_name = "VERSION")]
    as_shown: Option<String>,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn suspend(config: &Config, asked: Suspend) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, cx) = (PlatformId::from_text(&asked.id), cx(config)?);
    let behind = Behind::new(asked.by.as_deref(), Some(asked.reason))?;
    database
        .write(move |store| directory::suspend(store, &cx, &id, behind.act()))
        .await
        .map_err(refused)?;
    if asked.json {
        let told = json!({ "id": asked.id, "state": PlatformState::Suspended.as_str() });
        say(format_args!("{told:#}"))?;
    }
    remark(
        "Suspended. Running servers follow within a second; its tokens are worth nothing any more.",
    );
    Ok(())
}

pub(super) async fn activate(config: &Config, asked: Activate) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, cx) = (PlatformId::from_text(&asked.id), cx(config)?);
    let behind = Behind::new(asked.by.as_deref(), asked.reason)?;
    database
        .write(move |store| {
            let looked = (behind.act(), asked.as_shown.as_deref());
            directory::activate(store, &cx, &id, looked)
        })
        .await
        .map_err(refused)?;
    if asked.json {
        let told = json!({ "id": asked.id, "state": PlatformState::Active.as_str() });
        say(format_args!("{told:#}"))?;
    }
    remark("Active. Running servers follow within a second.");
    Ok(())
}
