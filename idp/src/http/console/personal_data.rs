//! `POST /console/enterprises/personal-data`: what is held of the people behind an enterprise, as a file; that it was told is an
//! event.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::operator::Right;
use pki::holder::credit_code::CreditCode;

use super::asked::reason;
use super::shown::submit as take_form;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::file::attachment;
use crate::operating::tell_personal_data;

/// `POST /console/enterprises/personal-data`
pub async fn tell(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(super::ENTERPRISES);
    let rights = [Right::ChangeEnterprises];
    take_form(&visit, (&request, &body), &rights, async |desk, form| {
        let code: CreditCode = form
            .one("credit_code")?
            .trim()
            .parse()
            .map_err(|_malformed| Failure::refused(StatusCode::BAD_REQUEST, "bad-credit-code"))?;
        let mandate = desk.mandate(&visit, Right::ChangeEnterprises).await?;
        let name = format!("personal-data-{code}.json");
        let why = (&mandate, &*reason(form)?);
        let told = tell_personal_data(&visit.state.database, &visit.cx, why, code).await?;
        Ok(HttpResponse::Ok()
            .content_type("application/json")
            .insert_header(attachment(&name))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(format!("{told:#}\n")))
    })
    .await
}
