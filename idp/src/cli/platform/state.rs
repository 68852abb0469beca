//! `idp platform suspend | activate`

use clap::Args;
use idp_core::directory;
use idp_core::id::PlatformId;

use super::output::remark;
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
}

pub(super) async fn suspend(config: &Config, asked: Suspend) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, cx) = (PlatformId::from_text(&asked.id), cx(config)?);
    let behind = Behind::new(asked.by.as_deref(), Some(asked.reason))?;
    database
        .write(move |store| directory::suspend(store, &cx, &id, behind.act()))
        .await
        .map_err(refused)?;
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
    remark("Active. Running servers follow within a second.");
    Ok(())
}
