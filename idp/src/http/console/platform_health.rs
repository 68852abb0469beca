//! `/console/health` and `/console/platforms/{id}/health`: how the addresses of platforms do, a look at one now, maintenance.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::{Act, Planned, announce_maintenance, end_maintenance};
use idp_core::id::MaintenanceId;
use idp_core::inspect::{HealthSeen, health};
use idp_core::operator::Right;
use idp_core::platform::{Platform, PlatformState};
use idp_core::platform_health::{EndpointHealth, HealthChange, HealthState, Maintenance, worst};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use super::PLATFORMS;
use super::acted::acted;
use super::bench::{bench, frame};
use super::platform_facts::find;
use super::shown::{not_found, show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::page::{self, moment};
use crate::operating::ActError;
use crate::view::Problem;
use crate::view::console::{
    AddressRow, HealthChangeRow, HealthPage, HealthRow, MaintenanceRow, PlatformHealthPage,
};
use crate::watching::{LookError, look_now};

/// Longest time ahead that a form announces, and longest that maintenance lasts there, in hours.
const HOURS_MAX: u64 = 90 * 24;

/// `GET /console/health`: every platform in force, those in trouble first.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeePlatforms], async |desk| {
        let now = visit.cx.now;
        let database = &visit.state.database;
        let (platforms, seen) = database
            .read(move |store| {
                Ok::<_, StoreError>((store.list_platforms()?, health(store, None, now)?))
            })
            .await?;
        let in_force = platforms.iter().filter(|it| it.client.is_some());
        let mut rows: Vec<_> = in_force
            .map(|platform| row(&visit, platform, &seen))
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.rank));
        let page = HealthPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            rows,
            is_watched: visit.state.config.platform_health.enabled,
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

fn row<'a>(visit: &Visit, platform: &'a Platform, seen: &HealthSeen) -> HealthRow<'a> {
    let of: Vec<_> = seen
        .endpoints
        .iter()
        .filter(|it| it.platform_id == platform.id)
        .collect();
    let state = worst(of.iter().copied());
    let checked = of.iter().map(|it| it.checked_at).max();
    let of_it = |it: &&Maintenance| it.platform_id == platform.id;
    HealthRow {
        id: platform.id.as_str(),
        name: page::platform_name(platform, visit.locale),
        is_suspended: platform.state != PlatformState::Active,
        state: state.as_str(),
        rank: u8::from(state == HealthState::Degraded) + 2 * u8::from(state == HealthState::Down),
        failing: of
            .iter()
            .filter(|it| it.state > HealthState::Unknown)
            .map(|it| it.endpoint.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        checked: checked.map(|at| visit.locale.date_time(moment(at))),
        has_maintenance: seen.maintenances.iter().any(|it| of_it(&it)),
    }
}

/// `GET /console/platforms/{id}/health`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeePlatforms], async |desk| {
        let platform = find(&visit, &id).await?;
        page(&visit, desk, (&platform, &Form::parse(b""), None)).await
    })
    .await
}

/// `POST /console/platforms/{id}/health`: its addresses are looked at now.
pub async fn look(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    submitted(visit, (&request, &id, &body), async |visit, desk, _| {
        let platform = find(visit, &id).await?;
        let by = desk.on_duty()?.operator().id.clone();
        tracing::info!(platform = %platform.id, operator = %by, "an operator has a platform looked at");
        let problem = match look_now(&visit.state, platform.clone()).await {
            // What was found a moment ago is what would be found now.
            Ok(()) | Err(LookError::JustNow) => {
                return Ok(see_other(&acted(desk, &of_one(&id), "look-at-platform")));
            }
            Err(LookError::Store(error)) => return Err(error.into()),
            Err(LookError::NotConnected) => return Err(not_found()),
            Err(LookError::TooSlow) => "platform-look-too-slow",
        };
        page(visit, desk, (&platform, &Form::parse(b""), Some(problem))).await
    })
    .await
}

/// `POST /console/platforms/{id}/maintenance`: announce it.
pub async fn announce(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    submitted(visit, (&request, &id, &body), async |visit, desk, form| {
        let platform = find(visit, &id).await?;
        let Some(planned) = planned(visit, form)? else {
            return page(visit, desk, (&platform, form, Some("maintenance-time"))).await;
        };
        let mandate = desk.mandate(visit, Right::ChangePlatforms).await?;
        let (cx, of) = (visit.cx.clone(), platform.id.clone());
        let database = &visit.state.database;
        let done = database
            .write(move |store| {
                let act = Act::unexplained(&mandate);
                announce_maintenance(store, &cx, &of, (&planned, act))
            })
            .await;
        let Err(error) = done.map_err(ActError::from) else {
            return Ok(see_other(&acted(
                desk,
                &maintenance_of(&id),
                "announce-maintenance",
            )));
        };
        match error.code() {
            Some(code) => page(visit, desk, (&platform, form, Some(code))).await,
            None => Err(error.into()),
        }
    })
    .await
}

