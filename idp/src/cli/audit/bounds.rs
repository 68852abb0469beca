//! Where an export begins and ends: a line, or a moment.

use std::str::FromStr;
use std::time::Duration;

use idp_core::store::{Store, StoreError};
use idp_core::timestamp::Timestamp;
use idp_core::transparency::BUNDLE;
use idp_storage::Database;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Clocks of processes differ, and an event gets its time before its number: lines of one moment may stand so far apart.
const MARGIN: Duration = Duration::from_mins(1);

/// As it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Bound {
    /// A line.
    Index(u64),
    /// A moment.
    At(Timestamp),
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(index) = text.parse() {
            return Ok(Self::Index(index));
        }
        let read = OffsetDateTime::parse(text, &Rfc3339).or(Err(
            "neither a line's index nor a moment as 2026-11-27T08:00:00+08:00",
        ))?;
        let millis = read.unix_timestamp_nanos() / 1_000_000;
        let millis = i64::try_from(millis).map_err(|e| e.to_string())?;
        Ok(Self::At(Timestamp::from_unix_millis(millis)))
    }
}

/// The first line that may be as late.
pub(super) async fn first_line(database: &Database, bound: Bound) -> Result<u64, StoreError> {
    match bound {
        Bound::Index(index) => Ok(index),
        Bound::At(at) => {
            let number = bundles_before(database, at - MARGIN).await?;
            Ok(number.saturating_sub(1) * BUNDLE)
        }
    }
}

/// A line such that none after it is earlier; `None`: the end.
pub(super) async fn last_line(
    database: &Database,
    bound: Bound,
) -> Result<Option<u64>, StoreError> {
    match bound {
        Bound::Index(index) => Ok(Some(index)),
        Bound::At(at) => {
            let number = bundles_before(database, at + MARGIN).await?;
            let size = database.read(|store| store.find_audit_head()).await?.size;
            Ok(Some(number * BUNDLE).filter(|line| *line < size))
        }
    }
}

/// The first line of the bundle that holds, or may hold, a line that is not before a moment.
pub(super) async fn bundles_ended_before(
    database: &Database,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let begun = bundles_before(database, at - MARGIN).await?;
    Ok(begun.saturating_sub(1) * BUNDLE)
}

/// How many bundles begin before a moment: looked for by halves.
async fn bundles_before(database: &Database, at: Timestamp) -> Result<u64, StoreError> {
    database
        .read(move |store| {
            let size = store.find_audit_head()?.size;
            let (mut low, mut high) = (0, size.div_ceil(BUNDLE));
            while low < high {
                let middle = low + (high - low) / 2;
                match begins_at(store, middle)? {
                    Some(begun) if begun >= at => high = middle,
                    _ => low = middle + 1,
                }
            }
            Ok(low)
        })
        .await
}

fn begins_at(store: &mut dyn Store, number: u64) -> Result<Option<Timestamp>, StoreError> {
    let before = number.checked_sub(1);
    let before = before
        .map(|number| store.find_audit_bundle(number))
        .transpose()?;
    let after = before.flatten().map_or(0, |bundle| bundle.last_sequence);
    let first = store.list_audit_records((after, i64::MAX), 1)?;
    Ok(first.first().map(|row| Timestamp::from_unix_millis(row.at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_lines_or_moments() {
        assert_eq!("42".parse(), Ok(Bound::Index(42)));
        let at = Timestamp::from_unix_seconds(1_795_000_000);
        assert_eq!("2026-11-18T19:06:40+08:00".parse(), Ok(Bound::At(at)));
        for wrong in ["", "-1", "2026-11-18", "yesterday"] {
            assert!(wrong.parse::<Bound>().is_err(), "{wrong}");
        }
    }
}
