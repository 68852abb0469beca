//! The assistant's pages (证书助手): one for each of the guide's words.
//!
//! Owns routes, forms and what is shown. Every page is whole without a script: what changes something is a form with a
//! token that counts once, what takes long goes on in the background and is looked at again. Does not know how a
//! certificate is read, what the check looks at or how a manifest is verified: that is [`crate::assistant`].

mod certificates;
mod check;
mod form;
mod frame;
mod home;
mod questions;
mod seals;
mod state;
mod tidy;
mod update;
mod visits;

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web;

pub(super) use frame::unknown;
pub(super) use state::Assistant;

const STYLE: &str = include_str!("../../../assets/assistant.css");
const SCRIPT: &str = include_str!("../../../assets/assistant.js");

/// The first words of the paths of all pages, the start page aside.
const PATHS: [&str; 7] = [
    "/check",
    "/certificates",
    "/seals",
    "/portal",
    "/tidy",
    "/questions",
    "/update",
];

/// Mounts the pages.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(home::home))
        .route("/portal", web::get().to(home::portal))
        .route("/check", web::get().to(check::page))
        .route("/check", web::post().to(check::start))
        .route("/check/repair", web::post().to(check::repair))
        .route("/certificates", web::get().to(certificates::page))
        .route(
            "/certificates/{lock}/{id}.pem",
            web::get().to(certificates::pem),
        )
        .route("/seals", web::get().to(seals::page))
        .route("/seals/{id}/picture", web::get().to(seals::picture))
        .route("/tidy", web::get().to(tidy::page))
        .route("/tidy", web::post().to(tidy::tidy))
        .route("/questions", web::get().to(questions::page))
        .route("/update", web::get().to(update::page))
        .route("/update", web::post().to(update::act))
        .route("/assets/assistant.css", web::get().to(style))
        .route("/assets/assistant.js", web::get().to(script));
}

/// Whether a path is one of the assistant's.
pub(super) fn owns(path: &str) -> bool {
    let is_below = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path == "/" || PATHS.into_iter().any(is_below)
}

async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", STYLE)
}

async fn script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

fn asset(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .body(text)
}
