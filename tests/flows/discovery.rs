//! Discovery: says exactly what the endpoints do, where everybody looks for it.

use std::collections::BTreeSet;

use e2e::browser::client;
use e2e::jwt::part;
use e2e::story::Scene;
use e2e::{Browser, Platform, Provider};
use protocol::metadata::ProviderMetadata;
use reqwest::Method;

async fn document(platform: &Platform) -> ProviderMetadata {
    let answer = platform.fetch("/.well-known/openid-configuration").await;
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn the_document_is_the_same_at_both_well_known_paths() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    let one = browser.open("/.well-known/openid-configuration").await;
    let other = browser
        .open("/.well-known/oauth-authorization-server")
        .await;
    assert_eq!((one.status, other.status), (200, 200));
    assert_eq!(one.body, other.body);
    assert_eq!(one.header("content-type"), "application/json");
    assert_eq!(one.json()["issuer"], provider.issuer);
}

#[tokio::test]
async fn every_endpoint_named_in_the_document_answers() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let document = document(&platform).await;
    let endpoints = [
        (Method::GET, document.authorization_endpoint, 400),
        (Method::POST, document.token_endpoint, 401),
        (Method::GET, document.userinfo_endpoint, 401),
        (Method::GET, document.jwks_uri, 200),
    ];
    for (method, url, status) in endpoints {
        assert!(url.starts_with(&provider.issuer), "{url}");
        let answer = client().request(method, &url).send().await.unwrap();
        assert_eq!(answer.status(), status, "{url}");
    }
}

#[tokio::test]
async fn every_scope_and_prompt_in_the_document_is_taken() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let document = document(&platform).await;
    let all = document.scopes_supported.join(" ");
    let mut browser = Browser::new(provider);
    let answer = browser
        .open(&platform.ask().with("scope", &all).path())
        .await;
    assert_eq!(answer.parameter("error"), None, "{}", answer.summary());
    for prompt in &document.prompt_values_supported {
        let answer = browser
            .open(&platform.ask().with("prompt", prompt).path())
            .await;
        let error = answer.parameter("error");
        assert_ne!(error.as_deref(), Some("invalid_request"), "{prompt}");
    }
}

#[tokio::test]
async fn the_document_promises_nothing_that_is_refused() {
    let platform = Platform::connect(Provider::shared()).await;
    let document = document(&platform).await;
    assert_eq!(document.response_types_supported, ["code"]);
    assert_eq!(document.response_modes_supported, ["query", "form_post"]);
    assert_eq!(
        document.grant_types_supported,
        ["authorization_code", "refresh_token", "client_credentials"]
    );
    assert_eq!(document.code_challenge_methods_supported, ["S256"]);
    assert_eq!(document.subject_types_supported, ["public", "pairwise"]);
    assert!(document.request_parameter_supported);
    assert!(document.request_uri_parameter_supported);
    assert!(document.require_request_uri_registration);
    assert!(document.claims_parameter_supported);
    assert_eq!(
        document.request_object_signing_alg_values_supported,
        ["ES256", "PS256", "RS256"]
    );
    assert_eq!(
        document.pushed_authorization_request_endpoint,
        format!("{}/oauth2/par", platform.issuer)
    );
    assert!(document.authorization_response_iss_parameter_supported);
    // Discovery 1.0 §3: RS256 must be among them.
    assert_eq!(
        document.id_token_signing_alg_values_supported,
        ["ES256", "PS256", "RS256"]
    );
    assert_eq!(document.ui_locales_supported, ["zh-CN", "en"]);
}

#[tokio::test]
async fn the_document_names_every_claim_that_is_sent_and_no_other() {
    let mut scene = Scene::at(Provider::shared()).await;
    let tokens = scene.receive().await;
    let info = scene.platform.userinfo(tokens.access()).await.json();
    let id_token = part(tokens.id(), 1);
    let sent: BTreeSet<&String> = [&info, &id_token]
        .iter()
        .flat_map(|claims| claims.as_object().unwrap().keys())
        .collect();
    let document = document(&scene.platform).await;
    assert_eq!(
        document.claims_supported.iter().collect::<BTreeSet<_>>(),
        sent
    );
    assert_eq!(document.claims_supported.len(), sent.len());
}

#[tokio::test]
async fn scripts_of_any_origin_read_what_is_public_and_nothing_else() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider).with_header("origin", "https://anybody.example");
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks"] {
        let answer = browser.open(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        let credentials = answer.header("access-control-allow-credentials");
        assert_eq!(credentials, "", "{path}");
    }
    for path in ["/", "/login", "/bind", "/platforms", "/oauth2/authorize"] {
        let answer = browser.open(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn behind_https_every_address_is_https() {
    let provider = Provider::start(|config| config.issuer = "https://yzt.example".to_owned());
    let answer = Browser::new(&provider)
        .open("/.well-known/openid-configuration")
        .await;
    let document: ProviderMetadata = serde_json::from_str(&answer.body).unwrap();
    let addresses = [
        document.authorization_endpoint,
        document.token_endpoint,
        document.userinfo_endpoint,
        document.jwks_uri,
    ];
    assert_eq!(document.issuer, "https://yzt.example");
    for address in addresses {
        assert!(address.starts_with("https://yzt.example/"), "{address}");
    }
}

/// Whoever adds an endpoint for programs describes it.
#[tokio::test]
async fn every_endpoint_of_the_document_is_described() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    let described = browser.open("/oauth2/openapi.json").await;
    assert_eq!(described.header("content-type"), "application/json");
    let paths = described.json()["paths"].as_object().unwrap().clone();
    let document = browser.open("/.well-known/openid-configuration").await;
    for (name, url) in document.json().as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = url
                .as_str()
                .unwrap()
                .strip_prefix(&provider.issuer)
                .unwrap();
            assert!(paths.contains_key(path), "{name}: {path}");
        }
    }
    // Registration is off unless the configuration says otherwise; the audit log has a test of its own.
    let elsewhere = ["/oauth2/register", "/audit/"];
    let is_there = |path: &&String| !elsewhere.iter().any(|start| path.starts_with(start));
    for path in paths.keys().filter(is_there) {
        let answer = browser.open(path).await;
        assert_ne!(answer.status, 404, "{path}");
    }
}
