//! Bodies that come without a length (`Transfer-Encoding: chunked`) are refused.
//!
//! The server would read on for as long as their sender likes, long after the answer: a thousand silent
//! connections take every place there is. Our window and our command line send a length.

use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpResponse, rt};

/// Long enough for the answer to be on its way.
const HELD: Duration = Duration::from_secs(5);

/// The answer to such a body (RFC 9110 §15.5.12); `None`: it has a length, or there is none.
pub(super) fn refuse_unknown(request: &mut ServiceRequest) -> Option<HttpResponse> {
    if !request.headers().contains_key(header::TRANSFER_ENCODING) {
        return None;
    }
    // A body that was let go would be read to its end; one that is still wanted when the answer has gone
    // ends the connection.
    let body = request.take_payload();
    rt::spawn(async move {
        rt::time::sleep(HELD).await;
        drop(body);
    });
    Some(HttpResponse::LengthRequired().force_close().finish())
}
