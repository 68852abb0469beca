//! What is answered, and how much of it is taken.

use std::time::Duration;

use reqwest::header::{ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::{RequestBuilder, Response, StatusCode};

use super::FetchError;

/// What bounds one call.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Octets of the answer's body.
    pub octets: usize,
    /// From the first octet out to the last one in.
    pub time: Duration,
}

/// Longest validator that is remembered, in octets.
const MAX_VALIDATOR_OCTETS: usize = 256;

/// By what the other side knows a version of what it gave (RFC 9110 §8.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validators {
    entity_tag: Option<String>,
    last_modified: Option<String>,
}

impl Validators {
    /// Those of an answer, if it has any.
    pub(super) fn of(answer: &Response) -> Option<Self> {
        let header = |name: HeaderName| {
            let text = answer.headers().get(name)?.to_str().ok()?;
            (text.len() <= MAX_VALIDATOR_OCTETS).then(|| text.to_owned())
        };
        let (entity_tag, last_modified) = (header(ETAG), header(LAST_MODIFIED));
        (entity_tag.is_some() || last_modified.is_some()).then_some(Self {
            entity_tag,
            last_modified,
        })
    }

    /// RFC 9110 §13.1.3: the time is for those who know no tag.
    pub(super) fn ask(&self, mut question: RequestBuilder) -> RequestBuilder {
        if let Some(tag) = &self.entity_tag {
            question = question.header(IF_NONE_MATCH, tag);
        }
        if let Some(time) = &self.last_modified {
            question = question.header(IF_MODIFIED_SINCE, time);
        }
        question
    }
}

/// What an address gave.
pub enum Fetched {
    /// What it gave before.
    Unchanged,
    /// This.
    Body(Vec<u8>, Option<Validators>),
}

/// What was answered to something that was told, whatever its status.
pub struct Answer {
    /// RFC 9110 §15.
    pub status: u16,
    /// What it says.
    pub body: Vec<u8>,
}

/// The body of a good answer.
pub(super) async fn good(answer: Response, octets: usize) -> Result<Vec<u8>, FetchError> {
    if answer.status() != StatusCode::OK {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    body(answer, octets).await
}

/// The body, given up as soon as it is too large.
pub(super) async fn body(mut answer: Response, octets: usize) -> Result<Vec<u8>, FetchError> {
    let announced = answer.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > octets {
        return Err(FetchError::TooLarge(octets));
    }
    // A list of tens of megabytes that grows bit by bit would be there twice.
    let mut whole = Vec::with_capacity(announced);
    while let Some(part) = answer.chunk().await.map_err(FetchError::failed)? {
        if whole.len() + part.len() > octets {
            return Err(FetchError::TooLarge(octets));
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole)
}
