//! `idp platform list`

use idp_core::directory::version_of;
use serde_json::json;

use super::output::say;
use super::ready;
use crate::config::Config;
use crate::serve::StartError;

pub(super) async fn run(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let platforms = database
        .read(|store| store.list_platforms())
        .await
        .map_err(|e| StartError::new("database", e))?;
    if as_json {
        let rows: Vec<_> = platforms
            .iter()
            .map(|p| {
                json!({
                    "id": p.id.as_str(),
                    "name_zh": p.name_zh,
                    "name_en": p.name_en,
                    "region_code": p.region_code.as_str(),
                    "zone": p.zone.as_str(),
                    "state": p.state.as_str(),
                    "version": version_of(p),
                    "redirect_uris": p.client.as_ref().map(|c| &c.redirect_uris),
                })
            })
            .collect();
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
