//! What the dashboard draws: hours beside each other, platforms beside each other, failures by reason.

use std::collections::BTreeMap;
use std::time::Duration;

use idp_core::figures::{FailureFigure, Hour, HourFigure};
use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use idp_core::timestamp::Timestamp;
use time::UtcOffset;
use time::macros::offset;

use super::CONSOLE;
use super::facts::word;
use crate::http::extract::Visit;
use crate::http::page::{moment, platform_name};
use crate::view::Messages;
use crate::view::console::{Bars, Columns, FailureRow, Mark};

/// Hours between labels under the columns of a day; under those of more days each day has one.
const TICK: u8 = 6;

/// China Standard Time, in which people read hours; it has no summer time.
const CST: UtcOffset = offset!(+8);

/// Events of each hour until now, of one platform or of all.
pub fn by_hour(
    visit: &Visit,
    figures: &[HourFigure],
    (days, platform): (u32, Option<&PlatformId>),
) -> Columns {
    let mut counts: BTreeMap<Hour, i64> = BTreeMap::new();
    let of = figures
        .iter()
        .filter(|one| platform.is_none() || one.platform_id.as_ref() == platform);
    for figure in of {
        *counts.entry(figure.hour).or_insert(0) += figure.events;
    }
    let last = Hour::of(visit.cx.now).0;
    let hours = i64::from(days) * 24;
    let marks = (last - hours + 1..=last).map(|hour| {
        let hour = Hour(hour);
        let begins = hour.begins();
        let value = counts.get(&hour).copied().unwrap_or(0);
        Mark {
            tick: tick(begins, days),
            ..Mark::new(label(visit, begins, days), value)
        }
    });
    Columns::new(marks.collect())
}

/// What stands under an hour: every sixth hour of one day; of more days the days, as many as fit on a phone.
fn tick(begins: Timestamp, days: u32) -> Option<String> {
    let at = moment(begins).to_offset(CST);
    if days == 1 {
        return at
            .hour()
            .is_multiple_of(TICK)
            .then(|| format!("{:02}:00", at.hour()));
    }
    let is_one = at.hour() == 0 && (days < 8 || at.day() % 7 == 1);
    is_one.then(|| format!("{}-{}", u8::from(at.month()), at.day()))
}

/// As a person reads the hour: its beginning; with the day where there are several.
fn label(visit: &Visit, begins: Timestamp, days: u32) -> String {
    let at = moment(begins).to_offset(CST);
    let hour = format!("{:02}:00", at.hour());
    if days == 1 {
        return hour;
    }
    let day = format!("{}-{}", u8::from(at.month()), at.day());
    let args = [("day", day.as_str()), ("hour", hour.as_str())];
    Messages::of(visit.locale)
        .ta("figure-hour", &args)
        .into_owned()
}

/// Arrivals at each platform, the most first; those without any are named last.
pub fn by_platform(
    visit: &Visit,
    figures: &[HourFigure],
    (platforms, days): (&[Platform], u32),
) -> Bars {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for figure in figures {
        let id = figure.platform_id.as_ref().map_or("", PlatformId::as_str);
        *counts.entry(id).or_insert(0) += figure.events;
    }
    let connected = platforms.iter().filter(|one| one.client.is_some());
    let mut marks: Vec<_> = connected
        .map(|platform| Mark {
            href: Some(format!("{CONSOLE}?days={days}&platform={}", platform.id)),
            ..Mark::new(
                platform_name(platform, visit.locale).to_owned(),
                counts.remove(platform.id.as_str()).unwrap_or(0),
            )
        })
        .collect();
    // Of platforms that are connected no more.
    marks.extend(counts.into_iter().map(|(id, value)| {
        let name = if id.is_empty() {
            word(visit, "figure-nowhere")
        } else {
            id.to_owned()
        };
        Mark::new(name, value)
    }));
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.value));
    Bars::new(marks)
}

/// Failures with what they mean to a person, where it is known.
pub fn failures(visit: &Visit, figures: &[FailureFigure]) -> Vec<FailureRow> {
    let messages = Messages::of(visit.locale);
    let top = figures
        .iter()
        .map(|one| one.events)
        .max()
        .unwrap_or(1)
        .max(1);
    let row = |one: &FailureFigure| {
        let key = format!("problem-{}", one.reason);
        FailureRow {
            kind: one.kind.as_str().replace('.', "-"),
            reason: one.reason.clone(),
            meaning: (!one.reason.is_empty()
                && messages.has(&key)
                && !is_asking(&messages.t(&key)))
            .then(|| messages.t(&key).into_owned()),
            events: one.events,
            share: one.events.saturating_mul(100) / top,
        }
    };
    figures.iter().map(row).collect()
}

/// A message with a place for something that is not known here.
fn is_asking(message: &str) -> bool {
    message.contains("{$") || message.contains("{ $")
}

/// How long the figures go back.
pub const fn span(days: u32) -> Duration {
    Duration::from_hours(24 * days as u64 - 1)
}
