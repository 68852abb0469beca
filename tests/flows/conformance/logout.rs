//! What the logout plans check and no other test of ours names.

use e2e::listener::Listener;
use e2e::{Platform, Provider};
use serde_json::{Value, json};

use crate::flows::back_channel::entered;
use crate::flows::end_session::{Asking, is_signed_in};

/// `-discovery-endpoint-verification` of both plans: what is promised, and nothing that is not there.
#[tokio::test]
async fn the_metadata_promise_both_ways_of_signing_out_and_no_other() {
    let platform = Platform::connect(Provider::shared()).await;
    let path = "/.well-known/openid-configuration";
    let metadata = platform.fetch(path).await.json();
    let there = format!("{}/oauth2/logout", platform.issuer);
    assert_eq!(metadata["end_session_endpoint"], there);
    assert_eq!(metadata["backchannel_logout_supported"], json!(true));
    assert_eq!(
        metadata["backchannel_logout_session_supported"],
        json!(true)
    );
    for absent in ["frontchannel_logout_supported", "check_session_iframe"] {
        assert_eq!(metadata[absent], Value::Null, "{absent}");
    }
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let asking = Asking::default().and("id_token_hint", tokens.id());
    let answer = scene.browser.open(&asking.path()).await;
    let page = scene.browser.follow(answer).await;
    assert_eq!(page.status, 200, "{}", page.summary());
    assert!(page.has("#signed-out"), "{}", page.summary());
    assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
    assert_eq!(listener.told().len(), 1);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    let asking = Asking::default().and("state", "only");
    let page = scene.browser.go(&asking.path()).await;
    let fields = page.fields("#confirm-sign-out-form");
    assert!(!fields.is_empty(), "nobody is asked: {}", page.summary());
    let answer = scene.browser.post("/logout", &fields).await;
    let page = scene.browser.follow(answer).await;
    assert!(page.has("#signed-out"), "{}", page.summary());
    assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
}
