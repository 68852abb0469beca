//! Programs of operators: assertions whose every part can be bent, tokens, and requests to the admin API.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::key_lock::Thumbprint;
use protocol::proof::ProofAlgorithm;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;
use super::browser::client;
use super::jwt::now;
use super::lock::Lock;
use super::operator::Worker;
use super::proof::Challenge;
use super::provider::Provider;

/// RFC 7523 §2.1
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// By a lock's answer to a challenge.
pub const OPERATOR_PROOF: &str = "urn:yizhengtong:grant-type:operator-proof";

impl Provider {
    /// The one that tests of the admin API share.
    pub fn with_api() -> &'static Self {
        static WITH_API: OnceLock<Provider> = OnceLock::new();
        WITH_API.get_or_init(|| Self::start(|config| config.api.enabled = true))
    }

    /// Asks the token endpoint.
    pub async fn ask_token(&self, form: &[(&str, &str)]) -> Answer {
        let request = client()
            .post(format!("{}/oauth2/token", self.base))
            .form(form);
        Answer::read("POST token".to_owned(), request.send().await.unwrap()).await
    }
}

/// The thumbprint of a lock's certificate, as JWTs name it.
pub fn x5t(lock: &Lock) -> String {
    Thumbprint(lock.certificate.thumbprint_sha256()).to_text()
}

/// A JWT of these parts, signed by a lock.
pub fn jwt(lock: &Lock, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let algorithm = match header["alg"].as_str() {
        Some("PS256") => ProofAlgorithm::Ps256,
        _ => lock.algorithm,
    };
    let signature = lock.sign(algorithm, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// An operator's assertion.
pub struct OperatorAssertion {
    /// Its header.
    pub header: Value,
    /// Its claims.
    pub claims: Value,
}

impl OperatorAssertion {
    /// As it should be.
    pub fn of(worker: &Worker, issuer: &str) -> Self {
        let mut jti = [0; 16];
        aws_lc_rs::rand::fill(&mut jti).unwrap();
        Self {
            header: json!({ "alg": worker.lock.algorithm.as_str(), "x5t#S256": x5t(&worker.lock) }),
            claims: json!({
                "iss": worker.id.as_str(),
                "sub": worker.id.as_str(),
                "aud": issuer,
                "iat": now(),
                "exp": now() + 60,
                "jti": URL_SAFE_NO_PAD.encode(jti),
            }),
        }
    }

    /// With another claim.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    /// Without a claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(name);
        self
    }

    /// With another member of its header.
    #[must_use]
    pub fn saying(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    /// Signed by a lock.
    pub fn signed(&self, lock: &Lock) -> String {
        jwt(lock, &self.header, &self.claims)
    }
}

impl Worker {
    /// Asks for a token by an assertion; the answer.
    pub async fn ask_token(&self, provider: &Provider, scope: Option<&str>) -> Answer {
        let assertion = OperatorAssertion::of(self, &provider.issuer).signed(&self.lock);
        let mut form = vec![("grant_type", JWT_BEARER), ("assertion", &assertion)];
        form.extend(scope.map(|scope| ("scope", scope)));
        provider.ask_token(&form).await
    }

    /// A token for all that its roles give.
    pub async fn program(&self, provider: &Provider) -> Program {
        let answer = self.ask_token(provider, None).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Program::with(provider, token)
    }
}

/// A program with a token.
pub struct Program {
    /// Where it asks.
    pub base: String,
    /// What it has.
    pub token: String,
}

impl Program {
    /// With any token.
    pub fn with(provider: &Provider, token: impl Into<String>) -> Self {
        Self {
            base: provider.base.clone(),
            token: token.into(),
        }
    }

    /// Sends a request below `/api/admin/v1`.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let url = format!("{}/api/admin/v1{path}", self.base);
        let mut request = client().request(method.clone(), url);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let asked = format!("{method} {path}");
        Answer::read(asked, request.send().await.unwrap()).await
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Reads what must be there.
    pub async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        answer.json()
    }

    /// Posts a file.
    pub async fn hand_in(&self, path: &str, content: &[u8]) -> Answer {
        let url = format!("{}/api/admin/v1{path}", self.base);
        let mut request = client().post(url).body(content.to_vec());
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        let request = request.header("content-type", "application/octet-stream");
        Answer::read(format!("POST {path}"), request.send().await.unwrap()).await
    }

    /// Posts.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }
}

impl Program {
    /// Asks for an act's challenge, signs it and has the act done.
    pub async fn do_signed(&self, act: &Value, lock: &Lock) -> Answer {
        let asked = self.post("/acts/challenge", act).await;
        let challenge = challenge_of(&asked);
        let proof: Value = serde_json::from_str(&challenge.proof(lock)).unwrap();
        let body = json!({ "act": act, "nonce": challenge.nonce, "proof": proof });
        self.post("/acts", &body).await
    }
}

/// A challenge as the admin API gives it.
pub fn challenge_of(answer: &Answer) -> Challenge {
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let body = answer.json();
    let word = |name: &str| body[name].as_str().unwrap().to_owned();
    Challenge {
        origin: word("origin"),
        nonce: word("nonce"),
        purpose: word("purpose").parse().unwrap(),
        statement: word("statement"),
    }
}

/// `code` of a refusal (RFC 9457).
pub fn code(answer: &Answer) -> String {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{}",
        answer.summary()
    );
    let body = answer.json();
    assert_eq!(body["status"], answer.status);
    body["code"].as_str().unwrap().to_owned()
}
