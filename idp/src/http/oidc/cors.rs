//! Cross-origin reading by scripts (Fetch standard): discovery, JWKS, token and userinfo carry no
//! cookies and answer the bearer of a token or code alone, so any origin may read the answer.

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};

/// Lets scripts of any origin read the answer. Never with credentials.
pub fn open(answer: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
}

/// Answers a preflight.
pub async fn preflight() -> HttpResponse {
    open(&mut HttpResponse::NoContent())
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
        .insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, dpop",
        ))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}
