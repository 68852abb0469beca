//! What the platform behind a person asks of the provider by itself: pushing, refreshing, its own tokens, what a
//! token is worth.

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::Person;
use crate::Fault;
use crate::connection::{Answer, Request};
use crate::platform::RESOURCE;

#[derive(Deserialize)]
struct Refreshed {
    access_token: String,
    refresh_token: String,
}

impl Person {
    /// RFC 9126: the request that the code flow would send by the browser.
    pub(super) async fn push(&mut self) -> Result<(), Fault> {
        let state = self.next_state();
        let pushed = self.scene.remembers.authorize.split_once('?');
        let query = pushed.ok_or("a request without parameters")?.1;
        let form = format!("{query}&state={state}");
        let answer = self.call("/oauth2/par", &form).await?.expect(201)?;
        told(&answer, "urn:ietf:params:oauth:request_uri:")
    }

    /// RFC 6749 §6, with rotation.
    pub(super) async fn refresh(&mut self) -> Result<(), Fault> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", &self.refresh_token)
            .finish();
        let answer = self.call("/oauth2/token", &form).await?.expect(200)?;
        let tokens: Refreshed = serde_json::from_slice(&answer.body)?;
        if tokens.refresh_token == self.refresh_token {
            return Err("a refresh token was not replaced".into());
        }
        self.refresh_token = tokens.refresh_token;
        self.access_token = tokens.access_token;
        Ok(())
    }

    /// RFC 6749 §4.4.
    pub(super) async fn own_token(&mut self) -> Result<(), Fault> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("resource", RESOURCE)
            .finish();
        let answer = self.call("/oauth2/token", &form).await?.expect(200)?;
        told(&answer, "access_token")
    }

    /// RFC 7662, of a token that lives.
    pub(super) async fn introspect(&mut self) -> Result<(), Fault> {
        let form = Serializer::new(String::new())
            .append_pair("token", &self.access_token)
            .finish();
        let answer = self.call("/oauth2/introspect", &form).await?.expect(200)?;
        told(&answer, "\"active\":true")
    }

    /// A call of the platform, with its secret.
    async fn call(&mut self, path: &str, form: &str) -> Result<Answer, Fault> {
        let request = Request {
            path,
            headers: &[("authorization", self.scene.remembers.authorization.as_str())],
            form: Some(form),
        };
        self.connection.send(&request).await
    }
}

fn told(answer: &Answer, word: &str) -> Result<(), Fault> {
    if answer.text()?.contains(word) {
        Ok(())
    } else {
        Err(format!("an answer without {word}").into())
    }
}