/// `POST /console/platforms/{id}/maintenance/end`: take it back, or end it before its time.
pub async fn end(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    submitted(visit, (&request, &id, &body), async |visit, desk, form| {
        let mandate = desk.mandate(visit, Right::ChangePlatforms).await?;
        let maintenance = MaintenanceId::from_text(form.one("maintenance")?);
        let cx = visit.cx.clone();
        let database = &visit.state.database;
        let done = database.write(move |store| {
            let ended = end_maintenance(store, &cx, &maintenance, Act::unexplained(&mandate));
            ended.map(drop).map_err(ActError::from)
        });
        done.await?;
        Ok(see_other(&acted(
            desk,
            &maintenance_of(&id),
            "end-maintenance",
        )))
    })
    .await
}

/// A form of a platform's page, from whoever may change platforms; a problem leads back to the page.
async fn submitted(
    mut visit: Visit,
    (request, id, body): (&HttpRequest, &str, &[u8]),
    answer: impl AsyncFnOnce(&Visit, &Desk, &Form) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    visit.at(&of_one(id));
    let rights = [Right::ChangePlatforms];
    submit(&visit, (request, body), &rights, async |desk, form| {
        answer(&visit, desk, form).await
    })
    .await
}

fn maintenance_of(id: &str) -> String {
    format!("{}#maintenance", of_one(id))
}

fn of_one(id: &str) -> String {
    format!("{PLATFORMS}/{id}/health")
}

/// What the form says. Times are counted from now: a form has no clock of its own, and a person no time zone to get wrong.
fn planned(visit: &Visit, form: &Form) -> Result<Option<Planned>, Failure> {
    let hours = |name: &str, if_empty: u64| {
        let said = form.one(name)?.trim();
        let read = if said.is_empty() {
            Some(if_empty)
        } else {
            said.parse().ok()
        };
        Ok::<_, Failure>(read.filter(|hours| *hours <= HOURS_MAX))
    };
    let (Some(begins), Some(lasts)) = (hours("begins", 0)?, hours("lasts", 0)?) else {
        return Ok(None);
    };
    if lasts == 0 {
        return Ok(None);
    }
    let from = visit.cx.now + Duration::from_hours(begins);
    Ok(Some(Planned {
        from,
        until: from + Duration::from_hours(lasts),
        text_zh: form.one("text_zh")?.to_owned(),
        text_en: form.one("text_en")?.to_owned(),
    }))
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    (platform, form, problem): (&Platform, &Form, Option<&'static str>),
) -> Result<HttpResponse, Failure> {
    let (id, now) = (platform.id.clone(), visit.cx.now);
    let database = &visit.state.database;
    let seen = database
        .read(move |store| health(store, Some(&id), now))
        .await?;
    let mut values = Vec::new();
    for name in ["begins", "lasts", "text_zh", "text_en"] {
        values.push((name, form.one(name)?.to_owned()));
    }
    let page = PlatformHealthPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        id: platform.id.as_str(),
        name: page::platform_name(platform, visit.locale),
        addresses: (seen.endpoints.iter())
            .map(|one| address(visit, one))
            .collect(),
        changes: seen.changes.iter().map(|one| changed(visit, one)).collect(),
        maintenances: (seen.maintenances.iter())
            .map(|one| of_maintenance(visit, one))
            .collect(),
        may_change: desk.may(Right::ChangePlatforms),
        is_connected: platform.client.is_some(),
        values: &values,
        problem: problem.map(Problem::plain),
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    Ok(visit.html(status, page.render()))
}

fn address<'a>(visit: &Visit, health: &'a EndpointHealth) -> AddressRow<'a> {
    AddressRow {
        endpoint: health.endpoint.as_str(),
        url: &health.url,
        // One failure is no news to others; whoever tries the platform is told.
        state: match (health.misses, health.state) {
            (0, state) | (_, state @ HealthState::Down) => state.as_str(),
            _ => "missed",
        },
        reason: health.reason.as_deref(),
        since: written(visit, health.since),
        checked: written(visit, health.checked_at),
    }
}

fn changed<'a>(visit: &Visit, change: &'a HealthChange) -> HealthChangeRow<'a> {
    HealthChangeRow {
        at: written(visit, change.at),
        endpoint: change.endpoint.as_str(),
        from: change.from.as_str(),
        to: change.to.as_str(),
        reason: change.reason.as_deref(),
    }
}

fn of_maintenance<'a>(visit: &Visit, it: &'a Maintenance) -> MaintenanceRow<'a> {
    MaintenanceRow {
        id: it.id.as_str(),
        from: written(visit, it.from),
        until: written(visit, it.until),
        text_zh: &it.text_zh,
        text_en: &it.text_en,
        by: &it.announced_by,
        is_on: it.is_on(visit.cx.now),
    }
}

fn written(visit: &Visit, at: Timestamp) -> String {
    visit.locale.date_time(moment(at))
}
