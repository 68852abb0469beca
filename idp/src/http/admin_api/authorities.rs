//! `/api/admin/v1/authorities`: the CA registry.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::certificate_authority::CertificateAuthority;
use idp_core::id::CaId;
use idp_core::operator::Right;
use serde_json::{Value, json};

use super::caller::{answered, read};
use super::query::Query;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::problem;
use crate::shapes::authority;

/// `GET /api/admin/v1/authorities`: they are few, and one page.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeAuthorities], async |_| {
        Query::read(&request, &[])?;
        let database = &visit.state.database;
        let stored = database
            .read(|store| store.list_certificate_authorities())
            .await?;
        let known = stored.authorities.iter().map(authority::row);
        let unreadable = stored.unreadable.iter().map(authority::unreadable);
        let all: Vec<Value> = known.chain(unreadable).collect();
        Ok(json!({ "items": all, "next": null }))
    })
    .await
}

/// `GET /api/admin/v1/authorities/{id}`. Its `ETag` is the revision that a change names as the one that was looked at.
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    answered(&visit, &request, &[Right::SeeAuthorities], async |_| {
        let found = find(&visit, &request, &id).await?;
        let mut answer = problem::begin(&visit, StatusCode::OK);
        answer.insert_header((header::ETAG, format!("\"{}\"", found.revision)));
        Ok(answer.json(authority::whole(&found)))
    })
    .await
}

/// `GET /api/admin/v1/authorities/{id}/history`
pub async fn history(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    read(&visit, &request, &[Right::SeeAuthorities], async |_| {
        let id = find(&visit, &request, &id).await?.id;
        let database = &visit.state.database;
        let changes = database
            .read(move |store| store.list_ca_changes(&id))
            .await?;
        let changes: Vec<Value> = changes.iter().map(authority::change).collect();
        Ok(json!({ "items": changes, "next": null }))
    })
    .await
}

async fn find(
    visit: &Visit,
    request: &HttpRequest,
    id: &str,
) -> Result<CertificateAuthority, Failure> {
    Query::read(request, &[])?;
    let id = CaId::from_text(id);
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_certificate_authority(&id))
        .await?;
    found.ok_or(Failure::refused(StatusCode::NOT_FOUND, "ca-unknown"))
}
