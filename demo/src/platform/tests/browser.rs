//! A browser as far as these tests need one.
//!
//! Owns redirects and cookies. Does not know the platform, but for `/api/me`.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use serde_json::Value;

/// Follows redirects, keeps cookies by host (not by port, as browsers do).
pub(super) struct Browser {
    pub(super) client: Client,
    pub(super) cookies: BTreeMap<String, String>,
    /// Where the last page was.
    pub(super) at: Url,
    pub(super) status: u16,
}

impl Browser {
    pub(super) fn at(origin: &Url) -> Self {
        let client = Client::builder().redirect(Policy::none()).no_proxy();
        Self {
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
            at: origin.clone(),
            status: 0,
        }
    }

    pub(super) async fn get(&mut self, link: &str) -> String {
        self.go(Method::GET, link, None).await
    }

    pub(super) async fn post(&mut self, link: &str, form: &[(&str, &str)]) -> String {
        self.go(Method::POST, link, Some(form)).await
    }

    async fn go(&mut self, method: Method, link: &str, form: Option<&[(&str, &str)]>) -> String {
        self.at = self.at.join(link).unwrap();
        let mut request = self.client.request(method, self.at.clone());
        if let Some(form) = form {
            request = request.form(form);
        }
        for _ in 0..10 {
            let cookies: Vec<_> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            let request_with = request.header(COOKIE, cookies.join("; "));
            let answer = request_with.send().await.unwrap();
            for cookie in answer.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            self.status = answer.status().as_u16();
            let Some(location) = answer.headers().get(LOCATION) else {
                return answer.text().await.unwrap();
            };
            self.at = self.at.join(location.to_str().unwrap()).unwrap();
            request = self.client.get(self.at.clone());
        }
        panic!("redirects without end, at {}", self.at)
    }

    pub(super) async fn me(&mut self) -> Value {
        let at = self.at.clone();
        let me = self.get("/api/me").await;
        self.at = at;
        serde_json::from_str(&me).unwrap()
    }
}
