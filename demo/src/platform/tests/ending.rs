//! A session at the platform ends when the provider says so, or no longer refreshes it.

use std::time::Duration;

use client_adapter::actix::BACKCHANNEL_LOGOUT_PATH;
use serde_json::json;

use super::browser::Browser;
use super::fake_provider::{FakeProvider, Signature, Wrong};
use super::{Folder, csrf, open};

/// Tokens that end at once are refreshed at each page.
fn refreshing() -> Wrong {
    Wrong {
        refreshes: true,
        answer: |answer| answer["expires_in"] = 20.into(),
        ..Wrong::default()
    }
}

#[actix_web::test]
async fn a_session_ends_when_the_provider_tells_of_a_sign_out() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let page = browser.get("/auth/login").await;
    browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    assert_eq!(browser.me().await["stage"], "confirmed");

    let post = async |notice: String| {
        let request = browser
            .client
            .post(origin.join(BACKCHANNEL_LOGOUT_PATH).unwrap());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(notice).send().await.unwrap().status().as_u16()
    };
    let forged = provider.logout_notice(Signature::OtherKey, |_| {}, |_| {});
    assert_eq!(post(forged).await, 400);
    let right = provider.logout_notice(Signature::Es256, |_| {}, |_| {});
    assert_eq!(post(right).await, 200);
    assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));
}

#[actix_web::test]
async fn a_sign_out_that_overtakes_the_sign_in_leaves_nobody_signed_in() {
    let wrong = Wrong {
        user_info_takes: Duration::from_millis(500),
        ..Wrong::default()
    };
    let (provider, folder) = (FakeProvider::start(wrong), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let client = browser.client.clone();
    let sign_out = async {
        // The code is redeemed; userinfo's answer is on its way.
        while provider.seen("/oauth2/userinfo").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let notice = provider.logout_notice(Signature::Es256, |_| {}, |_| {});
        let request = client.post(origin.join(BACKCHANNEL_LOGOUT_PATH).unwrap());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(notice).send().await.unwrap().status().as_u16()
    };
    let (page, told) = tokio::join!(browser.get("/auth/login"), sign_out);
    assert_eq!(told, 200);
    assert!(page.contains(r#"data-problem="start-again""#), "{page}");
    assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));
}

#[actix_web::test]
async fn a_session_is_refreshed_at_each_page_and_ends_with_its_grant() {
    let (provider, folder) = (FakeProvider::start(refreshing()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    browser.get("/auth/login").await;
    let before = provider.seen("/oauth2/token").len();
    assert_eq!(browser.me().await["stage"], "arrived");
    assert_eq!(provider.seen("/oauth2/token").len(), before + 1);

    // Away: whoever is signed in works on.
    let answer = |status, body: &str| Wrong {
        token: Some((status, "application/json", body.to_owned())),
        ..refreshing()
    };
    provider.change(answer(503, "{}"));
    assert_eq!(browser.me().await["stage"], "arrived");
    provider.change(answer(400, r#"{"error":"invalid_grant"}"#));
    assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));
    provider.change(refreshing());
    assert_eq!(browser.me().await, json!({ "error": "not_signed_in" }));
}
