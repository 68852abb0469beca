//! The newest signed head, and by what it is verified.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::store::StoreError;
use idp_core::transparency::with_cosignatures;

use super::{absent, failed};
use crate::http::extract::Visit;
use crate::state::AppState;

/// As notes are served.
pub(super) const TEXT: &str = "text/plain; charset=utf-8";

/// `GET /audit/checkpoint`
pub async fn checkpoint(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let visit = Visit::of(&request, &state);
    let found = state
        .database
        .read(|store| {
            let newest = store.find_newest_checkpoint()?;
            let note = newest.map(|newest| with_cosignatures(store, &newest));
            note.transpose()
        })
        .await;
    match found {
        Ok(Some(note)) => HttpResponse::Ok()
            .content_type(TEXT)
            .insert_header((header::CACHE_CONTROL, "public, max-age=5"))
            .body(note),
        Ok(None) => absent(&visit, "no tree head was signed yet"),
        Err(error) => failed(&visit, StoreError::into(error)),
    }
}

/// `GET /audit/key`
pub async fn key(state: web::Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(TEXT)
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(format!("{}\n", state.log_key.verifier()))
}
