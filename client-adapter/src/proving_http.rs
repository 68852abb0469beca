//! The way out for requests that carry a token, or ask for one: with `DPoP` proofs where the platform has a key.
//!
//! Owns putting the proof in, taking the server's nonce out (RFC 9449 §7, §8), and hearing that it is busy. Does not repeat anything:
//! whoever asks does, since a client assertion serves once.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use openidconnect::http::header::{AUTHORIZATION, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::dpop::Prover;
use crate::http::{BoundedHttp, HttpFailure};
use crate::secret::Secret;

const PROOF: HeaderName = HeaderName::from_static("dpop");
const NONCE: &str = "dpop-nonce";
const USE_NONCE: &str = "use_dpop_nonce";

/// Sends requests of one kind, each with a proof of its own if there is a prover.
pub(crate) struct ProvingHttp<'a> {
    http: &'a BoundedHttp,
    prover: Option<&'a Prover>,
    access_token: Option<&'a Secret>,
    nonce_is_wanted: AtomicBool,
    server_is_busy: AtomicBool,
}

impl<'a> ProvingHttp<'a> {
    /// For requests without a token, or with this one.
    pub(crate) fn new(
        http: &'a BoundedHttp,
        prover: Option<&'a Prover>,
        access_token: Option<&'a Secret>,
    ) -> Self {
        Self {
            http,
            prover,
            access_token,
            nonce_is_wanted: AtomicBool::new(false),
            server_is_busy: AtomicBool::new(false),
        }
    }

    /// Whether the last answer was "once more, with this nonce".
    pub(crate) fn is_asked_for_a_nonce(&self) -> bool {
        self.nonce_is_wanted.load(Ordering::Relaxed)
    }

    /// Whether the last answer was "later".
    pub(crate) fn is_told_to_wait(&self) -> bool {
        self.server_is_busy.load(Ordering::Relaxed)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let response = self.prove_and_send(request).await?;
        (self.server_is_busy).store(is_busy(&response), Ordering::Relaxed);
        Ok(response)
    }

    async fn prove_and_send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let Some(prover) = self.prover else {
            return self.http.send(request).await;
        };
        let Ok(url) = Url::parse(&request.uri().to_string()) else {
            return self.http.send(request).await;
        };
        let proof = prover
            .proof(request.method().as_str(), &url, self.access_token)
            .map_err(HttpFailure::Unprovable)?;
        request.headers_mut().insert(PROOF, value(&proof)?);
        if let Some(token) = self.access_token {
            // RFC 9449 §7.1: the crate says Bearer.
            let authorization = value(&format!("DPoP {}", token.reveal()))?;
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        let response = self.http.send(request).await?;
        let nonce = response.headers().get(NONCE);
        let is_new = nonce
            .and_then(|nonce| nonce.to_str().ok())
            .is_some_and(|nonce| prover.learn(&url, nonce));
        (self.nonce_is_wanted).store(is_new && asks_for_nonce(&response), Ordering::Relaxed);
        Ok(response)
    }
}

fn value(text: &str) -> Result<HeaderValue, HttpFailure> {
    HeaderValue::from_str(text).map_err(|error| HttpFailure::Unspeakable(http::Error::from(error)))
}

/// Whether a server says that it has no time now; whatever else it says, or in which form.
pub(crate) fn is_busy(response: &HttpResponse) -> bool {
    let is_later = |error: &Refusal| error.error == "temporarily_unavailable";
    matches!(response.status().as_u16(), 429 | 503)
        || !response.status().is_success()
            && serde_json::from_slice(response.body()).is_ok_and(|error| is_later(&error))
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// RFC 9449 §8 (token endpoint), §9 (resources).
fn asks_for_nonce(response: &HttpResponse) -> bool {
    match response.status().as_u16() {
        400 => {
            let body: Option<Value> = serde_json::from_slice(response.body()).ok();
            let error = body.as_ref().and_then(|body| body.get("error"));
            error.and_then(Value::as_str) == Some(USE_NONCE)
        }
        401 => (response.headers().get_all(WWW_AUTHENTICATE).iter())
            .filter_map(|challenge| challenge.to_str().ok())
            .any(|challenge| challenge.contains(USE_NONCE)),
        _ => false,
    }
}

impl<'c> AsyncHttpClient<'c> for ProvingHttp<'_> {
    type Error = HttpFailure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFailure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
