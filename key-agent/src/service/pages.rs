//! The agent's own window, what it loads, and the service's health.

use std::time::Instant;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::server::Shared;
use super::{WINDOW_PROTOCOL_VERSION, guard};
use crate::texts::{Language, Speaker};

const STYLE: &str = include_str!("../../assets/agent.css");
const SCRIPT: &str = include_str!("../../assets/window.js");

/// Mounts the pages.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/sign", web::get().to(window))
        .route("/healthz", web::get().to(health))
        .route(
            "/favicon.ico",
            web::get().to(|| async { HttpResponse::NoContent().finish() }),
        )
        .route("/assets/agent.css", web::get().to(style))
        .route("/assets/window.js", web::get().to(script));
}

/// The agent's own window.
#[derive(Template)]
#[template(path = "sign.html")]
struct WindowPage<'a> {
    say: Speaker<'a>,
    token: &'a str,
    version: u32,
}

async fn window(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    if !guard::is_navigation(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let Some(token) = shared.windows().issue(Instant::now()) else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    let say = shared.texts.speaker(Language::of_request(&request));
    html(&WindowPage {
        say,
        token: &token,
        version: WINDOW_PROTOCOL_VERSION,
    })
}

fn html(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(text) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "protocol": WINDOW_PROTOCOL_VERSION,
    }))
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .body(STYLE)
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .body(SCRIPT)
}
