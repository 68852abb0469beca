//! `/api/admin/v1/health` and `/api/admin/v1/platforms/{id}/health`: how the addresses of platforms do, a look at one now, and
//! maintenance.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::{Act, Planned, announce_maintenance, end_maintenance};
use idp_core::id::{MaintenanceId, PlatformId};
use idp_core::inspect::health;
use idp_core::operator::Right;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::{self, moment};
use super::caller::{changed, read};
use super::platforms::find;
use super::query::{Query, misunderstood};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::operating::ActError;
use crate::shapes::platform;
use crate::watching::{LookError, look_now};

/// `GET /api/admin/v1/health`: of all platforms. They are few, and one page.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeePlatforms], async |_| {
        Query::read(&request, &[])?;
        let now = visit.cx.now;
        let database = &visit.state.database;
        let seen = database.read(move |store| health(store, None, now)).await?;
        let maintenances = seen.maintenances.iter();
        let maintenances = maintenances.map(|one| platform::maintenance(one, now));
        Ok(json!({
            "items": seen.endpoints.iter().map(platform::health).collect::<Vec<_>>(),
            "next": null,
            "maintenances": maintenances.collect::<Vec<_>>(),
        }))
    })
    .await
}

/// `GET /api/admin/v1/platforms/{id}/health`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    read(&visit, &request, &[Right::SeePlatforms], async |_| {
        let id = find(&visit, &request, &id).await?.id;
        kept(&visit, id).await
    })
    .await
}

/// `POST /api/admin/v1/platforms/{id}/look`: its addresses are looked at now. What was found a moment ago is what would be found
/// now.
pub async fn look(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangePlatforms,
        async |_, mandate| {
            let found = find(&visit, &request, &id).await?;
            let (id, by) = (found.id.clone(), mandate.operator_id());
            tracing::info!(platform = %id, operator = %by, "an operator has a platform looked at");
            match look_now(&visit.state, found).await {
                Ok(()) | Err(LookError::JustNow) => kept(&visit, id).await,
                Err(LookError::Store(error)) => Err(error.into()),
                Err(LookError::NotConnected) => {
                    let status = StatusCode::CONFLICT;
                    Err(Failure::refused(status, "platform-not-connected"))
                }
                Err(LookError::TooSlow) => {
                    let status = StatusCode::GATEWAY_TIMEOUT;
                    Err(Failure::refused(status, "platform-look-too-slow"))
                }
            }
        },
    )
    .await
}

/// What is kept of its addresses.
async fn kept(visit: &Visit, id: PlatformId) -> Result<Value, Failure> {
    let now = visit.cx.now;
    let database = &visit.state.database;
    let seen = database
        .read(move |store| health(store, Some(&id), now))
        .await?;
    let maintenances = seen.maintenances.iter();
    let maintenances = maintenances.map(|one| platform::maintenance(one, now));
    Ok(json!({
        "endpoints": seen.endpoints.iter().map(platform::health).collect::<Vec<_>>(),
        "changes": seen.changes.iter().map(platform::health_change).collect::<Vec<_>>(),
        "maintenances": maintenances.collect::<Vec<_>>(),
    }))
}

/// What is announced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    from: Option<String>,
    until: String,
    text_zh: String,
    text_en: String,
}

/// `POST /api/admin/v1/platforms/{id}/maintenance`: it is announced.
pub async fn announce(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangePlatforms,
        async |_, mandate| {
            let of = find(&visit, &request, &id).await?.id;
            let said: Announced = body::read(&request, &body)?;
            let planned = Planned {
                from: moment(said.from.as_deref())?.unwrap_or(visit.cx.now),
                until: moment(Some(&said.until))?.ok_or(misunderstood())?,
                text_zh: said.text_zh,
                text_en: said.text_en,
            };
            let (cx, mandate) = (visit.cx.clone(), mandate.clone());
            let database = &visit.state.database;
            let done = database.write(move |store| {
                announce_maintenance(store, &cx, &of, (&planned, Act::unexplained(&mandate)))
            });
            let announced = done.await.map_err(ActError::from)?;
            Ok(platform::maintenance(&announced, visit.cx.now))
        },
    )
    .await
}

/// `POST /api/admin/v1/maintenances/{id}/end`: it is taken back, or ended before its time.
pub async fn end(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangePlatforms,
        async |_, mandate| {
            Query::read(&request, &[])?;
            let id = MaintenanceId::from_text(id.as_str());
            let (cx, mandate) = (visit.cx.clone(), mandate.clone());
            let database = &visit.state.database;
            let done = database
                .write(move |store| end_maintenance(store, &cx, &id, Act::unexplained(&mandate)));
            let ended = done.await.map_err(ActError::from)?;
            Ok(platform::maintenance(&ended, visit.cx.now))
        },
    )
    .await
}
