//! Bodies that may hold a PIN.
//!
//! Owns waiting for them, reading JSON out of them and wiping them. Does not know what the members mean.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::rt::time::timeout;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use zeroize::Zeroize as _;

use super::failure::Failure;

/// Largest body, in octets.
pub(super) const BODY_MAX_OCTETS: usize = 64 * 1024;

/// A body has to be here this long after its head. It comes from this machine.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A whole body that came in time.
pub(super) struct Body(Bytes);

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            let Ok(body) = timeout(BODY_TIME, body).await else {
                // Whoever sends octet by octet must not hold a place for ever.
                let answer = HttpResponse::RequestTimeout().force_close().finish();
                return Err(InternalError::from_response("the body is too slow", answer).into());
            };
            body.map(Self)
        })
    }
}

/// Reads the body and wipes it. The reason of an error is dropped on purpose: it could quote a PIN into a log.
pub(super) fn read<T: DeserializeOwned>(Body(body): Body) -> Result<T, Failure> {
    let read = serde_json::from_slice(&body).or(Err(Failure::BadRequest("body")));
    // The receive buffer is shared with the connection only while more of it is being read.
    if let Ok(mut octets) = body.try_into_mut() {
        octets.as_mut().zeroize();
    }
    read
}
