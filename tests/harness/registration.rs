//! A platform that registers itself (RFC 7591) and manages its registration (RFC 7592), by HTTP. Every part can be bent.

use std::time::Duration;

use idp_core::directory::{Act, DirectoryError, activate, issue_registration_token, version_of};
use idp_core::id::PlatformId;
use idp_core::platform::{SecurityProfile, Zone};
use idp_core::region::RegionCode;
use idp_core::registration::RegistrationTerms;
use protocol::scope::ScopeSet;
use reqwest::Method as Verb;
use serde_json::{Value, json};

use super::answer::Answer;
use super::browser::client;
use super::platform::{Method, Platform};
use super::provider::Provider;

/// What a token gives unless a test says otherwise: everything, at once.
pub fn terms() -> RegistrationTerms {
    RegistrationTerms {
        scopes: ScopeSet::all(),
        profile: SecurityProfile::Standard,
        trusted: true,
        pkce_optional: false,
        client_credentials: false,
        region_code: RegionCode::parse("150400").unwrap(),
        zone: Zone::Eastern,
    }
}

/// The smallest description that is taken.
pub fn described() -> Value {
    json!({ "redirect_uris": ["https://self.example/cb"] })
}

impl Provider {
    /// A provider where platforms register themselves.
    pub fn registering() -> Self {
        Self::start(|config| config.registration.enabled = true)
    }

    /// Issues a registration token: its text and its identifier.
    pub async fn issue(&self, terms: RegistrationTerms, uses: u32) -> (String, String) {
        self.issue_for(terms, (uses, Duration::from_hours(1))).await
    }

    /// As [`Self::issue`], for so long.
    pub async fn issue_for(
        &self,
        terms: RegistrationTerms,
        (uses, lifetime): (u32, Duration),
    ) -> (String, String) {
        let cx = self.state.cx();
        let issued = self.state.database.write(move |store| {
            let act = Act {
                operator_id: None,
                by: "test",
                reason: None,
            };
            issue_registration_token(store, &cx, terms, (uses, lifetime, act))
        });
        let (text, token) = issued.await.unwrap();
        (text, token.id.to_string())
    }

    /// Registers by this token.
    pub async fn register(&self, token: &str, metadata: &Value) -> Answer {
        let url = format!("{}/oauth2/register", self.base);
        let request = client().post(url).bearer_auth(token).json(metadata);
        let answer = request.send().await.unwrap();
        Answer::read("POST register".to_owned(), answer).await
    }

    /// Registers by a new token with these terms; what the platform is told.
    pub async fn registered(&self, terms: RegistrationTerms, metadata: &Value) -> Value {
        let (token, _) = self.issue(terms, 1).await;
        let answer = self.register(&token, metadata).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
        answer.json()
    }

    /// Asks an address of RFC 7592 with a token.
    pub async fn manage(
        &self,
        verb: Verb,
        (uri, token): (&str, &str),
        body: Option<&Value>,
    ) -> Answer {
        let asked = format!("{verb} {uri}");
        let mut request = client().request(verb, uri).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(asked, request.send().await.unwrap()).await
    }

    /// The version that an operator is shown of a platform.
    pub async fn shown(&self, id: &str) -> String {
        let id = PlatformId::from_text(id);
        let found = (self.state.database).read(move |store| store.find_platform(&id));
        version_of(&found.await.unwrap().unwrap())
    }

    /// An operator has people go to a platform, as this version of it was shown.
    pub async fn approve_as(&self, id: &str, shown: Option<&str>) -> Result<(), DirectoryError> {
        let (cx, id) = (self.state.cx(), PlatformId::from_text(id));
        let shown = shown.map(str::to_owned);
        let done = self.state.database.write(move |store| {
            let act = Act {
                operator_id: None,
                by: "test",
                reason: None,
            };
            activate(store, &cx, &id, (act, shown.as_deref()))
        });
        done.await
    }

    /// As [`Self::approve_as`], as it stands.
    pub async fn approve(&self, id: &str) {
        let shown = self.shown(id).await;
        self.approve_as(id, Some(&shown)).await.unwrap();
    }

    /// The platform that was told this, to arrive at.
    pub async fn platform_of(&self, told: &Value) -> Platform {
        let id = idp_core::id::PlatformId::from_text(told["client_id"].as_str().unwrap());
        let found = self
            .state
            .database
            .read(move |store| store.find_platform(&id));
        let registration = found.await.unwrap().unwrap();
        let secret = told["client_secret"].as_str().unwrap_or_default();
        Platform {
            id: registration.id.to_string(),
            secret: secret.to_owned(),
            method: match told["token_endpoint_auth_method"].as_str() {
                Some("client_secret_post") => Method::Post,
                Some("none") => Method::Public,
                _ => Method::Basic,
            },
            registration,
            key: None,
            issuer: self.issuer.clone(),
            base: self.base.clone(),
        }
    }
}

/// Where a platform manages its registration, and its token for it.
pub fn own(told: &Value) -> (&str, &str) {
    (
        told["registration_client_uri"].as_str().unwrap(),
        told["registration_access_token"].as_str().unwrap(),
    )
}

/// What the platform would put: what it was told, without what only the provider says.
pub fn put_back(told: &Value) -> Value {
    let mut body = told.clone();
    let members = body.as_object_mut().unwrap();
    for ours in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
        "client_secret",
    ] {
        members.remove(ours);
    }
    body
}
