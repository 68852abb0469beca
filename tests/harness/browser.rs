//! A browser: cookies, forms, redirects followed by hand, and a lock beside it.
//!
//! Keeps cookies whatever their flags say, so that tests look at the flags themselves.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::answer::Answer;
use super::lock::Lock;
use super::proof::Challenge;
use super::provider::Provider;

/// Redirects within the provider that are followed at most.
const REDIRECTS: usize = 8;

/// Fields of a form.
pub type Fields = Vec<(String, String)>;

/// One browser.
#[derive(Clone)]
pub struct Browser {
    /// Cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
    client: Client,
    /// Where requests go in turn.
    bases: Vec<String>,
    issuer: String,
    sent: usize,
}

impl Browser {
    /// A new one in front of this provider.
    pub fn new(provider: &Provider) -> Self {
        Self::before(&[provider])
    }

    /// A new one whose requests go to these providers in turn, as behind a load balancer.
    pub fn before(providers: &[&Provider]) -> Self {
        Self {
            cookies: BTreeMap::new(),
            headers: vec![("accept-language", "zh-CN".to_owned())],
            client: client(),
            bases: providers.iter().map(|p| p.base.clone()).collect(),
            issuer: providers[0].issuer.clone(),
            sent: 0,
        }
    }

    /// In another language.
    #[must_use]
    pub fn speaking(self, language: &str) -> Self {
        self.with_header("accept-language", language)
    }

    /// With this header in every request, in place of any of the same name.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Opens a page; redirects are not followed.
    pub async fn open(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Posts a form; redirects are not followed.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        self.send(Method::POST, path, Some(fields)).await
    }

    /// Opens a page and follows redirects as long as they stay at the provider.
    pub async fn go(&mut self, path: &str) -> Answer {
        let answer = self.open(path).await;
        self.follow(answer).await
    }

    /// Follows redirects as long as they stay at the provider.
    pub async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..REDIRECTS {
            let Some(location) = answer.location() else {
                return answer;
            };
            let own = location.strip_prefix(&self.issuer).unwrap_or(location);
            if !own.starts_with('/') {
                return answer;
            }
            let path = own.to_owned();
            answer = self.open(&path).await;
        }
        panic!("more than {REDIRECTS} redirects: {}", answer.summary());
    }

    /// Signs the challenge of a page with a lock and sends the form; redirects are not followed.
    pub async fn sign(&mut self, page: &Answer, lock: &Lock) -> Answer {
        let proof = Challenge::of(page).proof(lock);
        self.answer_challenge(page, &proof, &[]).await
    }

    /// Sends the challenge form of a page with this proof and these fields besides.
    pub async fn answer_challenge(
        &mut self,
        page: &Answer,
        proof: &str,
        typed: &[(String, String)],
    ) -> Answer {
        let mut fields = page.fields("#challenge-form");
        set(&mut fields, "proof", proof);
        fields.extend_from_slice(typed);
        let action = page.attribute("#challenge-form", "action").unwrap();
        self.post(&action, &fields).await
    }

    /// Answers a consent page; redirects are not followed.
    pub async fn decide(&mut self, page: &Answer, decision: &str) -> Answer {
        assert!(
            page.has("#consent-form"),
            "no consent page: {}",
            page.summary()
        );
        let mut fields = page.fields("#consent-form");
        set(&mut fields, "decision", decision);
        self.post("/consent", &fields).await
    }

    /// Posts JSON as the page's script does, with the page's token.
    pub async fn post_json(&mut self, page: &Answer, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.next_base());
        let request = self.client.post(url);
        let request = request.header("x-csrf-token", csrf_token(page)).json(body);
        self.finish(request, format!("POST {path}")).await
    }

    /// Posts octets of some media type; redirects are not followed.
    pub async fn post_octets(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let url = format!("{}{path}", self.next_base());
        let request = self
            .client
            .post(url)
            .header("content-type", kind)
            .body(body);
        self.finish(request, format!("POST {path}")).await
    }

    /// One request.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        form: Option<&[(String, String)]>,
    ) -> Answer {
        let asked = format!("{method} {path}");
        let url = format!("{}{path}", self.next_base());
        let mut request = self.client.request(method, url);
        if let Some(form) = form {
            request = request.form(form);
        }
        self.finish(request, asked).await
    }

    /// Requests go to the providers in turn.
    fn next_base(&mut self) -> String {
        self.sent += 1;
        self.bases[self.sent % self.bases.len()].clone()
    }

    async fn finish(&mut self, mut request: RequestBuilder, asked: String) -> Answer {
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            request = request.header("cookie", cookies.join("; "));
        }
        let answer = Answer::read(asked, request.send().await.unwrap()).await;
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for cookie in answer.headers_named("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The session cookie.
    pub fn session(&self) -> Option<&String> {
        let names = ["yzt_session", "__Host-yzt-session"];
        names.iter().find_map(|name| self.cookies.get(*name))
    }
}

/// The token that a page's forms carry.
pub fn csrf_token(page: &Answer) -> String {
    let token = page.attribute("input[name=csrf_token]", "value");
    token.unwrap_or_else(|| panic!("no token: {}", page.summary()))
}

/// Puts a value in place of a field's, or adds it.
pub fn set(fields: &mut Fields, name: &str, value: &str) {
    fields.retain(|(n, _)| n != name);
    fields.push((name.to_owned(), value.to_owned()));
}

/// A client that follows nothing and keeps nothing, connections included: each test has a runtime of its
/// own, and a connection dies with the runtime it began in.
pub fn client() -> Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT
        .get_or_init(|| super::tls::trusting().build().unwrap())
        .clone()
}
