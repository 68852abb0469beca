//! Whether the process lives, and whether it can serve: for load balancers and service managers.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use serde_json::json;

use crate::state::AppState;

/// Mounts both.
pub fn mount(app: &mut ServiceConfig) {
    app.route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready));
}

async fn alive() -> impl Responder {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

async fn ready(state: web::Data<AppState>) -> impl Responder {
    let database = state.database.ping().await;
    let ephemeral = state.ephemeral.ping().await;
    let word = |up: bool| if up { "up" } else { "down" };
    let body = json!({
        "database": word(database.is_ok()),
        "ephemeral": word(ephemeral.is_ok()),
    });
    if database.is_ok() && ephemeral.is_ok() {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}
