//! Reaching the platform's addresses as the provider does: what answers, how long its certificates are good, how its clocks go.

use std::time::SystemTime;

use pki::certificate::Certificate;
use time::OffsetDateTime;

use super::finding::Finding;
use crate::clock;
use crate::config::Config;
use crate::outbound::{Answer, Bounds, FetchError, Fetcher, Look};

/// Largest answer that is read.
const OCTETS: usize = 256 * 1024;
/// A certificate that ends within so many days is one to look at.
const DAYS: i64 = 14;
/// Clocks may differ by so many seconds: `Date` has whole ones, and the way takes time.
const SKEW: i64 = 5;

/// Reaches addresses and remembers what they tell besides.
pub struct Reach {
    pub(super) fetcher: Fetcher,
    pub(super) bounds: Bounds,
    /// Whom people come from; `None`: nobody comes, and no sign-in is begun.
    pub(super) issuer: Option<String>,
    /// The greatest difference of clocks so far, and at which address.
    skew: Option<(i64, String)>,
}

impl Reach {
    /// As the provider itself reaches platforms.
    pub fn new(config: &Config) -> Result<Self, FetchError> {
        let fetcher = Fetcher::toward_platforms(config)?;
        let issuer = Some(config.issuer.clone());
        Ok(Self {
            issuer,
            ..Self::quietly(fetcher, config)
        })
    }

    /// As a look from time to time: it begins nothing at the platform.
    pub fn quietly(fetcher: Fetcher, config: &Config) -> Self {
        Self {
            fetcher,
            bounds: Bounds {
                octets: OCTETS,
                time: config.outbound.time(),
            },
            issuer: None,
            skew: None,
        }
    }

    /// Looks at an address; how its certificate is, in words.
    pub(super) async fn look(&mut self, url: &str) -> Result<(Look, Certified), FetchError> {
        let look = self.fetcher.look(url, self.bounds).await?;
        if let Some(date) = look.date {
            let skew = seconds_between(date);
            if self
                .skew
                .as_ref()
                .is_none_or(|(known, _)| skew.abs() > known.abs())
            {
                self.skew = Some((skew, url.to_owned()));
            }
        }
        let certified = Certified::of(look.certificate.as_deref());
        Ok((look, certified))
    }

    /// Tells an address something.
    pub(super) async fn tell(
        &self,
        url: &str,
        form: &[(&str, &str)],
    ) -> Result<Answer, FetchError> {
        self.fetcher.tell(url, form, self.bounds).await
    }

    /// How the platform's clocks go.
    pub fn clock(&self) -> Finding {
        let subject = "clock";
        match &self.skew {
            None => Finding::warning(
                subject,
                "nothing that answered said what time it is there",
                "assertions and proofs need clocks that agree: see that the platform's machines keep time (NTP)",
            ),
            Some((seconds, _)) if seconds.abs() <= SKEW => {
                Finding::good(subject, "agrees with this machine's")
            }
            Some((seconds, url)) => {
                let way = if *seconds > 0 { "ahead of" } else { "behind" };
                Finding::warning(
                    subject,
                    format!("{url} is {} seconds {way} this machine", seconds.abs()),
                    "assertions and proofs are refused past a minute: let both machines keep time (NTP)",
                )
            }
        }
    }
}

/// How the certificate of an address is.
pub(super) enum Certified {
    /// It was plain http, or says nothing.
    Unknown,
    /// Good for so many days yet.
    Days(i64),
}

impl Certified {
    fn of(der: Option<&[u8]>) -> Self {
        let certificate = der.and_then(|der| Certificate::from_der(der).ok());
        match certificate {
            None => Self::Unknown,
            Some(certificate) => {
                let left = certificate.not_after() - clock::now().unix_seconds();
                Self::Days(left.div_euclid(86_400))
            }
        }
    }

    /// For the end of a line.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Days(days) => format!(", its certificate is good for {days} days"),
        }
    }

    pub(super) const fn ends_soon(&self) -> bool {
        matches!(self, Self::Days(days) if *days < DAYS)
    }
}

/// How far another clock is ahead of ours.
fn seconds_between(date: SystemTime) -> i64 {
    let there = OffsetDateTime::from(date).unix_timestamp();
    there - clock::now().unix_seconds()
}
