//! `POST /oauth2/register` (RFC 7591 §3).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::{Registered, draft, register as spend};
use idp_core::registration::registration_token_sha256;

use super::read::{bearer, metadata};
use super::told::{self, Refusal};
use crate::http::extract::Visit;
use crate::http::sector;

/// `POST /oauth2/register`
pub async fn register(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match registered(&visit, &request, &body).await {
        Ok((registered, access)) => {
            told::information(&visit, StatusCode::CREATED, (&registered, &access))
        }
        Err(refusal) => told::refuse(&visit, refusal, None).await,
    }
}

async fn registered(
    visit: &Visit,
    request: &HttpRequest,
    body: &[u8],
) -> Result<(Registered, String), Refusal> {
    // The token first: nothing is read, and nobody called, for those who have none.
    let sha256 = registration_token_sha256(&bearer(request)?);
    let database = &visit.state.database;
    let token = database
        .read(move |store| store.find_registration_token(&sha256))
        .await?;
    let token = token
        .filter(|token| token.is_good(visit.cx.now))
        .ok_or(Refusal::BadToken)?;
    let (metadata, _) = metadata(request, body)?;
    let draft = draft(&visit.cx, &token, &metadata).map_err(Refusal::Metadata)?;
    sector::check(visit, &metadata)
        .await
        .map_err(|problem| Refusal::Sector(problem.to_string()))?;
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let written = database
        .write(move |store| spend(store, &cx, &caller, (&token, draft)))
        .await?;
    written.ok_or(Refusal::BadToken)
}
