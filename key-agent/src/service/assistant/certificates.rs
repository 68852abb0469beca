//! 证书显示: every certificate with all its facts, and as a file.

use std::time::SystemTime;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{self, Frame, Page};
use crate::assistant::certificates::{self, Lock};
use crate::locks::{Listing, UnreadableLock};
use crate::service::guard;
use crate::service::server::Shared;
use crate::token::CertificateKind;

/// The page.
#[derive(Template)]
#[template(path = "certificates.html")]
struct Certificates<'a> {
    frame: Frame<'a>,
    locks: Vec<Lock>,
    unreadable: Vec<UnreadableLock>,
    folder_is_readable: bool,
}

impl Certificates<'_> {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a template passes fields by reference"
    )]
    fn kind_key(kind: &CertificateKind) -> &'static str {
        match kind {
            CertificateKind::Signing => "certificate-signing",
            CertificateKind::Encryption => "certificate-encryption",
            CertificateKind::Other => "certificate-other",
        }
    }
}

pub(super) async fn page(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let frame = match Frame::of(&request, &shared, Page::Certificates) {
        Ok(frame) => frame,
        Err(answer) => return answer,
    };
    let listing = list(&shared).await;
    let folder_is_readable = listing.is_some();
    let listing = listing.unwrap_or_default();
    frame::page(&Certificates {
        frame,
        locks: certificates::of_listing(&listing, SystemTime::now()),
        unreadable: listing.unreadable,
        folder_is_readable,
    })
}

pub(super) async fn pem(
    request: HttpRequest,
    names: Path<(String, String)>,
    shared: Data<Shared>,
) -> HttpResponse {
    if !guard::is_own_or_navigation(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let (lock, id) = names.into_inner();
    let listing = list(&shared).await.unwrap_or_default();
    let locks = listing.locks.iter().filter(|known| known.id == lock);
    let found = locks
        .flat_map(|lock| &lock.certificates)
        .find(|one| one.id == id);
    let Some(found) = found else {
        return HttpResponse::NotFound().finish();
    };
    // The id is a thumbprint: no name out of a certificate gets into a header.
    let name = format!("attachment; filename=\"{}.pem\"", found.id);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/x-pem-file"))
        .insert_header((CONTENT_DISPOSITION, name))
        .body(certificates::pem(&found.certificate))
}

/// What locks there are; `None` if the folder cannot be read.
async fn list(shared: &Data<Shared>) -> Option<Listing> {
    let source = shared.settings.locks.clone();
    web::block(move || source.list()).await.ok()?.ok()
}
