//! 签章显示: the e-seals of each lock, and their pictures out of their own octets.

use std::time::SystemTime;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use pki::eseal::{Listing, SealValidity};

use super::frame::{self, Frame, Page};
use crate::assistant::seals::{self, Facts, LockSeals};
use crate::service::guard;
use crate::service::server::Shared;
use crate::service::view::seconds_since_epoch;

/// The page.
#[derive(Template)]
#[template(path = "seals.html")]
struct Seals<'a> {
    frame: Frame<'a>,
    locks: Vec<LockSeals>,
}

impl Seals<'_> {
    fn validity_key(facts: &Facts) -> &'static str {
        match facts.validity {
            SealValidity::Current => "seal-current",
            SealValidity::NotYet => "seal-not-yet",
            SealValidity::Ended => "seal-ended",
        }
    }

    fn listing_key(facts: &Facts) -> &'static str {
        match facts.listing {
            Listing::Listed => "seal-listed",
            Listing::NotListed => "seal-not-listed",
            Listing::Unknown => "seal-listing-unknown",
        }
    }

    fn signature_key(facts: &Facts) -> &'static str {
        if facts.signature.is_ok() {
            "seal-signed"
        } else {
            "seal-forged"
        }
    }

    /// Good, bad, or neither.
    fn listing_class(facts: &Facts) -> &'static str {
        match facts.listing {
            Listing::Listed => "good",
            Listing::NotListed => "bad",
            Listing::Unknown => "",
        }
    }

    fn validity_class(facts: &Facts) -> &'static str {
        if facts.validity == SealValidity::Current {
            "good"
        } else {
            "bad"
        }
    }

    fn signature_class(facts: &Facts) -> &'static str {
        if facts.signature.is_ok() {
            "good"
        } else {
            "bad"
        }
    }

    fn seals(&self) -> usize {
        self.locks.iter().map(|lock| lock.seals.len()).sum()
    }
}

pub(super) async fn page(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let frame = match Frame::of(&request, &shared, Page::Seals) {
        Ok(frame) => frame,
        Err(answer) => return answer,
    };
    let source = shared.settings.locks.clone();
    let now = seconds_since_epoch(SystemTime::now());
    let locks = web::block(move || seals::of_locks(&source, now)).await;
    frame::page(&Seals {
        frame,
        locks: locks.unwrap_or_default(),
    })
}

pub(super) async fn picture(
    request: HttpRequest,
    id: Path<String>,
    shared: Data<Shared>,
) -> HttpResponse {
    if !guard::is_own_or_navigation(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let source = shared.settings.locks.clone();
    let found = web::block(move || seals::picture(&source, &id)).await;
    match found.ok().flatten() {
        Some((kind, octets)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, kind))
            .body(octets),
        None => HttpResponse::NotFound().finish(),
    }
}
