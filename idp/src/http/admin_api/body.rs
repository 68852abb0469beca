//! What a request brings: JSON whose every member is known.

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use idp_core::timestamp::Timestamp;
use serde::de::DeserializeOwned;

use super::query::misunderstood;
use crate::clock;
use crate::http::error::Failure;

/// JSON alone: no form of another site's can be one.
pub fn read<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Failure::refused(status, "request-invalid"));
    }
    serde_json::from_slice(body).or(Err(misunderstood()))
}

/// A moment (RFC 3339); absent where none is said.
pub fn moment(said: Option<&str>) -> Result<Option<Timestamp>, Failure> {
    let read = said.map(clock::read_rfc3339).transpose();
    read.or(Err(misunderstood()))
}
