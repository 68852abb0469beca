//! A refusal as programs of operators read it (RFC 9457): the machine words of the pages, and their text in the language that
//! was asked for.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::json;

use super::error::Failure;
use super::extract::Visit;
use crate::view::Messages;

/// The number of a request, in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Begins an answer: no cache keeps it, and it names the number under which log and audit trail know the request.
pub fn begin(visit: &Visit, status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((REQUEST_ID, visit.incident_id.as_str()));
    answer
}

/// The answer to a request that failed.
pub fn answer(visit: &Visit, failure: &Failure) -> HttpResponse {
    finish(visit, failure, begin(visit, failure.status))
}

/// As [`answer`], with what the answer has in its head already.
pub fn finish(visit: &Visit, failure: &Failure, mut begun: HttpResponseBuilder) -> HttpResponse {
    failure.log(&visit.incident_id);
    let (code, messages) = (failure.code, Messages::of(visit.locale));
    let body = json!({
        "type": format!("urn:yizhengtong:problem:{code}"),
        "title": messages.t(&format!("problem-{code}")),
        "status": failure.status.as_u16(),
        "detail": messages.t(&format!("problem-{code}-advice")),
        "code": code,
        "incident": visit.incident_id.as_str(),
    });
    begun
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .insert_header((header::CONTENT_LANGUAGE, visit.locale.tag()))
        .body(body.to_string())
}
