//! A token request whose every part can be bent.

use super::answer::Answer;
use super::browser::client;
use super::jwt::{Assertion, CLIENT_ASSERTION_TYPE};
use super::platform::{Asking, Method, Platform};

/// A token request.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// The form in order.
    pub form: Vec<(String, String)>,
    /// Name and secret of HTTP Basic.
    pub basic: Option<(String, String)>,
    base: String,
    path: &'static str,
    proof: Option<String>,
    client: Option<reqwest::Client>,
    headers: Vec<(&'static str, String)>,
    /// `Accept`
    pub accept: Option<String>,
}

impl TokenRequest {
    pub(super) fn new(platform: &Platform, code: &str, asking: &Asking) -> Self {
        Self::bare(platform, "/oauth2/token")
            .with("grant_type", "authorization_code")
            .with("code", code)
            .with("redirect_uri", asking.parameter("redirect_uri").unwrap())
            .with("code_verifier", &asking.verifier)
            .proven_by(platform)
    }

    pub(super) fn refreshing(platform: &Platform, refresh_token: &str) -> Self {
        Self::bare(platform, "/oauth2/token")
            .with("grant_type", "refresh_token")
            .with("refresh_token", refresh_token)
            .proven_by(platform)
    }

    /// For a token in the platform's own name.
    pub fn own(platform: &Platform) -> Self {
        Self::bare(platform, "/oauth2/token")
            .with("grant_type", "client_credentials")
            .proven_by(platform)
    }

    /// A question about a token, or giving it up.
    pub fn about(platform: &Platform, path: &'static str, token: &str) -> Self {
        Self::bare(platform, path)
            .with("token", token)
            .proven_by(platform)
    }

    /// A question for receipts.
    pub fn for_receipt(platform: &Platform, path: &'static str) -> Self {
        Self::bare(platform, path).proven_by(platform)
    }

    /// The same parameters pushed (RFC 9126).
    pub(super) fn pushing(platform: &Platform, asking: &Asking) -> Self {
        let mut request = Self::bare(platform, "/oauth2/par");
        request.form.clone_from(&asking.parameters);
        request.proven_by(platform)
    }

    fn bare(platform: &Platform, path: &'static str) -> Self {
        Self {
            form: Vec::new(),
            basic: None,
            base: platform.base.clone(),
            path,
            proof: None,
            client: None,
            headers: Vec::new(),
            accept: None,
        }
    }

    fn proven_by(mut self, platform: &Platform) -> Self {
        match platform.method {
            Method::Basic => {
                self.basic = Some((platform.id.clone(), platform.secret.clone()));
                self
            }
            Method::Post => self
                .with("client_id", &platform.id)
                .with("client_secret", &platform.secret),
            Method::PrivateKeyJwt(_) => {
                let assertion = Assertion::of(&platform.id, &platform.issuer);
                let signed = assertion.signed(platform.key.as_ref().unwrap());
                self.with_assertion(&signed)
            }
            Method::Public => self.with("client_id", &platform.id),
        }
    }

    /// With this value in place of a parameter's.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With one more parameter, whatever stands there.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.form.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.form.retain(|(n, _)| n != name);
        self
    }

    /// With this client assertion.
    #[must_use]
    pub fn with_assertion(self, assertion: &str) -> Self {
        self.with("client_assertion_type", CLIENT_ASSERTION_TYPE)
            .with("client_assertion", assertion)
    }

    /// With a `DPoP` proof.
    #[must_use]
    pub fn with_proof(mut self, proof: &str) -> Self {
        self.proof = Some(proof.to_owned());
        self
    }

    /// With one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// By another client: one that shows a certificate, or comes from elsewhere.
    #[must_use]
    pub fn by(mut self, client: &reqwest::Client) -> Self {
        self.client = Some(client.clone());
        self
    }

    /// Where it goes.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// At another provider of the same issuer.
    #[must_use]
    pub fn at(mut self, base: &str) -> Self {
        base.clone_into(&mut self.base);
        self
    }

    /// Sends it.
    pub async fn send(&self) -> Answer {
        let client = self.client.clone().unwrap_or_else(client);
        let mut request = client.post(format!("{}{}", self.base, self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some((name, secret)) = &self.basic {
            request = request.basic_auth(name, Some(secret));
        }
        if let Some(proof) = &self.proof {
            request = request.header("dpop", proof);
        }
        if let Some(accept) = &self.accept {
            request = request.header("accept", accept);
        }
        let response = request.form(&self.form).send().await.unwrap();
        Answer::read(format!("POST {}", self.path), response).await
    }
}
