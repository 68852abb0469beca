//! `idp figures`: what the dashboard shows, as far as the database knows it.

use std::time::Duration;

use clap::Args;
use idp_core::figures::HourFigure;
use idp_core::inspect::dashboard;

use super::output::say;
use super::paging::failed;
use super::ready::{self, rfc3339};
use crate::clock;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::figures::whole;

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
        return say(format_args!("{:#}", whole(&seen)));
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
