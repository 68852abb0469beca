//! What every answer of the token and userinfo endpoints carries: no cache keeps
//! it, and it names the number under which the log and the audit trail know the request.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, HttpResponseBuilder};
use idp_core::id::PlatformId;
use idp_core::token::{TokenRefusal, note_refusal};
use serde_json::json;

use crate::http::error::Failure;
use crate::http::extract::Visit;

/// The number of a request, in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Begins an answer.
pub fn begin(visit: &Visit, status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((REQUEST_ID, visit.incident_id.as_str()));
    answer
}

/// RFC 6749 §5.2: where the client tried a scheme, it is named; naming it always is harmless.
pub fn ask_for_client(answer: &mut HttpResponseBuilder) {
    answer.insert_header((header::WWW_AUTHENTICATE, r#"Basic realm="token""#));
}

/// Ends a refusal: its body for the platform's developer (RFC 6749 §5.2), its line in the log.
pub fn refuse(
    visit: &Visit,
    mut answer: HttpResponseBuilder,
    (endpoint, error, description): (&'static str, &'static str, &'static str),
) -> HttpResponse {
    tracing::info!(incident = %visit.incident_id, endpoint, error, description, "request refused");
    answer.json(json!({ "error": error, "error_description": description }))
}

/// Ends the refusal of a client that proved itself, or did not, at an endpoint beside the token's: written down first.
pub async fn refuse_client(
    visit: &Visit,
    endpoint: &'static str,
    (refusal, platform): (TokenRefusal, Option<PlatformId>),
) -> HttpResponse {
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let database = &visit.state.database;
    let written =
        database.write(move |store| note_refusal(store, &cx, &caller, platform.as_ref(), refusal));
    if let Err(error) = written.await {
        return fail(visit, &Failure::from(error));
    }
    let is_unproven = matches!(refusal, TokenRefusal::InvalidClient(_));
    let status = if is_unproven {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::BAD_REQUEST
    };
    let mut begun = begin(visit, status);
    if is_unproven {
        ask_for_client(&mut begun);
    }
    let said = (endpoint, refusal.code(), refusal.description());
    refuse(visit, begun, said)
}

/// A body too large or a wrong method: refused before the endpoint saw it (RFC 6749 §5.2).
pub fn refuse_shape(visit: &Visit, status: StatusCode) -> HttpResponse {
    let description = match status {
        StatusCode::METHOD_NOT_ALLOWED => "the method is not allowed here",
        _ => "the body is too large",
    };
    let said = ("before the endpoint", "invalid_request", description);
    refuse(visit, begin(visit, status), said)
}

/// Something of ours failed.
pub fn fail(visit: &Visit, failure: &Failure) -> HttpResponse {
    failure.log(&visit.incident_id);
    let error = match failure.code {
        "unavailable" | "too-many-requests" => "temporarily_unavailable",
        _ => "server_error",
    };
    begin(visit, failure.status)
        .json(json!({ "error": error, "error_description": visit.incident_id.as_str() }))
}
