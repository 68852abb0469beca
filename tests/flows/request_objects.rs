//! Request objects (RFC 9101): a platform signs what it asks.

use e2e::jwt::{AssertionKey, compact, now, request_object};
use e2e::story::Scene;
use e2e::{Browser, PlatformOrder, Provider};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

#[tokio::test]
async fn only_what_a_signed_request_object_says_counts() {
    let mut scene = Scene::ordering(PlatformOrder::signing()).await;
    let inside = scene.platform.ask();
    let key = scene.platform.key.as_ref().unwrap();
    let signed = request_object(key, &scene.platform, &inside, |_| ());
    // What stands beside the object is another place, another state, another challenge.
    let asking = scene
        .platform
        .ask()
        .with("redirect_uri", "https://evil.example/cb")
        .with("request", &signed);
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    assert!(
        answer
            .location()
            .unwrap()
            .starts_with(&scene.platform.client().redirect_uris[0])
    );
    assert_eq!(answer.parameter("state"), Some(inside.state.clone()));
    scene.redeemed(&answer, &inside).await;
}

#[tokio::test]
async fn a_request_object_that_is_wrong_is_refused_at_the_registered_place_or_by_a_page() {
    let scene = Scene::ordering(PlatformOrder::signing()).await;
    let (platform, provider) = (&scene.platform, Provider::shared());
    let key = platform.key.as_ref().unwrap();
    let inside = platform.ask();
    let other = AssertionKey::generate(Algorithm::ES256);
    let unsigned = compact(
        &json!({ "alg": "none" }),
        &json!({ "client_id": platform.id }),
        &[],
    );
    let with = |name: &str, value: Value| {
        request_object(key, platform, &inside, |claims| claims[name] = value)
    };
    let wrong = [
        (unsigned, "request_not_supported"),
        ("nonsense".to_owned(), "invalid_request_object"),
        (
            request_object(&other, platform, &inside, |_| ()),
            "invalid_request_object",
        ),
        (
            with("aud", json!("https://other.example")),
            "invalid_request_object",
        ),
        (with("iss", json!("other")), "invalid_request_object"),
        (with("client_id", json!("other")), "invalid_request_object"),
        (with("exp", json!(now() - 120)), "invalid_request_object"),
        (with("nbf", json!(now() + 600)), "invalid_request_object"),
        (with("sub", json!(platform.id)), "invalid_request_object"),
        (
            with("request_uri", json!("urn:x")),
            "invalid_request_object",
        ),
        (with("scope", json!("enterprise")), "invalid_scope"),
        (
            with("code_challenge_method", json!("plain")),
            "invalid_request",
        ),
    ];
    for (object, error) in wrong {
        let asking = platform.ask().with("request", &object);
        let answer = Browser::new(provider).open(&asking.path()).await;
        assert_eq!(
            answer.parameter("error").as_deref(),
            Some(error),
            "{}",
            answer.summary()
        );
        assert_eq!(answer.parameter("iss"), Some(provider.issuer.clone()));
        assert_eq!(answer.parameter("code"), None);
    }
    let astray = platform
        .ask()
        .without("redirect_uri")
        .with("request", "nonsense");
    let answer = Browser::new(provider).open(&astray.path()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-unusable")
    );
    let elsewhere = with("redirect_uri", json!("https://evil.example/"));
    let answer = Browser::new(provider)
        .open(&platform.ask().with("request", &elsewhere).path())
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "redirect-uri-mismatch")
    );
}
