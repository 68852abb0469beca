//! FAPI 2.0 Security Profile: requests that must be refused, or of which a part must not count; a test for each module of
//! the certification plan, under the module's name.

use std::time::Duration;

use e2e::fapi2::{Fapi2, came_back, opened, request_uri};
use e2e::jwt::{now, part};
use e2e::{Answer, Asking, Platform, PlatformOrder, Provider};
use jsonwebtoken::Algorithm;
use reqwest::Method;
use serde_json::json;

fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (status, error),
        "{}",
        answer.summary()
    );
    assert_eq!(answer.json().get("request_uri"), None);
}

/// Pushed by a signed request; `outside` is what the browser brings beside its name.
async fn arrived(fapi2: &mut Fapi2, inside: &Asking, outside: &[(&str, &str)]) -> Answer {
    let pushed = fapi2.push_signed(inside, |_| ()).await;
    assert_eq!(pushed.status, 201, "{}", pushed.summary());
    let by = fapi2.platform().ask_by(&request_uri(&pushed));
    let by = outside
        .iter()
        .fold(by, |by, (name, value)| by.and(name, value));
    fapi2.scene.browser.arrive(&fapi2.scene.lock, &by).await
}

#[tokio::test]
async fn ensure_different_nonce_inside_and_outside_request_object() {
    let mut fapi2 = Fapi2::signing().await;
    let inside = fapi2.ask();
    let answer = arrived(&mut fapi2, &inside, &[("nonce", "outside")]).await;
    let code = answer.parameter("code").unwrap();
    let tokens = fapi2.redeem(&code, &inside).await.json();
    let id_token = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(id_token["nonce"], inside.nonce.as_str());
}

#[tokio::test]
async fn ensure_different_state_inside_and_outside_request_object() {
    let mut fapi2 = Fapi2::signing().await;
    let inside = fapi2.ask();
    let answer = arrived(&mut fapi2, &inside, &[("state", "outside")]).await;
    assert_eq!(came_back(&answer)["state"], inside.state);
}

#[tokio::test]
async fn state_only_outside_request_object_not_used() {
    let mut fapi2 = Fapi2::signing().await;
    let inside = fapi2.ask().without("state");
    let answer = arrived(&mut fapi2, &inside, &[("state", "outside")]).await;
    assert_eq!(came_back(&answer).get("state"), None);
}

#[tokio::test]
async fn ensure_request_object_without_redirect_uri_fails() {
    let fapi2 = Fapi2::signing().await;
    let answer = fapi2
        .push_signed(&fapi2.ask().without("redirect_uri"), |_| ())
        .await;
    refused(&answer, 400, "invalid_request");
}

#[tokio::test]
async fn ensure_redirect_uri_in_authorization_request() {
    let fapi2 = Fapi2::new().await;
    let answer = fapi2.push(&fapi2.ask().without("redirect_uri")).await;
    refused(&answer, 400, "invalid_request");
}

#[tokio::test]
async fn ensure_registered_redirect_uri() {
    let fapi2 = Fapi2::new().await;
    let registered = fapi2.platform().client().redirect_uris[0].clone();
    for uri in [
        "https://evil.example/cb".to_owned(),
        format!("{registered}/more"),
        format!("{registered}?more"),
        registered.to_uppercase(),
    ] {
        let answer = fapi2.push(&fapi2.ask().with("redirect_uri", &uri)).await;
        refused(&answer, 400, "invalid_request");
    }
}

#[tokio::test]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let fapi2 = Fapi2::new().await;
    let answer = opened(&fapi2.ask()).await;
    let back = came_back(&answer);
    assert_eq!(back["error"], "invalid_request", "{back:?}");
    assert_eq!(back.get("code"), None);
}

async fn of_response_type(response_type: &str) {
    let fapi2 = Fapi2::new().await;
    let asking = fapi2.ask().with("response_type", response_type);
    refused(&fapi2.push(&asking).await, 400, "unsupported_response_type");
    let answer = opened(&asking).await;
    assert!(came_back(&answer).contains_key("error"));
    assert_eq!(answer.parameter("code"), None);
    assert!(!answer.location().unwrap().contains('#'));
}

#[tokio::test]
async fn ensure_response_type_code_idtoken_fails() {
    of_response_type("code id_token").await;
}

#[tokio::test]
async fn ensure_response_type_token_fails() {
    of_response_type("token").await;
}

/// Once it is answered, its name leads nowhere.
#[tokio::test]
async fn par_attempt_reuse_request_uri() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let pushed = fapi2.push(&asking).await;
    assert!(fapi2.arrive(&pushed).await.parameter("code").is_some());
    let by = fapi2.platform().ask_by(&request_uri(&pushed));
    let page = fapi2.scene.browser.go(&by.path()).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (400, "request-unusable"),
        "{}",
        page.summary()
    );
}

