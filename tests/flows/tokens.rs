//! What is in the tokens.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::{now, part, verified};
use e2e::story::{Scene, new_lock};
use e2e::{Browser, Platform, Provider};
use protocol::claims::{ACR_KEY_LOCK, AMR_KEY_LOCK};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

fn names(claims: &Value) -> BTreeSet<&str> {
    claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn an_id_token_says_who_when_how_and_for_whom_and_no_more() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let header = part(tokens.id(), 0);
    assert_eq!(header["alg"], "ES256");
    assert!(header["kid"].is_string());
    let jwks = scene.platform.fetch("/oauth2/jwks").await.json();
    let claims = verified(tokens.id(), &jwks, &provider.issuer, &scene.platform.id).unwrap();
    // Profile data is for userinfo: the conformance suite minds it here.
    let expected = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "sid",
        "at_hash",
    ];
    assert_eq!(names(&claims), expected.into_iter().collect());
    assert_eq!(claims["nonce"], tokens.asking.nonce);
    assert_eq!(claims["aud"], scene.platform.id);
    assert_eq!(claims["acr"], ACR_KEY_LOCK);
    assert_eq!(claims["amr"], json!(AMR_KEY_LOCK));
    let at = |claim: &str| claims[claim].as_i64().unwrap();
    assert!(at("auth_time") <= at("iat") && at("iat") <= now() && at("exp") > now());
}

#[tokio::test]
async fn at_hash_is_the_left_half_of_the_access_tokens_digest() {
    let mut scene = Scene::at(Provider::shared()).await;
    let tokens = scene.receive().await;
    let digest = Sha256::digest(tokens.access().as_bytes());
    let expected = URL_SAFE_NO_PAD.encode(&digest[..16]);
    assert_eq!(part(tokens.id(), 1)["at_hash"], expected);
}

#[tokio::test]
async fn an_access_token_is_a_jwt_of_rfc_9068() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let header = part(tokens.access(), 0);
    assert_eq!(header["typ"], "at+jwt");
    let jwks = scene.platform.fetch("/oauth2/jwks").await.json();
    let claims = verified(tokens.access(), &jwks, &provider.issuer, &provider.issuer).unwrap();
    // RFC 9068 §2.2: these are required.
    for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(claims.get(claim).is_some(), "{claim} is missing");
    }
    assert_eq!(claims["client_id"], scene.platform.id);
    assert_eq!(claims["scope"], tokens.response["scope"]);
    assert_eq!(claims["sub"], part(tokens.id(), 1)["sub"]);
    for private in ["name", "credit_code", "phone_number", "address"] {
        assert!(
            claims.get(private).is_none(),
            "{private} is in the access token"
        );
    }
}

#[tokio::test]
async fn no_two_tokens_or_codes_are_alike() {
    let mut scene = Scene::at(Provider::shared()).await;
    let (one, other) = (scene.receive().await, scene.receive().await);
    assert_ne!(one.code, other.code);
    assert_ne!(one.access(), other.access());
    assert_ne!(part(one.access(), 1)["jti"], part(other.access(), 1)["jti"]);
}

#[tokio::test]
async fn the_subject_is_the_same_at_every_login_and_platform_and_tells_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let subject = part(scene.receive().await.id(), 1)["sub"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut elsewhere = Browser::new(provider);
    let other = Platform::connect(provider).await;
    let tokens = other.receive(&mut elsewhere, &scene.lock).await;
    assert_eq!(part(tokens.id(), 1)["sub"], subject);
    assert!(!subject.contains(&scene.lock.credit_code()));

    let stranger = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&stranger).await;
    let tokens = other.receive(&mut browser, &stranger).await;
    assert_ne!(part(tokens.id(), 1)["sub"], subject);
}

#[tokio::test]
async fn sid_belongs_to_the_sign_in_and_is_not_the_cookie() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let sid = |id_token: &str| part(id_token, 1)["sid"].as_str().unwrap().to_owned();
    let one = sid(scene.receive().await.id());
    let same = sid(scene.receive().await.id());
    assert_eq!(one, same);
    assert_ne!(&one, scene.browser.session().unwrap());
    scene
        .browser
        .sign_in_again(&scene.platform, &scene.lock)
        .await;
    assert_ne!(sid(scene.receive().await.id()), one);
}
