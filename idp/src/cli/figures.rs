//! `idp figures`: what the dashboard shows, as far as the database knows it.

use std::time::Duration;

use clap::Args;
use idp_core::delivery::DeliveryStage;
use idp_core::figures::HourFigure;
use idp_core::inspect::{Dashboard, dashboard};
use idp_core::signing_key::SigningKey;
use serde_json::{Value, json};

use super::output::say;
use super::paging::failed;
use super::ready::{self, rfc3339};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;

/// Which figures.
#[derive(Args)]
pub(super) struct Figures {
    /// Of so many days until now.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=31))]
    days: u32,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, asked: Figures) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (now, back) = (clock::now(), Duration::from_hours(24) * asked.days);
    let seen = database
        .read(move |store| dashboard(store, now, back))
        .await;
    let seen = seen.map_err(failed)?;
    if asked.json {
        return say(format_args!("{:#}", told(&seen)));
    }
    let sum = |figures: &[HourFigure]| figures.iter().map(|figure| figure.events).sum::<i64>();
    say(format_args!("since {}", rfc3339(seen.since.begins())))?;
    say(format_args!("sign-ins: {}", sum(&seen.sign_ins)))?;
    say(format_args!(
        "arrivals at platforms: {}",
        sum(&seen.arrivals)
    ))?;
    for failure in &seen.failures {
        let (kind, reason) = (failure.kind.as_str(), &failure.reason);
        say(format_args!("failed: {} {kind} {reason}", failure.events))?;
    }
    let [ended, week, month, season] = seen.locks_ending;
    say(format_args!(
        "locks whose certificate ended: {ended}; ends within 7 days: {week}, 30: {month}, 60: {season}"
    ))?;
    for (stage, count) in seen.deliveries {
        say(format_args!("sign-outs {}: {count}", stage.as_str()))?;
    }
    for (stage, count) in seen.notifications {
        say(format_args!("notifications {}: {count}", stage.as_str()))?;
    }
    Ok(())
}

fn told(seen: &Dashboard) -> Value {
    let hours = |figures: &[HourFigure]| {
        let rows = figures.iter().map(|figure| {
            json!({
                "hour": rfc3339(figure.hour.begins()),
                "platform": figure.platform_id.as_ref().map(idp_core::id::PlatformId::as_str),
                "events": figure.events,
            })
        });
        rows.collect::<Vec<_>>()
    };
    let failures = seen.failures.iter().map(|failure| {
        json!({
            "kind": failure.kind.as_str(),
            "reason": failure.reason,
            "events": failure.events,
        })
    });
    let [ended, week, month, season] = seen.locks_ending;
    let key = |key: &SigningKey| {
        json!({
            "id": key.id.as_str(),
            "algorithm": key.algorithm.as_str(),
            "signs_from": rfc3339(key.signs_from),
            "retired_at": key.retired_at.map(rfc3339),
            "withdrawn_at": key.withdrawn_at.map(rfc3339),
        })
    };
    let staged = |counts: &[(DeliveryStage, i64)]| {
        let counts = counts.iter();
        let named = counts.map(|(stage, count)| (stage.as_str().to_owned(), json!(count)));
        Value::Object(named.collect())
    };
    json!({
        "since": rfc3339(seen.since.begins()),
        "counted_to": seen.counted_to,
        "sign_ins": hours(&seen.sign_ins),
        "arrivals": hours(&seen.arrivals),
        "failures": failures.collect::<Vec<_>>(),
        "locks_ending": { "ended": ended, "7d": week, "30d": month, "60d": season },
        "sign_outs": staged(&seen.deliveries),
        "notifications": staged(&seen.notifications),
        "signing_keys": seen.signing_keys.iter().map(key).collect::<Vec<_>>(),
    })
}
