//! `idp audit seal`

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::bounds::{Bound, bundles_ended_before};
use super::{bring_up, failed};
use crate::audit_log::seal;
use crate::cli::output::tell;
use crate::cli::{cx, operator_name, ready};
use crate::config::Config;
use crate::serve::StartError;

/// A day.
const DAY: Duration = Duration::from_hours(24);

pub(super) async fn run(
    config: &Config,
    before: Bound,
    (out, by): (&Path, Option<&str>),
    as_json: bool,
) -> Result<(), StartError> {
    let by = operator_name(by)?;
    let Bound::At(before) = before else {
        return Err(StartError::new(
            "--before",
            "a moment is needed, not a line",
        ));
    };
    let days = config.audit.retention_days;
    if days == 0 {
        let why = "is 0: every line is kept in the database";
        return Err(StartError::new("audit.retention_days", why));
    }
    let cx = cx(config)?;
    if before > cx.now - DAY * days {
        let why = format!("lines are kept in the database for {days} days (audit.retention_days)");
        return Err(StartError::new("--before", why));
    }
    let database = ready::database(config).await?;
    let key = bring_up(config, &database).await?;
    let end = bundles_ended_before(&database, before)
        .await
        .map_err(|e| StartError::new("database", e))?;
    let sealed = seal(&database, (&key, &cx), (end, &by), out).await;
    let sealed = sealed.map_err(failed)?;
    let (from, last) = (sealed.segment.from, sealed.segment.to - 1);
    let told = json!({
        "from": from,
        "to": last,
        "file": sealed.file.display().to_string(),
        "removed": sealed.removed,
    });
    let words = format!(
        "lines {from} to {last} are sealed in {}; {} rows went",
        sealed.file.display(),
        sealed.removed
    );
    tell(as_json, words, &told)
}
