//! FAPI 2.0 Message Signing: request objects that are pushed; a test for each module that the plan adds, under its name.

use e2e::Answer;
use e2e::fapi2::Fapi2;
use e2e::jwt::{AssertionKey, compact, now, request_object};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

fn taken(answer: &Answer) {
    assert_eq!(answer.status, 201, "{}", answer.summary());
}

fn refused(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_request_object"),
        "{}",
        answer.summary()
    );
    assert_eq!(answer.json().get("request_uri"), None);
}

async fn pushed(change: impl FnOnce(&mut Value)) -> Answer {
    let fapi2 = Fapi2::signing().await;
    fapi2.push_signed(&fapi2.ask(), change).await
}

fn without(name: &'static str) -> impl FnOnce(&mut Value) {
    move |claims| {
        claims.as_object_mut().unwrap().remove(name);
    }
}

#[tokio::test]
async fn happy_flow_with_a_signed_request() {
    let mut fapi2 = Fapi2::signing().await;
    let asking = fapi2.ask();
    let pushed = fapi2.push_signed(&asking, |_| ()).await;
    let code = fapi2.arrive(&pushed).await.parameter("code").unwrap();
    assert_eq!(fapi2.redeem(&code, &asking).await.status, 200);
}

#[tokio::test]
async fn ensure_request_object_with_multiple_aud_succeeds() {
    taken(&pushed(|claims| claims["aud"] = json!([claims["aud"], "https://other.example"])).await);
}

#[tokio::test]
async fn ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted() {
    taken(&pushed(|claims| claims["nbf"] = json!(now() + 8)).await);
}

#[tokio::test]
async fn ensure_request_object_without_exp_fails() {
    refused(&pushed(without("exp")).await);
}

#[tokio::test]
async fn ensure_request_object_without_nbf_fails() {
    refused(&pushed(without("nbf")).await);
}

#[tokio::test]
async fn ensure_expired_request_object_fails() {
    refused(&pushed(|claims| claims["exp"] = json!(now() - 300)).await);
}

#[tokio::test]
async fn ensure_request_object_with_bad_aud_fails() {
    refused(&pushed(|claims| claims["aud"] = json!("https://other.example")).await);
    refused(&pushed(without("aud")).await);
}

#[tokio::test]
async fn ensure_request_object_with_exp_over_60_fails() {
    refused(&pushed(|claims| claims["exp"] = json!(now() + 70 * 60)).await);
}

#[tokio::test]
async fn ensure_request_object_with_nbf_over_60_fails() {
    refused(&pushed(|claims| claims["nbf"] = json!(now() - 70 * 60)).await);
}

#[tokio::test]
async fn ensure_signed_request_object_with_rs256_fails() {
    let mut order = e2e::PlatformOrder::fapi2(Algorithm::PS256);
    order.requests.signed_only = true;
    let mut fapi2 = Fapi2::ordering(order).await;
    let by_ps256 = fapi2.push_signed(&fapi2.ask(), |_| ()).await;
    taken(&by_ps256);
    let asking = fapi2.ask();
    fapi2.scene.platform.key.as_mut().unwrap().algorithm = Algorithm::RS256;
    let key = fapi2.platform().key.as_ref().unwrap();
    let object = request_object(key, fapi2.platform(), &asking, |_| ());
    fapi2.scene.platform.key.as_mut().unwrap().algorithm = Algorithm::PS256;
    refused(&fapi2.push_object(&object).await);
}

#[tokio::test]
async fn ensure_request_object_with_alg_none_fails() {
    let fapi2 = Fapi2::signing().await;
    let mut claims = json!({ "iss": fapi2.platform().id, "aud": fapi2.platform().issuer,
        "exp": now() + 60, "nbf": now() });
    for (name, value) in fapi2.ask().parameters {
        claims[name] = json!(value);
    }
    let answer = fapi2
        .push_object(&compact(&json!({ "alg": "none" }), &claims, &[]))
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "request_not_supported")
    );
}

#[tokio::test]
async fn ensure_request_object_with_invalid_signature_fails() {
    let fapi2 = Fapi2::signing().await;
    let key = fapi2.platform().key.as_ref().unwrap();
    let object = request_object(key, fapi2.platform(), &fapi2.ask(), |_| ());
    let broken = format!("{}AAAA", &object[..object.len() - 4]);
    refused(&fapi2.push_object(&broken).await);
}

#[tokio::test]
async fn ensure_matching_key_in_authorization_request() {
    let fapi2 = Fapi2::signing().await;
    let other = AssertionKey::generate(Algorithm::ES256);
    let object = request_object(&other, fapi2.platform(), &fapi2.ask(), |_| ());
    refused(&fapi2.push_object(&object).await);
}

#[tokio::test]
async fn ensure_unsigned_request_at_par_endpoint_fails() {
    let fapi2 = Fapi2::signing().await;
    let answer = fapi2.push(&fapi2.ask()).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_request")
    );
}

#[tokio::test]
async fn par_pushed_request_object_containing_request_uri_fails() {
    refused(&pushed(|claims| claims["request_uri"] = json!("urn:x")).await);
}
