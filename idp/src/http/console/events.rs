//! Events as pages show them: in words, with the names of what they name. Owns no text.

use idp_core::audit::{AuditEntry, AuditEvent};
use idp_core::audit_group::AuditGroup;
use idp_core::id::IncidentId;
use idp_core::inspect::EventNames;

use super::facts::word;
use super::{AUDIT, ENTERPRISES};
use crate::http::extract::Visit;
use crate::http::page::{moment, platform_name};
use crate::view::Messages;
use crate::view::console::{EventLine, EventRow};

/// What is shown of an event beside when and what.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What its identifiers stand for.
    pub names: &'a EventNames,
    /// Whether its enterprise is said.
    pub with_enterprise: bool,
    /// Whether all of it may be read.
    pub with_link: bool,
}

/// An event in a list.
pub fn row(visit: &Visit, entry: &AuditEntry, shown: Shown<'_>) -> EventRow {
    let event = &entry.event;
    EventRow {
        sequence: entry.sequence,
        at: visit.locale.date_time(moment(event.at)),
        kind: event.kind.as_str().replace('.', "-"),
        is_failure: event.kind.is_failure(),
        lines: lines(visit, event, shown),
        href: shown
            .with_link
            .then(|| format!("{AUDIT}/{}", entry.sequence)),
    }
}

fn lines(visit: &Visit, event: &AuditEvent, shown: Shown<'_>) -> Vec<EventLine> {
    let names = shown.names;
    let mut lines = Vec::new();
    if shown.with_enterprise
        && let Some(id) = &event.enterprise_id
    {
        let known = names.enterprises.get(id);
        lines.push(EventLine {
            href: known.map(|one| format!("{ENTERPRISES}/{}", one.credit_code)),
            ..code(
                "event-enterprise",
                known.map_or(id.as_str(), |one| one.name.as_str()),
            )
        });
    }
    if let Some(id) = &event.platform_id {
        lines.push(match names.platforms.get(id) {
            Some(known) => text("event-platform", platform_name(known, visit.locale)),
            None => code("event-platform", id.as_str()),
        });
    }
    if let Some(id) = &event.key_lock_id {
        let known = names.locks.get(id);
        lines.push(code(
            "event-lock",
            known.map_or(id.as_str(), |one| one.key_number.as_str()),
        ));
    }
    if let Some(id) = &event.operator_id {
        lines.push(match names.operators.get(id) {
            Some(known) => text("event-operator", &known.name),
            None => code("event-operator", id.as_str()),
        });
    }
    if let Some(reason) = &event.reason {
        lines.push(text("act-reason", &reason_in_words(visit, event, reason)));
    }
    for (key, value) in [
        ("event-detail", event.detail.as_deref()),
        ("event-address", event.remote_address.as_deref()),
        (
            "event-incident",
            event.incident_id.as_ref().map(IncidentId::as_str),
        ),
    ] {
        lines.extend(value.map(|value| code(key, value)));
    }
    lines
}

/// The machine word of a failure as people read it; what an operator wrote stays as it is.
pub fn reason_in_words(visit: &Visit, event: &AuditEvent, reason: &str) -> String {
    let key = format!("problem-{reason}");
    let messages = Messages::of(visit.locale);
    let is_plain = reason.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if event.kind.is_failure()
        && is_plain
        && messages.has(&key)
        && !TAKES_ARGUMENTS.contains(&reason)
    {
        format!("{} ({reason})", messages.t(&key))
    } else {
        reason.to_owned()
    }
}

/// Problems whose text says a number that no event keeps.
const TAKES_ARGUMENTS: [&str; 1] = ["pin-wrong"];

fn text(key: &'static str, value: &str) -> EventLine {
    EventLine {
        key,
        value: value.to_owned(),
        is_code: false,
        href: None,
    }
}

fn code(key: &'static str, value: &str) -> EventLine {
    EventLine {
        is_code: true,
        ..text(key, value)
    }
}

/// Groups of events, with their names in the page's language.
pub fn groups(visit: &Visit) -> Vec<(&'static str, String)> {
    let named = |group: &AuditGroup| {
        let word_of = group.as_str();
        (word_of, word(visit, &format!("event-group-{word_of}")))
    };
    AuditGroup::ALL.iter().map(named).collect()
}
