//! `POST /console/platforms/end-grants`: what registrars want to do to a platform, on its way to the page that is signed.

use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::PlatformId;
use idp_core::operator::Right;
use idp_core::proposal::Change;

use super::CONSOLE;
use super::act::review;
use super::asked::{proposal, reason};
use super::shown::{not_found, submit as take_form};
use crate::http::extract::Visit;

/// `POST /console/platforms/end-grants`
pub async fn end_grants(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(CONSOLE);
    let rights = [Right::ChangePlatforms];
    take_form(&visit, (&request, &body), &rights, async |desk, form| {
        let platform = PlatformId::from_text(form.one("platform")?);
        let database = &visit.state.database;
        if database.find_platform(&platform).await?.is_none() {
            return Err(not_found());
        }
        let change = Change::EndGrants { platform };
        let reason = reason(form)?;
        review(&visit, desk, (proposal(change, reason), CONSOLE)).await
    })
    .await
}
