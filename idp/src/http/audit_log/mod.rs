//! The audit log for whoever watches it: signed heads, tiles and proofs (C2SP tlog-tiles), where the configuration has
//! them answer. Hashes and sizes alone: no event comes out here.

mod head;
mod proofs;
mod tile;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use idp_core::transparency::LogError;

use super::error::Failure;
use super::extract::Visit;
use super::oidc::answer;
use super::routes;

/// Mounts them.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource(routes::AUDIT_CHECKPOINT).get(head::checkpoint))
        .service(web::resource(routes::AUDIT_KEY).get(head::key))
        .service(web::resource(routes::AUDIT_TILE).get(tile::tile))
        .service(web::resource(routes::AUDIT_INCLUSION).get(proofs::inclusion))
        .service(web::resource(routes::AUDIT_CONSISTENCY).get(proofs::consistency));
}

/// There is nothing of the kind, or not yet.
fn absent(visit: &Visit, description: &'static str) -> HttpResponse {
    let answer = answer::begin(visit, StatusCode::NOT_FOUND);
    answer::refuse(visit, answer, ("audit log", "not_found", description))
}

/// The request can't be understood.
fn misunderstood(visit: &Visit, description: &'static str) -> HttpResponse {
    let answer = answer::begin(visit, StatusCode::BAD_REQUEST);
    answer::refuse(visit, answer, ("audit log", "invalid_request", description))
}

/// The store is away, or holds no tree.
fn failed(visit: &Visit, error: LogError) -> HttpResponse {
    let failure = match error {
        LogError::Store(error) => Failure::from(error),
        LogError::Damaged(why) => {
            tracing::error!(%why, "the audit log is damaged");
            Failure::refused(StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    };
    answer::fail(visit, &failure)
}
