//! The authorization request, and who may start one.

use std::collections::HashMap;
use std::time::Duration;

use client_adapter::protocol::claims::{ACR_KEY_LOCK, ACR_KEY_LOCK_FRESH};
use client_adapter::protocol::scope::{Scope, ScopeSet};
use client_adapter::{Adapter, Prompt, StartError, StartLogin, ThirdPartyLogin};
use url::Url;

use crate::fake_provider::{FakeProvider, Wrong};
use crate::settings;

fn parameters(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

#[actix_web::test]
async fn an_authorization_request_says_everything_and_nothing_twice() {
    let provider = FakeProvider::start(Wrong::default());
    let mut settings = settings(&provider);
    settings.scopes = ScopeSet::from_iter([Scope::Enterprise, Scope::Openid]);
    let adapter = Adapter::discover(settings).await.unwrap();
    let wish = StartLogin {
        target: Some(adapter.target("/projects").unwrap()),
        prompt: Some(Prompt::Consent),
        max_age: Some(Duration::from_mins(1)),
        login_hint: Some("91150100MA0N000005".to_owned()),
        ui_locales: vec!["zh-CN".to_owned(), "en".to_owned(), "&x=1".to_owned()],
        acr_values: vec![ACR_KEY_LOCK_FRESH.to_owned(), ACR_KEY_LOCK.to_owned()],
        claims: Some(serde_json::json!({ "userinfo": { "phone_number": null } })),
    };
    let (url, pending) = adapter.start_login(wish).await.unwrap();
    let asked = parameters(&url);
    assert_eq!(asked.len(), url.query_pairs().count());
    assert!(
        url.as_str()
            .starts_with(&format!("{}/oauth2/authorize?", provider.issuer()))
    );
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "chifeng"),
        ("redirect_uri", "http://127.0.0.1:9/auth/callback"),
        ("scope", "openid enterprise"),
        (
            "acr_values",
            "urn:yizhengtong:acr:key-lock-fresh urn:yizhengtong:acr:key-lock",
        ),
        ("claims", r#"{"userinfo":{"phone_number":null}}"#),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
        ("max_age", "60"),
        ("login_hint", "91150100MA0N000005"),
        ("ui_locales", "zh-CN en"),
        ("state", pending.state().reveal()),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    for random in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked[random].len(), 43, "{random}");
    }
    assert_eq!(pending.target().unwrap().as_str(), "/projects");
    let (again, _) = adapter.start_login(StartLogin::default()).await.unwrap();
    let again = parameters(&again);
    for random in ["state", "nonce", "code_challenge"] {
        assert_ne!(asked[random], again[random], "{random}");
    }
}

#[actix_web::test]
async fn what_the_provider_would_not_take_is_not_passed_on() {
    let provider = FakeProvider::start(Wrong::default());
    let adapter = Adapter::discover(settings(&provider)).await.unwrap();
    let wish = |hint: usize| StartLogin {
        login_hint: Some("h".repeat(hint)),
        ui_locales: vec!["x".repeat(35); 20],
        ..StartLogin::default()
    };
    let (url, _) = adapter.start_login(wish(128)).await.unwrap();
    let asked = parameters(&url);
    assert_eq!(asked["login_hint"].len(), 128);
    assert!(asked["ui_locales"].len() <= 128);
    let (url, _) = adapter.start_login(wish(129)).await.unwrap();
    assert!(!parameters(&url).contains_key("login_hint"));
}

#[actix_web::test]
async fn only_our_provider_initiates_and_only_to_our_pages() {
    let provider = FakeProvider::start(Wrong::default());
    let adapter = Adapter::discover(settings(&provider)).await.unwrap();
    let asked = |query: String| adapter.third_party_login(ThirdPartyLogin::parse(&query));
    let iss = provider.issuer();

    let own = "http%3A%2F%2F127.0.0.1%3A9%2Fprojects";
    let query = format!("iss={iss}&target_link_uri={own}&login_hint=h&other=1");
    let (url, pending) = asked(query).await.unwrap();
    assert_eq!(parameters(&url)["login_hint"], "h");
    assert_eq!(pending.target().unwrap().as_str(), "/projects");
    let (_, pending) = asked(format!("iss={iss}")).await.unwrap();
    assert_eq!(pending.target(), None);

    for query in [
        String::new(),
        "iss=https://evil.example".to_owned(),
        format!("iss={iss}/"),
        format!("iss={iss}&iss={iss}"),
        format!("iss=https://evil.example&iss={iss}"),
    ] {
        let error = asked(query.clone()).await.unwrap_err();
        assert!(matches!(error, StartError::ForeignInitiator), "{query}");
    }
    for target in [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "",
    ] {
        let query = format!("iss={iss}&target_link_uri={target}");
        let error = asked(query).await.unwrap_err();
        assert!(matches!(error, StartError::ForeignTarget(_)), "{target}");
    }
}
