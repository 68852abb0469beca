//! A look at an address: whether somebody answers there, by which certificate and by which clock.

use std::time::SystemTime;

use actix_web::http::header::HttpDate;
use reqwest::header::{CONTENT_TYPE, DATE};
use reqwest::tls::TlsInfo;

use super::answer::{Bounds, body};
use super::error::FetchError;
use super::fetch::{Fetcher, in_time};

/// What answers.
pub struct Look {
    /// RFC 9110 §15.
    pub status: u16,
    /// What the body is said to be.
    pub content_type: Option<String>,
    /// The other side's clock, in whole seconds.
    pub date: Option<SystemTime>,
    /// The certificate that was shown, where it was https; it was found good. DER.
    pub certificate: Option<Vec<u8>>,
    /// What it says.
    pub body: Vec<u8>,
}

impl Fetcher {
    /// Looks, and goes nowhere else. Any status is an answer.
    pub async fn look(&self, url: &str, bounds: Bounds) -> Result<Look, FetchError> {
        in_time(bounds, async {
            let answer = self.client().get(self.check(url)?).send().await;
            let answer = answer.map_err(FetchError::failed)?;
            let header = |name| {
                answer
                    .headers()
                    .get(name)
                    .and_then(|text| text.to_str().ok())
            };
            let date = header(DATE).and_then(|date| date.parse::<HttpDate>().ok());
            let shown = answer.extensions().get::<TlsInfo>();
            Ok(Look {
                status: answer.status().as_u16(),
                content_type: header(CONTENT_TYPE).map(str::to_owned),
                date: date.map(SystemTime::from),
                certificate: shown
                    .and_then(TlsInfo::peer_certificate)
                    .map(<[u8]>::to_vec),
                body: body(answer, bounds.octets).await?,
            })
        })
        .await
    }
}
