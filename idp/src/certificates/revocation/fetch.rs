//! Fetching from addresses that certificates and operators name, without being led elsewhere.
//!
//! Owns the bounds: which addresses, how many octets, how long, how often onward. An address is judged after its name was
//! resolved, and what was judged is what is connected to, so that a name which changes its answer gains nothing. Knows
//! nothing of what is fetched.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    CONTENT_TYPE, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use url::{Host, Url};

use super::addresses::may_be_fetched_from;
use crate::config::AddressRange;

/// How often an answer may lead onward.
const MAX_REDIRECTS: usize = 3;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Why something was not fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0} is no http or https address without a user name")]
    Address(String),
    #[error(
        "the address {0} is within this machine or its networks, and revocation.allow_addresses does not name it"
    )]
    Forbidden(String),
    #[error("it leads onward more than {MAX_REDIRECTS} times")]
    TooManyRedirects,
    #[error("the answer is larger than {0} octets")]
    TooLarge(usize),
    #[error("no whole answer within {0} seconds")]
    TooSlow(u64),
    #[error("the answer has the status {0}")]
    Status(u16),
    #[error("{0}")]
    Failed(String),
}

impl FetchError {
    /// Whether nobody answered: not whoever was asked.
    pub(super) const fn is_silence(&self) -> bool {
        matches!(self, Self::TooSlow(_) | Self::Failed(_))
    }
}

/// What bounds one fetch.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) octets: usize,
    pub(super) time: Duration,
}

/// Longest validator that is remembered, in octets.
const MAX_VALIDATOR_OCTETS: usize = 256;

/// By what the other side knows a version of what it gave (RFC 9110 §8.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Validators {
    entity_tag: Option<String>,
    last_modified: Option<String>,
}

impl Validators {
    /// Those of an answer, if it has any.
    fn of(answer: &Response) -> Option<Self> {
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
    fn ask(&self, mut question: RequestBuilder) -> RequestBuilder {
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
pub(super) enum Fetched {
    /// What it gave before.
    Unchanged,
    /// This.
    Body(Vec<u8>, Option<Validators>),
}

/// Fetches within bounds. Cloning shares its connections.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    allowed: Arc<[AddressRange]>,
}

impl Fetcher {
    pub(super) fn new(allowed: &[AddressRange]) -> Result<Self, FetchError> {
        let allowed: Arc<[AddressRange]> = allowed.into();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .dns_resolver(Arc::new(Guarded(Arc::clone(&allowed))))
            .build()
            .map_err(failed)?;
        Ok(Self { client, allowed })
    }

    /// What is at an address, wherever it leads, unless it is what is known already.
    pub(super) async fn get(
        &self,
        url: &str,
        known: Option<&Validators>,
        bounds: Bounds,
    ) -> Result<Fetched, FetchError> {
        in_time(bounds, async {
            let mut url = self.check(url)?;
            for _ in 0..=MAX_REDIRECTS {
                let mut question = self.client.get(url.clone());
                if let Some(known) = known {
                    question = known.ask(question);
                }
                let answer = question.send().await.map_err(failed)?;
                if answer.status() == StatusCode::NOT_MODIFIED && known.is_some() {
                    return Ok(Fetched::Unchanged);
                }
                if !answer.status().is_redirection() {
                    let validators = Validators::of(&answer);
                    let octets = body(answer, bounds.octets).await?;
                    return Ok(Fetched::Body(octets, validators));
                }
                let onward = answer
                    .headers()
                    .get(LOCATION)
                    .and_then(|to| to.to_str().ok());
                let onward = onward.and_then(|to| url.join(to).ok());
                let onward = onward.ok_or(FetchError::Status(answer.status().as_u16()))?;
                url = self.check(onward.as_str())?;
            }
            Err(FetchError::TooManyRedirects)
        })
        .await
    }

    /// What is answered to a question. Answers that lead onward are none.
    pub(super) async fn post(
        &self,
        url: &str,
        (content_type, question): (&'static str, Vec<u8>),
        bounds: Bounds,
    ) -> Result<Vec<u8>, FetchError> {
        in_time(bounds, async {
            let question = self
                .client
                .post(self.check(url)?)
                .header(CONTENT_TYPE, content_type)
                .body(question);
            body(question.send().await.map_err(failed)?, bounds.octets).await
        })
        .await
    }

    /// The scheme, and an address that is written out; names are judged when they are resolved.
    fn check(&self, url: &str) -> Result<Url, FetchError> {
        let wrong = || FetchError::Address(url.to_owned());
        let parsed = Url::parse(url).map_err(|_not_one| wrong())?;
        let bare = parsed.username().is_empty() && parsed.password().is_none();
        if !matches!(parsed.scheme(), "http" | "https") || !bare {
            return Err(wrong());
        }
        let address: Option<IpAddr> = match parsed.host() {
            None => return Err(wrong()),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
        };
        match address {
            Some(address) if !may_be_fetched_from(address, &self.allowed) => {
                Err(FetchError::Forbidden(address.to_string()))
            }
            _ => Ok(parsed),
        }
    }
}

async fn in_time<T>(
    bounds: Bounds,
    fetched: impl Future<Output = Result<T, FetchError>>,
) -> Result<T, FetchError> {
    let late = |_elapsed| FetchError::TooSlow(bounds.time.as_secs());
    tokio::time::timeout(bounds.time, fetched)
        .await
        .map_err(late)?
}

/// The body, given up as soon as it is too large.
async fn body(mut answer: Response, octets: usize) -> Result<Vec<u8>, FetchError> {
    if answer.status() != StatusCode::OK {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    let announced = answer.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > octets {
        return Err(FetchError::TooLarge(octets));
    }
    // A list of tens of megabytes that grows bit by bit would be there twice.
    let mut whole = Vec::with_capacity(announced);
    while let Some(part) = answer.chunk().await.map_err(failed)? {
        if whole.len() + part.len() > octets {
            return Err(FetchError::TooLarge(octets));
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole)
}

/// The innermost reason: the outer ones repeat the address.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn failed(error: reqwest::Error) -> FetchError {
    let mut why: &dyn std::error::Error = &error;
    while let Some(inner) = why.source() {
        why = inner;
    }
    FetchError::Failed(why.to_string())
}

/// Resolves a name to those of its addresses that may be fetched from.
struct Guarded(Arc<[AddressRange]>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, name) = (Arc::clone(&self.0), name.as_str().to_owned());
        Box::pin(async move {
            let asked = name.clone();
            let found = tokio::task::spawn_blocking(move || (asked.as_str(), 0).to_socket_addrs());
            let may: Vec<SocketAddr> = found
                .await??
                .filter(|address| may_be_fetched_from(address.ip(), &allowed))
                .collect();
            if may.is_empty() {
                return Err(FetchError::Forbidden(name).into());
            }
            let may: Addrs = Box::new(may.into_iter());
            Ok(may)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_without_a_user_and_no_written_out_address_inside_is_fetched() {
        let fetcher = Fetcher::new(&[]).unwrap();
        for url in [
            "file:///etc/passwd",
            "ftp://ca.test/1.crl",
            "http://user@ca.test/",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "ldap://ca.test/",
            "nonsense",
        ] {
            assert!(fetcher.check(url).is_err(), "{url}");
        }
        assert!(fetcher.check("http://ca.test/1.crl").is_ok());
    }
}
