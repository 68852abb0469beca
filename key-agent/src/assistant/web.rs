//! The agent's way out to the network.
//!
//! Owns the bounds of every call: https (or this computer itself), no redirect, no endless answer. Does not know which
//! addresses may be asked: callers pass those of the settings and of a signed manifest, never one that a page named.

use std::error::Error as _;
use std::io;
use std::time::{Duration, SystemTime};

use actix_web::web::Bytes;
use url::{Host, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest silence in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebFailure {
    /// Neither https nor this computer.
    #[error("the address is neither https nor on this computer")]
    Unprotected,
    /// Nothing came in time.
    #[error("there was no answer in time")]
    TimedOut,
    /// The connection is not protected by a certificate that this computer trusts.
    #[error("the server's certificate is not trusted at this computer")]
    Untrusted,
    /// No connection.
    #[error("the server cannot be reached")]
    Unreachable,
    /// More than was to be expected.
    #[error("the answer is too long")]
    TooLong,
    /// Another status than 200.
    #[error("the server answers with status {0}")]
    Status(u16),
}

/// A client for one place.
pub struct Web(reqwest::Client);

/// A whole answer of status 200.
pub struct Fetched {
    /// What the server's clock said.
    pub date: Option<SystemTime>,
    /// The body.
    pub body: Vec<u8>,
}

impl Web {
    /// A client that may ask this place and what lies under the same origin.
    pub fn to(place: &Url) -> Result<Self, WebFailure> {
        let here = is_loopback(place);
        if place.scheme() != "https" && !(place.scheme() == "http" && here) {
            return Err(WebFailure::Unprotected);
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .user_agent(concat!("key-agent/", env!("CARGO_PKG_VERSION")));
        if here {
            builder = builder.no_proxy();
        }
        // Fails where this computer trusts no certificate at all.
        builder.build().map(Self).or(Err(WebFailure::Untrusted))
    }

    /// Fetches a whole answer of at most `limit` octets.
    pub async fn fetch(&self, url: &Url, limit: usize) -> Result<Fetched, WebFailure> {
        let mut answer = self.open(url).await?;
        let date = answer
            .headers()
            .get(reqwest::header::DATE)
            .and_then(|date| date.to_str().ok())
            .and_then(|date| httpdate::parse_http_date(date).ok());
        let mut body = Vec::new();
        while let Some(chunk) = next_chunk(&mut answer).await? {
            if body.len() + chunk.len() > limit {
                return Err(WebFailure::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched { date, body })
    }

    /// Opens an answer that is read piece by piece with [`next_chunk`].
    pub async fn open(&self, url: &Url) -> Result<reqwest::Response, WebFailure> {
        let answer = self.0.get(url.clone()).send().await;
        let answer = answer.map_err(|error| WebFailure::of(&error))?;
        match answer.status().as_u16() {
            200 => Ok(answer),
            other => Err(WebFailure::Status(other)),
        }
    }
}

/// The next piece of an answer; `None` at its end.
pub async fn next_chunk(answer: &mut reqwest::Response) -> Result<Option<Bytes>, WebFailure> {
    let chunk = answer.chunk().await;
    chunk.map_err(|error| WebFailure::of(&error))
}

impl WebFailure {
    /// The machine word, also the ending of its text's key.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unprotected => "unprotected",
            Self::TimedOut => "timed-out",
            Self::Untrusted => "untrusted",
            Self::Unreachable => "unreachable",
            Self::TooLong => "too-long",
            Self::Status(_) => "status",
        }
    }

    fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        let mut cause = error.source();
        while let Some(error) = cause {
            // A handshake that rustls gives up arrives as data that is not valid.
            if let Some(error) = error.downcast_ref::<io::Error>()
                && error.kind() == io::ErrorKind::InvalidData
            {
                return Self::Untrusted;
            }
            cause = error.source();
        }
        Self::Unreachable
    }
}

/// Whether an address is this computer's own.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
