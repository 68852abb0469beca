//! The config plan.

use std::collections::BTreeSet;

use e2e::{Platform, Provider};
use protocol::metadata::ProviderMetadata;
use serde_json::Value;
use url::Url;

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let provider = Provider::start(|config| config.issuer = "https://id.example".to_owned());
    let platform = Platform::connect(&provider).await;
    let answer = platform.fetch("/.well-known/openid-configuration").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let metadata = answer.json();
    // The schema: every member known, of its type, and none else.
    serde_json::from_value::<ProviderMetadata>(metadata.clone()).unwrap();

    let issuer = Url::parse(metadata["issuer"].as_str().unwrap()).unwrap();
    assert_eq!(metadata["issuer"], provider.issuer);
    assert_eq!(
        (issuer.scheme(), issuer.query(), issuer.fragment()),
        ("https", None, None)
    );
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let url = Url::parse(value.as_str().unwrap()).unwrap();
            assert_eq!((url.scheme(), url.fragment()), ("https", None), "{name}");
        }
        if let Some(list) = value.as_array() {
            let words: BTreeSet<&str> = list.iter().filter_map(Value::as_str).collect();
            assert_eq!(words.len(), list.len(), "{name}: {value}");
            assert!(!words.is_empty(), "{name} is empty");
        }
    }
    let has = |member: &str, word: &str| {
        let list = metadata[member].as_array();
        list.is_some_and(|list| list.iter().any(|entry| entry == word))
    };
    for (member, word) in [
        ("response_types_supported", "code"),
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("grant_types_supported", "authorization_code"),
        ("scopes_supported", "openid"),
        ("claims_supported", "sub"),
        ("code_challenge_methods_supported", "S256"),
        ("ui_locales_supported", "zh-CN"),
    ] {
        assert!(has(member, word), "{member} lacks {word}");
    }
    let jwks = platform.fetch("/oauth2/jwks").await.json();
    let keys = jwks["keys"].as_array().unwrap();
    let kids: BTreeSet<&str> = keys.iter().filter_map(|key| key["kid"].as_str()).collect();
    assert_eq!(kids.len(), keys.len(), "each key has a name of its own");
    for key in keys {
        assert!(key.get("d").is_none() && key["use"] == "sig", "{key}");
    }
}
