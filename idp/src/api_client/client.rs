//! One program: where it asks, and its token.

use std::path::PathBuf;
use std::time::Duration;

use idp_core::token::operator_grant::OperatorGrant;
use protocol::challenge::{ChallengeText, Purpose};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Certificate, Method, Response, redirect};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded::byte_serialize;
use url::{Host, Url};

use super::{ClientError, OperatorKey};
use crate::operating::Act;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// And a file.
const PATIENCE_WITH_FILES: Duration = Duration::from_mins(15);

/// Where the API is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The issuer.
    pub url: String,
    /// Certificates that are trusted beside the machine's roots, PEM.
    pub ca: Option<PathBuf>,
    /// What the token is to be for; absent: all that the operator's roles give.
    pub scope: Option<String>,
    /// The language of what it says, a BCP 47 tag; absent: the provider's own.
    pub language: Option<String>,
}

/// A program with a token.
pub struct Client {
    http: reqwest::Client,
    issuer: String,
    origin: String,
    key: OperatorKey,
    token: String,
}

impl Client {
    /// Gets a token.
    pub async fn open(place: &Place, key: OperatorKey) -> Result<Self, ClientError> {
        let issuer = place.url.trim_end_matches('/').to_owned();
        let wrong = |why| ClientError::Address(place.url.clone(), why);
        let url = Url::parse(&issuer).map_err(|_malformed| wrong("is no address"))?;
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_local) {
            return Err(wrong("https is needed"));
        }
        let mut client = Self {
            http: http(place)?,
            origin: url.origin().ascii_serialization(),
            issuer,
            key,
            token: String::new(),
        };
        client.token = client.token(place.scope.as_deref()).await?;
        Ok(client)
    }

    async fn token(&self, scope: Option<&str>) -> Result<String, ClientError> {
        let asked = self.send(Method::POST, "/v1/challenge", None).await?;
        let proof = self.signed(&asked, Purpose::OperatorLogin)?;
        let mut form = vec![
            ("grant_type", OperatorGrant::Proof.as_str()),
            ("nonce", word(&asked, "nonce")?),
            ("proof", &*proof),
        ];
        form.extend(scope.map(|scope| ("scope", scope)));
        let url = format!("{}/oauth2/token", self.issuer);
        let answer = self.http.post(url).form(&form).send().await?;
        let told = read(answer).await?;
        word(&told, "access_token").map(str::to_owned)
    }

    /// Reads what stands at a path below `/api/admin/v1`.
    pub async fn get(&self, path: &str) -> Result<Value, ClientError> {
        let path = path.trim_start_matches('/');
        self.send(Method::GET, &format!("/v1/{path}"), None).await
    }

    /// Does what needs no signature.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        let path = path.trim_start_matches('/');
        let path = format!("/v1/{path}");
        self.send(Method::POST, &path, Some(body)).await
    }

    /// Hands a paper in; what the act `rename` says of it. Another file than the one that was sent is not signed for.
    pub async fn hand_in(
        &self,
        credit_code: &str,
        (name, content): (&str, Vec<u8>),
    ) -> Result<Value, ClientError> {
        let sha256 = hex::encode(Sha256::digest(&content));
        let called: String = byte_serialize(name.as_bytes()).collect();
        let path = format!("enterprises/{credit_code}/evidence?name={called}");
        let url = format!("{}/api/admin/v1/{path}", self.issuer);
        let request = self.http.post(url);
        let request = request.header(CONTENT_TYPE, "application/octet-stream");
        let request = request.bearer_auth(&self.token).body(content);
        let told = read(request.send().await?).await?;
        let evidence = told.get("evidence").cloned().unwrap_or_default();
        if word(&evidence, "sha256")? != sha256 {
            return Err(ClientError::AnotherAct("another file was kept"));
        }
        Ok(evidence)
    }

    /// Copies the file that stands at a path, piece by piece.
    pub async fn copy(
        &self,
        path: &str,
        to: &mut (dyn std::io::Write + Send),
    ) -> Result<(), ClientError> {
        let url = format!(
            "{}/api/admin/v1/{}",
            self.issuer,
            path.trim_start_matches('/')
        );
        let request = self.http.get(url).bearer_auth(&self.token);
        let mut answer = request.timeout(PATIENCE_WITH_FILES).send().await?;
        if !answer.status().is_success() {
            return read(answer).await.map(drop);
        }
        let full = |error: std::io::Error| ClientError::Unwritten(error.to_string());
        while let Some(piece) = answer.chunk().await? {
            to.write_all(&piece).map_err(full)?;
        }
        to.flush().map_err(full)
    }

    /// Asks what would be signed for an act. Nothing is signed yet.
    pub async fn prepare(&self, act: &Value) -> Result<Value, ClientError> {
        let asked = self.send(Method::POST, "/v1/acts/challenge", Some(act));
        let asked = asked.await?;
        check(act, &asked)?;
        Ok(asked)
    }

    /// Signs what [`Client::prepare`] answered, and has it done.
    pub async fn carry_out(&self, act: &Value, asked: &Value) -> Result<Value, ClientError> {
        check(act, asked)?;
        let proof = self.signed(asked, Purpose::Approve)?;
        let body = json!({ "act": act, "nonce": word(asked, "nonce")?, "proof": proof });
        self.send(Method::POST, "/v1/acts", Some(&body)).await
    }

    /// The proof of a challenge for this purpose, of the place that was asked and no other.
    fn signed(&self, asked: &Value, purpose: Purpose) -> Result<String, ClientError> {
        if word(asked, "origin")? != self.origin {
            return Err(ClientError::AnotherAct("the challenge is of another place"));
        }
        if word(asked, "purpose")? != purpose.as_str() {
            return Err(ClientError::AnotherAct(
                "the challenge is for something else",
            ));
        }
        let challenge = ChallengeText {
            origin: &self.origin,
            nonce: word(asked, "nonce")?,
            purpose,
            statement: word(asked, "statement")?,
        };
        Ok(self.key.answer(&challenge)?.to_json())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let url = format!("{}/api/admin{path}", self.issuer);
        let mut request = self.http.request(method, url);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await?).await
    }
}

