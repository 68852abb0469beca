//! A form with a file (`multipart/form-data`, RFC 7578), or a body that is one, read into memory with a bound.
//!
//! Owns how much is read. Whose it may be is asked before: a stranger's megabytes are not read at all.

use actix_multipart::{Multipart, MultipartError};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;

use super::Form;
use super::form::FORM_MAX;
use crate::http::error::Failure;

/// Most fields of such a form.
const FIELDS_MAX: usize = 32;

/// What came.
pub struct Upload {
    /// The fields that are text.
    pub form: Form,
    /// The file, where one was chosen.
    pub file: Option<Uploaded>,
}

/// A file.
pub struct Uploaded {
    /// As the browser calls it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Upload {
    /// Reads it: one file of at most so many octets in the field of this name, and text.
    pub async fn read(
        request: &HttpRequest,
        body: web::Payload,
        (field, most): (&str, usize),
    ) -> Result<Self, Failure> {
        if length(request).is_none_or(|length| length > most + FORM_MAX) {
            return Err(too_large());
        }
        let mut parts = Multipart::new(request.headers(), body);
        let (mut pairs, mut file) = (Vec::new(), None);
        let mut left = FORM_MAX;
        let mut fields = 0;
        while let Some(part) = parts.next().await {
            let mut part = part.map_err(|error| misshapen(&error))?;
            fields += 1;
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = name == field;
            if fields > FIELDS_MAX || (is_file && file.is_some()) {
                return Err(Failure::refused(StatusCode::BAD_REQUEST, "request-invalid"));
            }
            let most = if is_file { most } else { left };
            let read = part.bytes(most).await.map_err(|_beyond| too_large())?;
            let read = read.map_err(|error| misshapen(&error))?;
            if is_file {
                let disposition = part.content_disposition();
                let called = disposition
                    .and_then(|it| it.get_filename())
                    .unwrap_or_default();
                file = Some(Uploaded {
                    name: called.to_owned(),
                    content: read.to_vec(),
                });
            } else {
                left = left.saturating_sub(read.len() + name.len());
                pairs.push((name, text(&read)));
            }
        }
        // A browser sends the field of a form in which no file was chosen all the same.
        let file = file.filter(|file| !(file.content.is_empty() && file.name.is_empty()));
        Ok(Self {
            form: Form::of_pairs(pairs),
            file,
        })
    }
}

/// A body that is one file of at most so many octets.
pub async fn whole(
    request: &HttpRequest,
    body: web::Payload,
    most: usize,
) -> Result<Vec<u8>, Failure> {
    if length(request).is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let read = body.to_bytes_limited(most).await;
    let read = read.map_err(|_beyond| too_large())?;
    let read = read.map_err(|error| Failure {
        cause: Some(error.to_string()),
        ..Failure::refused(StatusCode::BAD_REQUEST, "request-invalid")
    })?;
    Ok(read.to_vec())
}

/// As pairs of other forms are read.
fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).replace('\0', "\u{fffd}")
}

fn length(request: &HttpRequest) -> Option<usize> {
    let said = request.headers().get(header::CONTENT_LENGTH)?;
    said.to_str().ok()?.parse().ok()
}

const fn too_large() -> Failure {
    Failure::refused(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
}

fn misshapen(error: &MultipartError) -> Failure {
    Failure {
        cause: Some(error.to_string()),
        ..Failure::refused(StatusCode::BAD_REQUEST, "request-invalid")
    }
}
