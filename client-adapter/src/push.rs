//! Pushed authorization requests (RFC 9126): what is asked goes to the provider directly, the browser carries
//! a name for it.
//!
//! Owns the push and the platform's proof of itself with it. Does not know what is asked.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use openidconnect::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use openidconnect::{HttpResponse, http};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::adapter::Adapter;
use crate::callback;
use crate::client_assertion::ASSERTION_TYPE;
use crate::http::HttpFailure;
use crate::provider::Provider;
use crate::proving_http::is_busy;
use crate::settings::ClientAuthentication;

/// Why a request could not be pushed.
#[derive(Debug, thiserror::Error)]
pub enum PushFault {
    /// No answer.
    #[error("the provider did not answer when the request was pushed")]
    Unreachable(#[source] HttpFailure),
    /// `invalid_client`: look at client id and key.
    #[error(
        "the provider does not accept this platform's client authentication; compare client_id, secret or key, and the clock, with what is registered"
    )]
    ClientRefused,
    /// Any other error, in printable ASCII: `unauthorized_client` where an operator suspended this platform.
    #[error("the provider does not accept the request of this platform: {0}")]
    Refused(String),
    /// 429, 503 or `temporarily_unavailable`: later.
    #[error("the provider is too busy to take a request at the moment")]
    Busy,
    /// Not what RFC 9126 §2.2 says.
    #[error("the provider's answer to a pushed request cannot be read")]
    Malformed,
    /// The private key cannot sign.
    #[error("this platform's private key cannot sign")]
    PrivateKey(#[source] jsonwebtoken::errors::Error),
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Adapter {
    /// Pushes the request that `url` holds to `endpoint`; answers the URL for the browser.
    pub(crate) async fn push(
        &self,
        provider: &Provider,
        endpoint: &Url,
        url: &Url,
    ) -> Result<Url, PushFault> {
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let authorization = self.authenticate(&mut form)?;
        let body = (form_urlencoded::Serializer::new(String::new()).extend_pairs(&form)).finish();
        let mut request = http::Request::post(endpoint.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request
            .body(body.into_bytes())
            .map_err(|error| PushFault::Unreachable(HttpFailure::Unspeakable(error)))?;
        let response = (self.http.send(request).await).map_err(PushFault::Unreachable)?;
        let request_uri = read(&response)?;
        let mut onward = provider.endpoints.authorization.clone();
        onward
            .query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("request_uri", &request_uri);
        Ok(onward)
    }

    /// Puts the platform's proof of itself into the form, or answers the header that holds it.
    fn authenticate(&self, form: &mut Vec<(String, String)>) -> Result<Option<String>, PushFault> {
        let client_id = &self.settings.client_id;
        match &self.settings.client_authentication {
            // RFC 6749 §2.3.1: both are form-encoded first.
            ClientAuthentication::ClientSecretBasic(secret) => {
                let encode = |text: &str| {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                let pair = format!("{}:{}", encode(client_id), encode(secret.reveal()));
                return Ok(Some(format!("Basic {}", BASE64_STANDARD.encode(pair))));
            }
            ClientAuthentication::ClientSecretPost(secret) => {
                form.push(("client_secret".to_owned(), secret.reveal().to_owned()));
            }
            ClientAuthentication::PrivateKeyJwt(_) => {
                let assertion = self.assertion().map_err(PushFault::PrivateKey)?;
                form.push((
                    "client_assertion_type".to_owned(),
                    ASSERTION_TYPE.to_owned(),
                ));
                form.extend(assertion.map(|it| ("client_assertion".to_owned(), it)));
            }
            ClientAuthentication::Public => {}
        }
        Ok(None)
    }
}

fn read(response: &HttpResponse) -> Result<String, PushFault> {
    // §2.2: 201.
    if response.status() == http::StatusCode::CREATED {
        let pushed: Pushed =
            serde_json::from_slice(response.body()).map_err(|_other_shape| PushFault::Malformed)?;
        return Ok(pushed.request_uri);
    }
    if is_busy(response) {
        return Err(PushFault::Busy);
    }
    let refusal: Refusal =
        serde_json::from_slice(response.body()).map_err(|_other_shape| PushFault::Malformed)?;
    Err(match refusal.error.as_str() {
        "invalid_client" => PushFault::ClientRefused,
        error => {
            let why = Some(refusal.error_description.as_str());
            PushFault::Refused(callback::refusal(error, why))
        }
    })
}
