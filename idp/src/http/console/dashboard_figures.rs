//! The dashboard's figures: what needs somebody, each with where it leads; and what is known of lists, responders and keys.

use std::time::Duration;

use actix_web::web;
use idp_core::delivery::DeliveryStage;
use idp_core::inspect::{Dashboard, MANY};
use idp_core::operator::Right;
use idp_core::platform::{Platform, PlatformState};
use idp_core::platform_health::{EndpointHealth, HealthState, worst};
use idp_core::proposal::Proposal;
use idp_core::signing_key::SigningKey;
use idp_core::timestamp::Timestamp;

use super::{AUTHORITIES, HEALTH, PLATFORMS, PROPOSALS};
use crate::certificates::SourceReport;
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::http::page::moment;
use crate::view::console::{Figure, KeyRow, SourceRow};

/// A list that is not fetched for so long before it runs out is one that somebody should look at.
const DUE: i64 = 6 * 3_600;

/// What was read for the dashboard.
pub struct Seen<'a> {
    /// Counts and sums.
    pub figures: &'a Dashboard,
    /// Every platform.
    pub platforms: &'a [Platform],
    /// How their addresses do.
    pub health: &'a [EndpointHealth],
    /// Changes that wait for a second person.
    pub waiting: &'a [Proposal],
}

/// Of each place that the operator's roles open, how many things need somebody.
pub fn figures(visit: &Visit, desk: &Desk, seen: &Seen<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |key, count: i64, href: &'static str| {
        let value = if count >= i64::from(MANY) {
            format!("{MANY}+")
        } else {
            count.to_string()
        };
        figures.push(Figure {
            key,
            value,
            href,
            is_warning: count > 0,
        });
    };
    let may_decide =
        |one: &&Proposal| desk.may(one.change.seen_by()) || desk.may(one.change.right());
    if super::bench::PROPOSING.iter().any(|right| desk.may(*right)) {
        let open = seen.waiting.iter().filter(|one| one.is_open(visit.cx.now));
        add(
            "figure-proposals",
            count(open.filter(may_decide)),
            PROPOSALS,
        );
    }
    if desk.may(Right::SeeAuthorities) {
        let standings = visit.state.standings.look(visit.cx.now);
        let closed = standings.iter().filter(|one| !one.can_judge);
        add("figure-authorities-closed", count(closed), AUTHORITIES);
    }
    if desk.may(Right::SeePlatforms) {
        let in_force = seen
            .platforms
            .iter()
            .filter(|it| it.state == PlatformState::Active);
        let in_trouble = in_force.filter(|platform| {
            let of = seen
                .health
                .iter()
                .filter(|it| it.platform_id == platform.id);
            worst(of) == HealthState::Down
        });
        add("figure-platforms-down", count(in_trouble), HEALTH);
        let pending = seen
            .platforms
            .iter()
            .filter(|it| it.state == PlatformState::Pending);
        add("figure-platforms-pending", count(pending), PLATFORMS);
        let given_up = failed(&seen.figures.deliveries);
        add(
            "figure-logouts-given-up",
            given_up,
            "/console/deliveries?of=logouts",
        );
    }
    if desk.may(Right::SeeEnterprises) {
        let given_up = failed(&seen.figures.notifications);
        add(
            "figure-notifications-given-up",
            given_up,
            "/console/deliveries?of=notifications",
        );
        let [ended, week, month, _] = seen.figures.locks_ending;
        let (within_week, within_month) =
            ("/console/key-locks?days=7", "/console/key-locks?days=30");
        add("figure-locks-ending-week", week - ended, within_week);
        add("figure-locks-ending-month", month - ended, within_month);
    }
    figures
}

fn count<T>(of: impl Iterator<Item = T>) -> i64 {
    i64::try_from(of.count()).unwrap_or(i64::MAX)
}

/// What is tried no more.
fn failed(counts: &[(DeliveryStage, i64)]) -> i64 {
    let settled = counts
        .iter()
        .filter(|(stage, _)| *stage != DeliveryStage::Waiting);
    settled.map(|(_, count)| count).sum()
}

/// How fresh what is known of revocations is, those that need somebody first.
pub async fn sources(visit: &Visit) -> Result<Vec<SourceRow>, Failure> {
    let state = visit.state.clone();
    // Reads the state folder.
    let report = web::block(move || state.lists.report()).await;
    let report = report.map_err(Failure::internal)?;
    let now = visit.cx.now.unix_seconds();
    let mut rows: Vec<_> = report.iter().map(|one| source(visit, one, now)).collect();
    rows.sort_by(|a, b| (b.needs_somebody, &a.ca).cmp(&(a.needs_somebody, &b.ca)));
    Ok(rows)
}

fn source(visit: &Visit, report: &SourceReport, now: i64) -> SourceRow {
    let written = |at: i64| {
        visit
            .locale
            .date_time(moment(Timestamp::from_unix_seconds(at)))
    };
    let runs_out = report.next_update.is_some_and(|at| at < now + DUE);
    // A responder that was never needed has said nothing yet.
    let is_silent = report.this_update.is_none() && report.last_attempt.is_some();
    SourceRow {
        ca: report.ca.clone(),
        kind: report.kind.clone(),
        address: report.address.clone(),
        this_update: report.this_update.map(written),
        next_update: report.next_update.map(written),
        error: report.last_error.clone(),
        needs_somebody: runs_out || is_silent || report.last_error.is_some(),
    }
}

/// Keys that sign or are published, with when each makes way by itself.
pub fn keys(visit: &Visit, keys: &[SigningKey]) -> Vec<KeyRow> {
    let config = &visit.state.config;
    let written = |at: Timestamp| visit.locale.date_time(moment(at));
    let (now, after) = (visit.cx.now, config.key_schedule().rotate_after);
    let in_use = keys.iter().filter_map(|key| {
        let stage = config.signing_key_stage(key, now);
        let rotates = key.signs_from + after;
        (!matches!(stage, "gone" | "withdrawn" | "off")).then(|| KeyRow {
            id: key.id.to_string(),
            algorithm: key.algorithm.as_str(),
            stage,
            from: written(key.signs_from),
            until: written(key.retired_at.unwrap_or(rotates)),
            is_overdue: stage == "signing" && rotates + Duration::from_hours(24) < now,
        })
    });
    in_use.collect()
}
