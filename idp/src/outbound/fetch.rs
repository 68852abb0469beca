//! Getting, asking and telling within bounds.
//!
//! Two of these exist: one for what CAs publish, by http too (what is fetched is signed) and wherever it leads; one for
//! platforms, by https alone and nowhere but to what is registered.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Certificate, Client, StatusCode, redirect};
use url::{Host, Url};

use super::addresses::may_be_reached;
use super::answer::{Answer, Bounds, Fetched, Validators, body, good};
use super::error::FetchError;
use super::resolve::Guarded;
use crate::config::{AddressRange, Config};

/// How often what a CA publishes may lead onward.
const MAX_REDIRECTS: usize = 3;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// Connections to one host that are kept open.
const IDLE: usize = 4;

/// What may be reached.
#[derive(Clone)]
struct Rules {
    allowed: Arc<[AddressRange]>,
    /// What names more.
    setting: &'static str,
    http: Http,
    redirects: usize,
}

/// Where plain http will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Http {
    Anywhere,
    OnThisMachine,
    Nowhere,
}

/// Fetches within bounds. Cloning shares its connections.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    rules: Rules,
}

impl Fetcher {
    /// Reaches what CAs publish.
    pub fn toward_authorities(config: &Config) -> Result<Self, FetchError> {
        let rules = Rules {
            allowed: config.revocation.allow_addresses.as_slice().into(),
            setting: "revocation.allow_addresses",
            http: Http::Anywhere,
            redirects: MAX_REDIRECTS,
        };
        Self::new(rules, &config.outbound.ca_file)
    }

    /// Reaches what platforms have.
    pub fn toward_platforms(config: &Config) -> Result<Self, FetchError> {
        let mut allowed = config.outbound.allow_addresses.clone();
        let mut http = Http::Nowhere;
        if config.outbound.allow_loopback {
            allowed.extend(AddressRange::of_this_machine());
            http = Http::OnThisMachine;
        }
        let rules = Rules {
            allowed: allowed.into(),
            setting: "outbound.allow_addresses",
            http,
            redirects: 0,
        };
        Self::new(rules, &config.outbound.ca_file)
    }

    fn new(rules: Rules, roots: &Path) -> Result<Self, FetchError> {
        let guarded = Guarded {
            allowed: Arc::clone(&rules.allowed),
            setting: rules.setting,
        };
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .tls_info(true)
            .no_proxy()
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(IDLE)
            .tls_certs_merge(trusted(roots)?)
            .dns_resolver(Arc::new(guarded))
            .build()
            .map_err(FetchError::failed)?;
        Ok(Self { client, rules })
    }

    /// What is at an address, wherever it leads as far as that is followed, unless it is what is known already.
    pub async fn get(
        &self,
        url: &str,
        known: Option<&Validators>,
        bounds: Bounds,
    ) -> Result<Fetched, FetchError> {
        in_time(bounds, async {
            let mut url = self.check(url)?;
            for _ in 0..=self.rules.redirects {
                let mut question = self.client.get(url.clone());
                if let Some(known) = known {
                    question = known.ask(question);
                }
                let answer = question.send().await.map_err(FetchError::failed)?;
                let status = answer.status();
                if status == StatusCode::NOT_MODIFIED && known.is_some() {
                    return Ok(Fetched::Unchanged);
                }
                if !status.is_redirection() || self.rules.redirects == 0 {
                    let validators = Validators::of(&answer);
                    let octets = good(answer, bounds.octets).await?;
                    return Ok(Fetched::Body(octets, validators));
                }
                let onward = answer
                    .headers()
                    .get(LOCATION)
                    .and_then(|to| to.to_str().ok());
                let onward = onward.and_then(|to| url.join(to).ok());
                let onward = onward.ok_or(FetchError::Status(status.as_u16()))?;
                url = self.check(onward.as_str())?;
            }
            Err(FetchError::TooManyRedirects(self.rules.redirects))
        })
        .await
    }

    /// What is answered to a question. Answers that lead onward are none.
    pub async fn post(
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
            let answer = question.send().await.map_err(FetchError::failed)?;
            good(answer, bounds.octets).await
        })
        .await
    }

    /// Tells something by a form, and what is answered, whatever its status. It goes nowhere else.
    pub async fn tell(
        &self,
        url: &str,
        form: &[(&str, &str)],
        bounds: Bounds,
    ) -> Result<Answer, FetchError> {
        in_time(bounds, async {
            let telling = self.client.post(self.check(url)?).form(form);
            let answer = telling.send().await.map_err(FetchError::failed)?;
            Ok(Answer {
                status: answer.status().as_u16(),
                body: body(answer, bounds.octets).await?,
            })
        })
        .await
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// The scheme, and an address that is written out; names are judged when they are resolved.
    pub(super) fn check(&self, url: &str) -> Result<Url, FetchError> {
        let wrong = || FetchError::Address(url.to_owned());
        let parsed = Url::parse(url).map_err(|_not_one| wrong())?;
        let bare = parsed.username().is_empty() && parsed.password().is_none();
        if !matches!(parsed.scheme(), "http" | "https") || !bare {
            return Err(wrong());
        }
        let (address, on_this_machine): (Option<IpAddr>, bool) = match parsed.host() {
            None => return Err(wrong()),
            Some(Host::Domain(name)) => (None, name == "localhost"),
            Some(Host::Ipv4(address)) => (Some(address.into()), address.is_loopback()),
            Some(Host::Ipv6(address)) => (Some(address.into()), address.is_loopback()),
        };
        let is_read_by_nobody = match self.rules.http {
            Http::Anywhere => true,
            Http::OnThisMachine => on_this_machine,
            Http::Nowhere => false,
        };
        if parsed.scheme() == "http" && !is_read_by_nobody {
            return Err(FetchError::NotHttps(url.to_owned()));
        }
        match address {
            Some(address) if !may_be_reached(address, &self.rules.allowed) => {
                Err(FetchError::Forbidden {
                    address: address.to_string(),
                    setting: self.rules.setting,
                })
            }
            _ => Ok(parsed),
        }
    }
}

/// What is trusted beside the machine's own roots.
fn trusted(file: &Path) -> Result<Vec<Certificate>, FetchError> {
    if file.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let unreadable = |why: String| FetchError::Roots {
        file: file.to_owned(),
        why,
    };
    let pem = std::fs::read(file).map_err(|e| unreadable(e.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|e| unreadable(e.to_string()))?;
    if found.is_empty() {
        return Err(unreadable("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

pub(super) async fn in_time<T>(
    bounds: Bounds,
    fetched: impl Future<Output = Result<T, FetchError>>,
) -> Result<T, FetchError> {
    let late = |_elapsed| FetchError::TooSlow(bounds.time.as_secs());
    tokio::time::timeout(bounds.time, fetched)
        .await
        .map_err(late)?
}
