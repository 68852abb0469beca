//! Sending something of ours to a system that is no platform's: a body with headers of its own.

use reqwest::header::HeaderMap;

use super::answer::{Answer, Bounds, body};
use super::error::FetchError;
use super::fetch::{Fetcher, in_time};

impl Fetcher {
    /// Sends, and what is answered, whatever its status. It goes nowhere else.
    pub async fn send(
        &self,
        url: &str,
        (headers, content): (HeaderMap, Vec<u8>),
        bounds: Bounds,
    ) -> Result<Answer, FetchError> {
        in_time(bounds, async {
            let sending = self.client().post(self.check(url)?).headers(headers);
            let answer = sending.body(content).send().await;
            let answer = answer.map_err(FetchError::failed)?;
            Ok(Answer {
                status: answer.status().as_u16(),
                body: body(answer, bounds.octets).await?,
            })
        })
        .await
    }
}
