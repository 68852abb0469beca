//! Userinfo: the data behind a token, by each way a token may come.

use std::collections::BTreeSet;

use e2e::browser::client;
use e2e::story::Scene;
use e2e::{Asking, Provider};
use idp_core::audit::AuditKind;
use idp_core::enterprise::EnterpriseState;
use protocol::scope::Scope;
use serde_json::{Value, json};

async fn info(scene: &mut Scene, asking: &Asking) -> Value {
    let answer = scene.browser.arrive(&scene.lock, asking).await;
    let code = answer.parameter("code").unwrap();
    let tokens = scene.platform.redeem(&code, asking).send().await.json();
    scene
        .platform
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await
        .json()
}

#[tokio::test]
async fn a_token_is_taken_by_header_by_get_and_post_and_by_body() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let url = provider.at("/oauth2/userinfo");
    let requests = [
        client().get(&url).bearer_auth(tokens.access()),
        client()
            .get(&url)
            .header("authorization", format!("bearer {}", tokens.access())),
        client().post(&url).bearer_auth(tokens.access()),
        client()
            .post(&url)
            .form(&[("access_token", tokens.access())]),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["credit_code"], scene.lock.credit_code());
    }
}

#[tokio::test]
async fn all_scopes_open_everything_that_was_bound() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask();
    let info = info(&mut scene, &asking).await;
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    let certificate = &scene.lock.certificate;
    let expected = json!({
        "sub": stored.enterprise_id.as_str(),
        "name": scene.lock.holder,
        "credit_code": scene.lock.credit_code(),
        "legal_representative": "其其格",
        "region_code": "150402",
        "subject_types": ["bidder", "supplier"],
        "certificate_issuer": "内蒙古乙CA",
        "certificate_serial_number": certificate.serial_number(),
        "key_number": stored.key_number,
        "media_number": "5303201712015217",
        "certificate_not_before": certificate.not_before(),
        "certificate_not_after": certificate.not_after(),
        "x5t#S256": stored.thumbprint.to_text(),
        "lock_role": "primary",
        "phone_number": "0476-8881234",
        "address": { "formatted": "赤峰市红山区钢铁街1号" },
    });
    assert_eq!(info, expected);
}

#[tokio::test]
async fn each_scope_opens_its_own_claims_alone() {
    let mut scene = Scene::at(Provider::shared()).await;
    for scope in [Scope::Enterprise, Scope::Certificate, Scope::Contact] {
        let asking = scene
            .platform
            .ask()
            .with("scope", &format!("openid {scope}"));
        let info = info(&mut scene, &asking).await;
        let opened: BTreeSet<&str> = info
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let expected: BTreeSet<&str> = [Scope::Openid, scope]
            .iter()
            .flat_map(|s| s.claims().iter().copied())
            .collect();
        assert_eq!(opened, expected, "{scope}");
    }
}

#[tokio::test]
async fn without_a_token_the_challenge_names_no_error() {
    let provider = Provider::shared();
    let answer = e2e::Browser::new(provider).open("/oauth2/userinfo").await;
    assert_eq!(answer.status, 401);
    // RFC 6750 §3.1: no error code where no token came.
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn the_first_reading_of_a_grant_is_written_down_once() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    for _ in 0..3 {
        assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    }
    let read = provider
        .count_of_platform(&scene.platform.id, AuditKind::UserinfoRead)
        .await;
    assert_eq!(read, 1);
}

#[tokio::test]
async fn a_token_of_a_suspended_platform_opens_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let suspended = idp_core::platform::PlatformState::Suspended;
    provider
        .change_platform(&scene.platform.id, |p| p.state = suspended)
        .await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let refused = provider
        .count_of_platform(&scene.platform.id, AuditKind::UserinfoRefused)
        .await;
    assert_eq!(refused, 1);
    let active = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(active.state, EnterpriseState::Active);
}

#[tokio::test]
async fn a_refused_token_is_answered_in_json_and_its_number_is_in_the_trail() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    scene
        .platform
        .redeem(&tokens.code, &tokens.asking)
        .send()
        .await;
    for token in [tokens.access(), "not-a-token"] {
        let answer = scene.platform.userinfo(token).await;
        assert_eq!(answer.status, 401, "{}", answer.summary());
        assert_eq!(answer.error(), "invalid_token");
        assert!(
            !answer.json()["error_description"]
                .as_str()
                .unwrap()
                .is_empty()
        );
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.starts_with("Bearer error=\"invalid_token\""),
            "{challenge}"
        );
        let written = provider
            .audit_of_incident(answer.header("x-request-id"))
            .await;
        assert_eq!(written.unwrap().kind, AuditKind::UserinfoRefused);
    }
}

#[tokio::test]
async fn a_request_without_a_token_is_challenged_without_an_error_and_is_no_event() {
    let provider = Provider::shared();
    let answer = client()
        .get(provider.at("/oauth2/userinfo"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    let number = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(answer.text().await.unwrap().is_empty());
    assert!(provider.audit_of_incident(&number).await.is_none());
}
