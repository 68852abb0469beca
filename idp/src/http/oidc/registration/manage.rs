//! `GET`, `PUT`, `DELETE /oauth2/register/{client_id}` (RFC 7592 §2).
//!
//! The token is not changed by a `PUT`: an answer that is lost would shut the platform out.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::directory::metadata::MetadataProblem;
use idp_core::directory::{
    DirectoryError, Registered, find_registration, give_up_registration, replace_registration,
};
use idp_core::id::PlatformId;
use idp_core::token::client_authentication::is_secret_of;
use protocol::registration::ClientMetadata;

use super::read::{Beside, bearer, metadata};
use super::told::{self, Refusal};
use crate::http::extract::Visit;
use crate::http::oidc::answer;
use crate::http::sector;

/// `GET /oauth2/register/{client_id}`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let id = PlatformId::from_text(id.into_inner());
    match found(&visit, &request, &id).await {
        Ok((registered, access)) => {
            told::information(&visit, StatusCode::OK, (&registered, &access))
        }
        Err(refusal) => told::refuse(&visit, refusal, None).await,
    }
}

/// `PUT /oauth2/register/{client_id}`
pub async fn replace(
    visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let id = PlatformId::from_text(id.into_inner());
    // Whose it is is known to be true only once the token was looked at.
    let (registered, access) = match found(&visit, &request, &id).await {
        Ok(found) => found,
        Err(refusal) => return told::refuse(&visit, refusal, None).await,
    };
    match replaced(&visit, (&request, &body), (&registered, &access)).await {
        Ok(registered) => told::information(&visit, StatusCode::OK, (&registered, &access)),
        Err(refusal) => told::refuse(&visit, refusal, Some(id)).await,
    }
}

/// `DELETE /oauth2/register/{client_id}`
pub async fn give_up(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    let id = PlatformId::from_text(id.into_inner());
    match given_up(&visit, &request, id).await {
        Ok(()) => answer::begin(&visit, StatusCode::NO_CONTENT).finish(),
        Err(refusal) => told::refuse(&visit, refusal, None).await,
    }
}

async fn found(
    visit: &Visit,
    request: &HttpRequest,
    id: &PlatformId,
) -> Result<(Registered, String), Refusal> {
    let access = bearer(request)?;
    let (id, presented) = (id.clone(), access.clone());
    let found = visit
        .state
        .database
        .read(move |store| find_registration(store, &id, &presented))
        .await?;
    Ok((found.ok_or(Refusal::BadToken)?, access))
}

async fn replaced(
    visit: &Visit,
    (request, body): (&HttpRequest, &[u8]),
    (registered, access): (&Registered, &str),
) -> Result<Registered, Refusal> {
    let (metadata, beside) = metadata(request, body)?;
    check_beside(visit, &beside, registered).map_err(Refusal::Metadata)?;
    sector::check(visit, &metadata)
        .await
        .map_err(|problem| Refusal::Sector(problem.to_string()))?;
    let replaced = write(visit, &registered.platform.id, access, metadata).await;
    replaced.map_err(told::refused)?.ok_or(Refusal::BadToken)
}

async fn write(
    visit: &Visit,
    id: &PlatformId,
    access: &str,
    metadata: ClientMetadata,
) -> Result<Option<Registered>, DirectoryError> {
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let (id, access) = (id.clone(), access.to_owned());
    visit
        .state
        .database
        .write(move |store| replace_registration(store, &cx, &caller, (&id, &access, &metadata)))
        .await
}

/// RFC 7592 §2.2: the `client_id` must be there and its own; so must a `client_secret` be where it is there.
fn check_beside(
    visit: &Visit,
    beside: &Beside,
    registered: &Registered,
) -> Result<(), MetadataProblem> {
    let bad = |name, why: &str| Err(MetadataProblem::Metadata(name, why.to_owned()));
    if beside.client_id.as_deref() != Some(registered.platform.id.as_str()) {
        return bad("client_id", "must be there, and the client's own");
    }
    match &beside.client_secret {
        Some(secret) if !is_secret_of(&visit.cx, registered.platform.client.as_ref(), secret) => {
            bad(
                "client_secret",
                "is not the client's: it is not the client's to choose",
            )
        }
        _ => Ok(()),
    }
}

async fn given_up(visit: &Visit, request: &HttpRequest, id: PlatformId) -> Result<(), Refusal> {
    let access = bearer(request)?;
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let done = visit
        .state
        .database
        .write(move |store| give_up_registration(store, &cx, &caller, (&id, &access)))
        .await
        .map_err(told::refused)?;
    done.then_some(()).ok_or(Refusal::BadToken)
}
