//! The start page with the seven words, and 登录系统.

use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{self, Frame, Page};
use crate::service::server::Shared;
use crate::service::{Origin, view};

/// The start page.
#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    locks: Option<view::Locks>,
    origins: Vec<Origin>,
}

/// Which website to sign in at.
#[derive(Template)]
#[template(path = "portal.html")]
struct Portals<'a> {
    frame: Frame<'a>,
    portals: Vec<String>,
}

pub(super) async fn home(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let frame = match Frame::of(&request, &shared, Page::Home) {
        Ok(frame) => frame,
        Err(answer) => return answer,
    };
    let source = shared.settings.locks.clone();
    let listing = web::block(move || source.list()).await;
    let listing = listing.ok().and_then(Result::ok);
    frame::page(&Home {
        frame,
        locks: listing.map(|listing| view::Locks::of(&listing, std::time::SystemTime::now())),
        origins: shared.allowed(),
    })
}

/// 登录系统: straight there if there is one place only, else the person chooses.
pub(super) async fn portal(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let frame = match Frame::of(&request, &shared, Page::Portal) {
        Ok(frame) => frame,
        Err(answer) => return answer,
    };
    let portals = portals(&shared);
    match portals.as_slice() {
        [only] => HttpResponse::SeeOther()
            .insert_header((LOCATION, only.clone()))
            .finish(),
        _ => frame::page(&Portals { frame, portals }),
    }
}

/// The settings' portal first, then every other website that may ask.
fn portals(shared: &Shared) -> Vec<String> {
    let portal = shared.settings.portal_url.as_ref();
    let origin = portal.map(|url| url.origin().ascii_serialization());
    let allowed = shared.allowed();
    let others = allowed
        .iter()
        .filter(|allowed| origin.as_deref() != Some(allowed.as_str()))
        .map(|allowed| format!("{allowed}/"));
    portal
        .map(ToString::to_string)
        .into_iter()
        .chain(others)
        .collect()
}
