//! The pages: the agent's own window, the root page and what they load.

use std::time::{Instant, SystemTime};

use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;

use super::server::Shared;
use super::{WINDOW_PROTOCOL_VERSION, guard, view};
use crate::texts::{Language, Speaker};

const STYLE: &str = include_str!("../../assets/agent.css");
const SCRIPT: &str = include_str!("../../assets/window.js");

/// Mounts the pages.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(root))
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

/// The root page.
#[derive(Template)]
#[template(path = "root.html")]
struct RootPage<'a> {
    say: Speaker<'a>,
    version: &'static str,
    locks: Option<view::Locks>,
    origins: Vec<&'a str>,
    portal: Option<&'a str>,
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

async fn root(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let language = match request.query_string() {
        "lang=zh-CN" => Language::ZhCn,
        "lang=en" => Language::En,
        "" => Language::of_request(&request),
        _ => {
            return HttpResponse::SeeOther()
                .insert_header((LOCATION, "/"))
                .finish();
        }
    };
    let source = shared.settings.locks.clone();
    let listing = web::block(move || source.list())
        .await
        .ok()
        .and_then(Result::ok);
    html(&RootPage {
        say: shared.texts.speaker(language),
        version: env!("CARGO_PKG_VERSION"),
        locks: listing.map(|listing| view::Locks::of(&listing, SystemTime::now())),
        origins: shared
            .settings
            .allow_origins
            .iter()
            .map(super::Origin::as_str)
            .collect(),
        portal: shared.settings.portal_url.as_ref().map(url::Url::as_str),
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
