//! Bodies that may hold a PIN.
//!
//! Owns reading JSON out of them and wiping them. Does not know what the members mean.

use actix_web::web::Bytes;
use serde::de::DeserializeOwned;
use zeroize::Zeroize as _;

use super::failure::Failure;

/// Largest body, in octets.
pub(super) const BODY_MAX_OCTETS: usize = 64 * 1024;

/// Reads the body and wipes it. The reason of an error is dropped on purpose: it could quote a PIN into a log.
pub(super) fn read<T: DeserializeOwned>(body: Bytes) -> Result<T, Failure> {
    let read = serde_json::from_slice(&body).or(Err(Failure::BadRequest("body")));
    // The receive buffer is shared with the connection only while more of it is being read.
    if let Ok(mut octets) = body.try_into_mut() {
        octets.as_mut().zeroize();
    }
    read
}
