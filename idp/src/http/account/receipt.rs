//! `GET /account/receipt`: an enterprise takes the receipt of a consent of its own.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::id::ConsentId;

use super::shown;
use crate::http::error::Failure;
use crate::http::extract::form::parameter;
use crate::http::extract::{Browser, Visit};
use crate::receipts::{ReceiptError, issue};

/// Handler. The page of it is `/receipt`, where it can be pasted.
pub async fn download(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let id = parameter(&request, "consent").unwrap_or_default();
        let jws = receipt(&visit, browser, &ConsentId::from_text(id)).await?;
        let name = "attachment; filename=\"consent-receipt.jws\"";
        Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/jose"))
            .insert_header((header::CONTENT_DISPOSITION, name))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(jws))
    })
    .await
}

async fn receipt(visit: &Visit, browser: &Browser, id: &ConsentId) -> Result<String, Failure> {
    let (state, enterprise) = (&visit.state, &browser.present()?.enterprise.id);
    let wanted = id.clone();
    let record = state
        .database
        .read(move |store| store.find_consent_record(&wanted));
    let is_theirs = record
        .await?
        .is_some_and(|record| record.enterprise_id == *enterprise);
    if !is_theirs {
        return Err(ReceiptError::Unknown.into());
    }
    let by = (&visit.cx, state.log_key.verifier());
    Ok(issue(&state.database, &state.keys, by, id).await?)
}
