//! `idp platform health`: how the addresses of platforms do, as the running server last saw them.

use clap::Args;
use idp_core::id::PlatformId;
use idp_core::inspect::health as kept;
use idp_core::platform_health::{EndpointHealth, HealthChange, HealthState, worst};
use serde_json::json;

use super::output::{remark, say};
use super::ready::{self, rfc3339};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::platform;

#[derive(Args)]
pub(in crate::cli) struct Health {
    /// One platform, with what changed lately; without it, all.
    id: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, asked: Health) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let id = asked.id.map(PlatformId::from_text);
    let now = clock::now();
    let seen = database
        .read(move |store| kept(store, id.as_ref(), now))
        .await
        .map_err(|e| StartError::new("database", e))?;
    let (health, changes) = (seen.endpoints, seen.changes);
    if asked.json {
        let rows: Vec<_> = health.iter().map(platform::health).collect();
        let history: Vec<_> = changes.iter().map(platform::health_change).collect();
        return say(format_args!(
            "{:#}",
            json!({ "endpoints": rows, "changes": history })
        ));
    }
    for one in &health {
        say(line(one))?;
    }
    for change in &changes {
        say(change_line(change))?;
    }
    let count = |state| health.iter().filter(|it| it.state == state).count();
    remark(format_args!(
        "{}: {} ok, {} degraded, {} down, {} unknown",
        worst(health.iter()).as_str(),
        count(HealthState::Ok),
        count(HealthState::Degraded),
        count(HealthState::Down),
        count(HealthState::Unknown)
    ));
    Ok(())
}

fn line(health: &EndpointHealth) -> String {
    let reason = health.reason.as_deref().map(|it| format!(" ({it})"));
    format!(
        "{:<12} {:<9} {} {}{}, since {}, looked at {}",
        health.platform_id,
        health.state.as_str(),
        health.endpoint.as_str(),
        health.url,
        reason.unwrap_or_default(),
        rfc3339(health.since),
        rfc3339(health.checked_at),
    )
}

fn change_line(change: &HealthChange) -> String {
    format!(
        "  {} {} {}: {} -> {} {}",
        rfc3339(change.at),
        change.endpoint.as_str(),
        change.url,
        change.from.as_str(),
        change.to.as_str(),
        change.reason.as_deref().unwrap_or_default(),
    )
}