#[tokio::test]
async fn par_attempt_to_use_expired_request_uri() {
    let provider = Provider::start(|config| config.lifetimes.pushed = 1);
    let mut fapi2 = Fapi2::at(&provider, PlatformOrder::fapi2(Algorithm::ES256)).await;
    let asking = fapi2.ask();
    let pushed = fapi2.push(&asking).await;
    assert_eq!(pushed.json()["expires_in"], 1);
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let by = fapi2.platform().ask_by(&request_uri(&pushed));
    let page = fapi2.scene.browser.go(&by.path()).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (400, "request-unusable")
    );
}

#[tokio::test]
async fn par_attempt_to_use_request_uri_for_different_client() {
    let provider = Provider::shared();
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let pushed = fapi2.push(&asking).await;
    let other = Platform::order(provider, PlatformOrder::fapi2(Algorithm::ES256)).await;
    let page = fapi2
        .scene
        .browser
        .open(&other.ask_by(&request_uri(&pushed)).path())
        .await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (400, "request-unusable")
    );
    // And for its own it is there still.
    assert!(fapi2.arrive(&pushed).await.parameter("code").is_some());
}

#[tokio::test]
async fn par_authorization_request_containing_request_uri_form_param() {
    let fapi2 = Fapi2::new().await;
    let pushed = fapi2.push(&fapi2.ask()).await;
    for uri in [
        request_uri(&pushed).as_str(),
        "https://p.example/request.jwt",
    ] {
        let answer = fapi2.push(&fapi2.ask().with("request_uri", uri)).await;
        refused(&answer, 400, "invalid_request");
    }
}

#[tokio::test]
async fn par_attempt_invalid_http_method() {
    let fapi2 = Fapi2::new().await;
    let url = format!("{}/oauth2/par", fapi2.platform().base);
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = e2e::browser::client().request(method.clone(), &url);
        let answer = request.form(&fapi2.ask().parameters).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
    }
}

#[tokio::test]
async fn par_ensure_pkce_required() {
    let fapi2 = Fapi2::new().await;
    let bare = fapi2
        .ask()
        .without("code_challenge")
        .without("code_challenge_method");
    refused(&fapi2.push(&bare).await, 400, "invalid_request");
    let without = fapi2.ask().without("code_challenge");
    refused(&fapi2.push(&without).await, 400, "invalid_request");
}

#[tokio::test]
async fn par_plain_pkce_rejected() {
    let fapi2 = Fapi2::new().await;
    let plain = fapi2.ask().with("code_challenge_method", "plain");
    refused(&fapi2.push(&plain).await, 400, "invalid_request");
    // RFC 7636 §4.3: absent means plain.
    let absent = fapi2.ask().without("code_challenge_method");
    refused(&fapi2.push(&absent).await, 400, "invalid_request");
}

#[tokio::test]
async fn par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails() {
    let fapi2 = Fapi2::new().await;
    let answer = fapi2
        .push_proven(|proof| proof.with("nbf", now() + 90))
        .await;
    refused(&answer, 401, "invalid_client");
}

#[tokio::test]
async fn par_test_array_as_audience_fails() {
    let fapi2 = Fapi2::new().await;
    let issuer = fapi2.platform().issuer.clone();
    for audience in [
        json!([issuer]),
        json!([issuer, "https://other.example"]),
        json!([]),
    ] {
        let answer = fapi2.push_proven(|proof| proof.with("aud", audience)).await;
        refused(&answer, 401, "invalid_client");
    }
}

async fn of_audience(path: &str) {
    let fapi2 = Fapi2::new().await;
    let audience = format!("{}{path}", fapi2.platform().issuer);
    let answer = fapi2.push_proven(|proof| proof.with("aud", audience)).await;
    refused(&answer, 401, "invalid_client");
}

#[tokio::test]
async fn par_test_par_endpoint_url_as_audience_fails() {
    of_audience("/oauth2/par").await;
}

#[tokio::test]
async fn par_test_token_endpoint_url_as_audience_fails() {
    of_audience("/oauth2/token").await;
}

/// Elsewhere the audiences that older clients use are taken (RFC 9126 §2).
#[tokio::test]
async fn a_platform_that_is_not_held_to_fapi_2_may_name_the_endpoint() {
    let platform = Platform::order(Provider::shared(), PlatformOrder::signing()).await;
    let issuer = &platform.issuer;
    for (audience, status) in [
        (json!(issuer), 201),
        (json!([issuer]), 201),
        (json!(format!("{issuer}/oauth2/token")), 201),
        (json!(format!("{issuer}/oauth2/par")), 201),
        (json!(format!("{issuer}/oauth2/authorize")), 401),
        (json!([]), 401),
    ] {
        let proof = e2e::jwt::Assertion::of(&platform.id, issuer).with("aud", audience.clone());
        let signed = proof.signed(platform.key.as_ref().unwrap());
        let push = platform.push(&platform.ask()).with_assertion(&signed);
        let answer = push.send().await;
        assert_eq!(answer.status, status, "{audience} {}", answer.summary());
    }
}
