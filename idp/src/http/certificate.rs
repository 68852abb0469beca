//! `GET /certificate`: what the lock says (证书信息), and on to 进入授权.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::presence::Present;
use pki::certificate::Certificate;

use super::error::Failure;
use super::extract::form::pairs;
use super::extract::{Browser, Visit};
use super::toward::{self, Toward, to_login};
use super::{page, routes};
use crate::view::{CertificateFacts, CertificatePage, Renewed};

/// `GET /certificate`
pub async fn show(mut visit: Visit, request: HttpRequest) -> HttpResponse {
    match shown(&mut visit, &request).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn shown(visit: &mut Visit, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let toward = Toward::of_query(request.query_string());
    let browser = Browser::find(visit, request).await?;
    let Some(present) = &browser.present else {
        return Ok(to_login(&toward));
    };
    let platform = platform_name(visit, &toward).await?;
    let lock = &present.key_lock;
    let certificate = Certificate::from_der(&lock.certificate_der).map_err(Failure::internal)?;
    let enter = match &platform {
        Some(_) => toward.by(routes::CONSENT),
        None => routes::PLATFORMS.to_owned(),
    };
    let page = CertificatePage {
        frame: visit.frame(Some(&browser)),
        certificate: CertificateFacts {
            holder_name: &present.enterprise.name,
            credit_code: present.enterprise.credit_code.as_str(),
            subject: &certificate.subject().to_string(),
            issuer: &certificate.issuer().to_string(),
            authority: &lock.ca_name,
            serial_number: &lock.serial_number,
            key_number: &lock.key_number,
            media_number: lock.media_number.as_deref(),
            not_before: page::moment(lock.not_before),
            not_after: page::moment(lock.not_after),
            lock_role: page::lock_role(lock.role),
        },
        days_left: page::days_left(lock, visit.cx.now),
        renewed: renewed(visit, request, present).await?,
        enter_href: &enter,
        platform_name: platform.as_deref(),
    };
    Ok(visit.html(StatusCode::OK, page.render()))
}

/// Whether the sign-in of this session put the lock's certificate in an older one's place, and what it brought. The
/// address only says that it is worth a look.
async fn renewed(
    visit: &Visit,
    request: &HttpRequest,
    present: &Present,
) -> Result<Option<Renewed>, Failure> {
    let asked = pairs(request.query_string().as_bytes());
    if !asked.iter().any(|(name, _)| name == "renewed") {
        return Ok(None);
    }
    let id = present.key_lock.id.clone();
    let database = &visit.state.database;
    let before = database
        .read(move |store| store.list_superseded_certificates(&id))
        .await?;
    let at = present.authentication.auth_time;
    let old = before.iter().find(|old| old.replaced_at == at);
    Ok(old.map(|old| {
        if old.holder_name == present.key_lock.holder_name {
            Renewed::Later
        } else {
            Renewed::NewName
        }
    }))
}

async fn platform_name(visit: &mut Visit, toward: &Toward) -> Result<Option<String>, Failure> {
    let platform = match toward {
        Toward::Nowhere => None,
        Toward::Platform(id) => toward::enterable(visit, id).await?,
        Toward::Request(id) => match toward::waiting(visit, id).await? {
            None => None,
            Some(request) => {
                visit.wish(request.ui_locales.as_deref());
                let database = &visit.state.database;
                database.find_platform(&request.platform_id).await?
            }
        },
    };
    Ok(platform.map(|p| page::platform_name(&p, visit.locale).to_owned()))
}