fn http(place: &Place) -> Result<reqwest::Client, ClientError> {
    let mut building = reqwest::Client::builder()
        .timeout(PATIENCE)
        // A token goes where it was meant to.
        .redirect(redirect::Policy::none());
    let language = place.language.as_deref();
    if let Some(Ok(language)) = language.map(HeaderValue::from_str) {
        building = building.default_headers([(ACCEPT_LANGUAGE, language)].into_iter().collect());
    }
    if let Some(file) = &place.ca {
        let wrong = |why: String| ClientError::File(file.clone(), why);
        let pem = std::fs::read(file).map_err(|e| wrong(e.to_string()))?;
        let trusted = Certificate::from_pem_bundle(&pem).map_err(|e| wrong(e.to_string()))?;
        building = building.tls_certs_merge(trusted);
    }
    Ok(building.build()?)
}

async fn read(answer: Response) -> Result<Value, ClientError> {
    let status = answer.status();
    let scope = missing_scope(&answer);
    let body: Value = answer
        .json()
        .await
        .map_err(|_other| ClientError::Misunderstood("no JSON came"))?;
    if status.is_success() {
        return Ok(body);
    }
    let said = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let problem = said("code");
    let (code, title) = if problem.is_empty() {
        (said("error"), said("error_description"))
    } else {
        (problem, said("title"))
    };
    Err(ClientError::Refused {
        status: status.as_u16(),
        code: code.to_owned(),
        title: title.to_owned(),
        detail: match scope {
            Some(scope) => format!("{} (scope {scope})", said("detail")),
            None => said("detail").to_owned(),
        },
        incident: said("incident").to_owned(),
    })
}

/// The scope that the token lacks (RFC 6750 §3), where the answer names one.
fn missing_scope(answer: &Response) -> Option<String> {
    let challenge = answer.headers().get(WWW_AUTHENTICATE)?.to_str().ok()?;
    let (_, from) = challenge.split_once("scope=\"")?;
    from.split_once('"').map(|(scope, _)| scope.to_owned())
}

fn word<'a>(body: &'a Value, name: &str) -> Result<&'a str, ClientError> {
    let found = body.get(name).and_then(Value::as_str);
    found.ok_or(ClientError::Misunderstood("a member is missing"))
}

/// Whether what is to be signed is what was asked for: its digest is made anew here, and stands in the statement.
fn check(act: &Value, asked: &Value) -> Result<(), ClientError> {
    let unknown = ClientError::AnotherAct("the act is none that is known here");
    let act: Act = serde_json::from_value(act.clone()).map_err(|_other| unknown)?;
    let digest = match &act {
        Act::Propose { change, .. } => change.digest(),
        // What is decided came with the answer, to be looked at.
        Act::Approve { .. } | Act::Refuse { .. } => {
            let change = asked.get("change").cloned().unwrap_or_default();
            let change: Result<idp_core::proposal::Change, _> = serde_json::from_value(change);
            let none = ClientError::AnotherAct("the change that is decided did not come");
            change.map_err(|_other| none)?.digest()
        }
        _ => act.digest(),
    };
    let digest = digest.map_err(|_unwritable| ClientError::AnotherAct("it has no digest"))?;
    let differs = ClientError::AnotherAct("the digest is that of another act");
    if word(asked, "digest")? != digest || !word(asked, "statement")?.contains(&digest) {
        return Err(differs);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_signed_but_the_very_act() {
        let act = json!({
            "act": "platform",
            "platform": "chifeng",
            "what": { "do": "suspend" },
            "reason": "x",
        });
        let digest = Act::of_text(&act.to_string()).unwrap().digest().unwrap();
        let asked =
            |digest: &str, statement: &str| json!({ "digest": digest, "statement": statement });
        assert!(check(&act, &asked(&digest, &format!("suspend, {digest}"))).is_ok());
        let other = "0".repeat(64);
        for (told, statement) in [
            (&*digest, "suspend"),
            (&*other, &*other),
            (&*other, &*digest),
        ] {
            let refused = check(&act, &asked(told, statement));
            assert!(matches!(refused, Err(ClientError::AnotherAct(_))));
        }
        assert!(check(&json!({ "act": "all" }), &asked(&digest, &digest)).is_err());
    }
}
