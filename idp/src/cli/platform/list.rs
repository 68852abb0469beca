//! `idp platform list`

use idp_core::directory::version_of;
use serde_json::json;

use super::output::say;
use super::ready;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::platform::row;

pub(super) async fn run(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let platforms = database
        .read(|store| store.list_platforms())
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let rows: Vec<_> = platforms.iter().map(row).collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    for p in platforms {
        say(format_args!(
            "{:<12} {:<7} {:<11} {:<10} {} {}",
            p.id,
            p.region_code,
            p.zone.as_str(),
            p.state.as_str(),
            version_of(&p),
            p.name_zh
        ))?;
    }
    Ok(())
}
