//! The allow-list, and what the agent keeps.

use url::Url;

use super::{Finding, Repair, Topic};
use crate::assistant::memory::Memory;
use crate::service::Origin;

pub(super) fn allow_list(allowed: &[Origin], portal: Option<&Url>) -> Finding {
    let portal = portal.map(|url| url.origin().ascii_serialization());
    let missing = portal
        .as_deref()
        .filter(|portal| !allowed.iter().any(|origin| origin.as_str() == *portal));
    match missing {
        // Only what can be an origin at all can be confirmed.
        Some(portal) if portal.parse::<Origin>().is_ok() => Finding::fail(
            Topic::AllowList,
            "check-allowed-portal-missing",
            Repair::AllowPortal,
        )
        .with("portal", portal),
        _ if allowed.is_empty() => Finding::fail(
            Topic::AllowList,
            "check-allowed-none",
            Repair::Words("repair-allow"),
        ),
        _ => {
            let names: Vec<_> = allowed.iter().map(Origin::as_str).collect();
            Finding::pass(Topic::AllowList, "check-allowed").with("origins", names.join(" "))
        }
    }
}

pub(super) fn memory(memory: &Memory, allowed: &[Origin]) -> Finding {
    if memory.probe().is_err() {
        let repair = Repair::Words("repair-memory");
        return Finding::warn(Topic::Memory, "check-memory-unwritable", repair);
    }
    match memory.stale(allowed).len() {
        0 => Finding::pass(Topic::Memory, "check-memory"),
        count => Finding::warn(Topic::Memory, "check-memory-stale", Repair::ClearStale)
            .with("count", count),
    }
}
