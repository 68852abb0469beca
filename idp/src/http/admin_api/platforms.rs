//! `/api/admin/v1/platforms`: 交易平台.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::version_of;
use idp_core::id::PlatformId;
use idp_core::listing::List;
use idp_core::operator::Right;
use idp_core::platform::Platform;

use super::caller::{answered, read};
use super::query::{Query, not_found};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::problem;
use crate::http::routes::OPENID_CONFIGURATION;
use crate::shapes::{self, platform};

/// `GET /api/admin/v1/platforms`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeePlatforms], async |_| {
        let ask = Query::of_list(&request, &[])?.ask(List::Platforms)?;
        let database = &visit.state.database;
        let page = database
            .read(move |store| store.page_platforms(&ask))
            .await?;
        Ok(shapes::page((&page, List::Platforms), platform::row))
    })
    .await
}

/// `GET /api/admin/v1/platforms/{id}`. Its `ETag` is the version that a change names as the one that was looked at.
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    answered(&visit, &request, &[Right::SeePlatforms], async |_| {
        let found = find(&visit, &request, &id).await?;
        let version = format!("\"{}\"", version_of(&found));
        let mut answer = problem::begin(&visit, StatusCode::OK);
        answer.insert_header((header::ETAG, version));
        Ok(answer.json(platform::whole(&found)))
    })
    .await
}

/// `GET /api/admin/v1/platforms/{id}/configuration`: what the platform's own people need. No secret is in it.
pub async fn configuration(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
) -> HttpResponse {
    read(&visit, &request, &[Right::SeePlatforms], async |_| {
        let found = find(&visit, &request, &id).await?;
        let at = (&*visit.state.config.issuer, OPENID_CONFIGURATION);
        platform::configuration(at, &found).ok_or(not_found())
    })
    .await
}

/// The platform of this address, which asks for nothing more.
pub async fn find(visit: &Visit, request: &HttpRequest, id: &str) -> Result<Platform, Failure> {
    Query::read(request, &[])?;
    let id = PlatformId::from_text(id);
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_platform(&id)).await?;
    found.ok_or(Failure::refused(StatusCode::NOT_FOUND, "platform-unknown"))
}
