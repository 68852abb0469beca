//! `idp platform rotate-secret`

use std::time::Duration;

use clap::Args;
use idp_core::directory::rotate_secret;
use idp_core::id::PlatformId;
use serde_json::json;

use super::output::{remark, say};
use super::ready::rfc3339;
use super::{Behind, cx, ready, refused};
use crate::config::Config;
use crate::serve::StartError;

#[derive(Args)]
pub(in crate::cli) struct Rotate {
    /// Identifier.
    id: String,
    /// How long the old secret is taken yet: 90s, 30m, 24h, 7d. A third one ends at once.
    #[arg(long, default_value = "24h", value_name = "TIME", value_parser = span)]
    overlap: Duration,
    /// End the old secret now: it was seen by somebody.
    #[arg(long, conflicts_with = "overlap")]
    now: bool,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// Who; the user of this machine where it is not said.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) async fn run(config: &Config, asked: Rotate) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let (id, cx) = (PlatformId::from_text(&asked.id), cx(config)?);
    let behind = Behind::new(asked.by.as_deref(), asked.reason)?;
    let overlap = if asked.now {
        Duration::ZERO
    } else {
        asked.overlap
    };
    let until = cx.now + overlap;
    let secret = database
        .write(move |store| rotate_secret(store, &cx, &id, (overlap, behind.act())))
        .await
        .map_err(refused)?;
    let printed = json!({
        "client_id": asked.id,
        "client_secret": secret,
        "previous_taken_until": (!overlap.is_zero()).then(|| rfc3339(until)),
    });
    say(format_args!("{printed:#}"))?;
    remark(
        "The client secret is shown once and kept nowhere. Hand it over safely. Running servers take it within a second.",
    );
    Ok(())
}

/// A number with s, m, h or d.
pub(in crate::cli) fn span(text: &str) -> Result<Duration, String> {
    const WHY: &str = "a number with s, m, h or d: 90s, 30m, 24h, 7d";
    let unit = text.chars().next_back().ok_or(WHY)?;
    let number: u64 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .ok_or(WHY)?;
    let seconds = match unit {
        's' => Some(number),
        'm' => number.checked_mul(60),
        'h' => number.checked_mul(3600),
        'd' => number.checked_mul(86_400),
        _ => None,
    };
    // A hundred years are enough for anything, and can be added to any moment.
    let seconds = seconds.filter(|seconds| *seconds <= 100 * 366 * 86_400);
    Ok(Duration::from_secs(seconds.ok_or(WHY)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        let seconds = |text| span(text).map(|span| span.as_secs());
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for bad in [
            "",
            "24",
            "h",
            "-1h",
            "1w",
            "1.5h",
            "99999999999999999d",
            "日",
        ] {
            assert!(span(bad).is_err(), "{bad}");
        }
    }
}
