//! The adapter's way out: every call to the provider goes through here.
//!
//! Owns the bounds (time, size, no redirect). Does not know what is asked.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use url::Url;

use crate::settings::{AdapterSettings, SettingsError, is_loopback};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const WHOLE_TIMEOUT: Duration = Duration::from_secs(10);

/// No honest answer of a provider is longer.
const LONGEST_BODY: usize = 1024 * 1024;

/// An HTTP client that follows no redirect and reads no endless answer.
#[derive(Clone, Debug)]
pub(crate) struct BoundedHttp {
    client: reqwest::Client,
    whole: Duration,
}

/// Why the provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpFailure {
    /// No answer in time.
    #[error("the provider did not answer in time")]
    TimedOut(#[source] reqwest::Error),
    /// No connection, or a broken one.
    #[error("the provider cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// More than a provider has to say.
    #[error("the provider's answer is too long")]
    TooLong,
    /// Our own request or its answer has no valid form.
    #[error("the request to the provider cannot be made")]
    Unspeakable(#[source] http::Error),
    /// The key for `DPoP` proofs cannot sign.
    #[error("this platform's DPoP key cannot sign")]
    Unprovable(#[source] jsonwebtoken::errors::Error),
}

impl BoundedHttp {
    pub(crate) fn new(settings: &AdapterSettings) -> Result<Self, SettingsError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("yizhengtong-adapter/", env!("CARGO_PKG_VERSION")));
        if let Ok(issuer) = Url::parse(&settings.issuer) {
            // Keys are fetched before anybody has looked at where the metadata say they are.
            builder = builder.https_only(issuer.scheme() == "https");
            if is_loopback(&issuer) {
                builder = builder.no_proxy();
            }
        }
        for pem in &settings.root_certificates_pem {
            let root = reqwest::Certificate::from_pem(pem.as_bytes())
                .map_err(SettingsError::RootCertificate)?;
            builder = builder.add_root_certificate(root);
        }
        let client = builder.build().map_err(SettingsError::HttpClient)?;
        let whole = WHOLE_TIMEOUT;
        Ok(Self { client, whole })
    }

    /// The same, for answers that are of no use later than that.
    pub(crate) fn within(&self, whole: Duration) -> Self {
        let client = self.client.clone();
        Self { client, whole }
    }

    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let mut request = reqwest::Request::try_from(request).map_err(HttpFailure::of)?;
        *request.timeout_mut() = Some(self.whole);
        let mut answer = self
            .client
            .execute(request)
            .await
            .map_err(HttpFailure::of)?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(HttpFailure::of)? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(HttpFailure::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(HttpFailure::Unspeakable)
    }
}

impl HttpFailure {
    fn of(error: reqwest::Error) -> Self {
        // The URL of a request may carry what nobody should read in a log.
        let error = error.without_url();
        if error.is_timeout() {
            Self::TimedOut(error)
        } else {
            Self::Unreachable(error)
        }
    }
}

impl<'c> AsyncHttpClient<'c> for BoundedHttp {
    type Error = HttpFailure;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFailure>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use std::net::TcpListener;

    use super::*;
    use crate::settings::ClientAuthentication;

    #[tokio::test]
    async fn a_provider_on_https_leads_to_https_alone() {
        let inside = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/jwks", inside.local_addr().unwrap());
        let settings = AdapterSettings::new(
            "https://idp.example",
            "chifeng",
            ClientAuthentication::Public,
            "https://platform.example/auth/callback".parse().unwrap(),
        );
        let http = BoundedHttp::new(&settings).unwrap();
        let request = http::Request::get(address).body(Vec::new()).unwrap();
        assert!(http.send(request).await.is_err());
        inside.set_nonblocking(true).unwrap();
        assert!(inside.accept().is_err(), "it was reached");
    }
}
