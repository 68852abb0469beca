//! `idp platform change`

use std::path::PathBuf;

use clap::Args;
use idp_core::directory::metadata::{client_of, names_of};
use idp_core::directory::{DirectoryError, RegistrationRefusal, change};
use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use protocol::registration::ClientMetadata;
use serde_json::json;

use super::options::{Allowed, Entry};
use super::output::{remark, say};
use super::{Behind, cx, metadata_file, ready, refused};
use crate::config::Config;
use crate::serve::StartError;

#[derive(Args)]
pub(in crate::cli) struct Change {
    /// Identifier.
    id: String,
    /// File with its client metadata (RFC 7591, JSON), which takes the place of all that metadata says; `-`: standard input.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    #[command(flatten)]
    allowed: Allowed,
    #[command(flatten)]
    entry: Entry,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) async fn run(config: &Config, asked: Change) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let metadata = asked.metadata.as_deref().map(metadata_file::read);
    let metadata = metadata.transpose()?;
    // Said wrong, before anything is looked up.
    asked.entry.region_code()?;
    asked.entry.zone()?;
    let (id, cx) = (PlatformId::from_text(&asked.id), cx(config)?);
    let behind = Behind::new(asked.by.as_deref(), asked.reason)?;
    let (allowed, entry) = (asked.allowed, asked.entry);
    let changed = database
        .write(move |store| {
            let to = |platform: &mut Platform| {
                take_over(&cx, platform, (metadata.as_ref(), allowed))?;
                // Looked at before.
                drop(entry.apply(platform));
                Ok(())
            };
            change(store, &cx, &id, (behind.act(), to))
        })
        .await
        .map_err(refused)?;
    if let Some(secret) = changed.secret {
        let printed = json!({ "client_id": asked.id, "client_secret": secret });
        say(format_args!("{printed:#}"))?;
        remark("The client secret is shown once and kept nowhere. Hand it over safely.");
    }
    remark(format_args!(
        "Changed. Running servers take it over within a second. `idp platform show {}` shows it.",
        asked.id
    ));
    Ok(())
}

/// What operators allow first: metadata is read within it.
fn take_over(
    cx: &idp_core::cx::Cx,
    platform: &mut Platform,
    (metadata, allowed): (Option<&ClientMetadata>, Allowed),
) -> Result<(), DirectoryError> {
    let Some(client) = platform.client.as_mut() else {
        return Err(RegistrationRefusal::NotConnected(platform.id.clone()).into());
    };
    allowed.apply(client);
    let Some(metadata) = metadata else {
        return Ok(());
    };
    *client = client_of(cx, metadata, client)?;
    if let Some((zh, en)) = names_of(metadata)? {
        platform.name_zh = zh;
        platform.name_en = en;
    }
    Ok(())
}
