//! The authorization endpoint: parameters that a platform may send, and what each does.

use std::time::Duration;

use e2e::jwt::part;
use e2e::story::{Scene, Tokens};
use e2e::{Asking, Browser, Platform, PlatformOrder, Provider};
use idp_core::platform::ConsentPolicy;
use protocol::claims::ACR_KEY_LOCK;

/// A scene whose platform may remember, with one consent given.
async fn remembered() -> (Scene, Tokens) {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        consent: ConsentPolicy::RememberDays(1),
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    let tokens = scene.receive().await;
    (scene, tokens)
}

async fn redeemed(scene: &mut Scene, asking: &Asking) -> serde_json::Value {
    let answer = scene.browser.arrive(&scene.lock, asking).await;
    let code = answer
        .parameter("code")
        .unwrap_or_else(|| panic!("{}", answer.summary()));
    let answer = scene.platform.redeem(&code, asking).send().await;
    part(answer.json()["id_token"].as_str().unwrap(), 1)
}

#[tokio::test]
async fn every_answer_carries_state_and_issuer() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask();
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.parameter("state"), Some(asking.state));
    assert_eq!(answer.parameter("iss"), Some(provider.issuer.clone()));
    assert!(answer.parameter("code").unwrap().len() >= 43, "256 bits");
    assert!(
        answer
            .location()
            .unwrap()
            .starts_with(&scene.platform.client().redirect_uris[0])
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn prompt_none_without_a_session_answers_login_required_and_keeps_a_long_state() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let state = "s".repeat(128);
    let asking = platform.ask().with("prompt", "none").with("state", &state);
    let answer = Browser::new(provider).open(&asking.path()).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    assert_eq!(answer.parameter("state"), Some(state));
    assert_eq!(answer.parameter("iss"), Some(provider.issuer.clone()));
}

#[tokio::test]
async fn prompt_none_without_consent_answers_consent_required() {
    let mut scene = Scene::at(Provider::shared()).await;
    let answer = scene
        .browser
        .open(&scene.platform.ask().with("prompt", "none").path())
        .await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("consent_required")
    );
}

#[tokio::test]
async fn prompt_none_with_session_and_consent_is_silent_and_the_same_person() {
    let (mut scene, first) = remembered().await;
    let asking = scene.platform.ask().with("prompt", "none");
    let answer = scene.browser.open(&asking.path()).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
    let claims = redeemed(&mut scene, &asking).await;
    let before = part(first.id(), 1);
    for claim in ["sub", "auth_time", "sid", "acr"] {
        assert_eq!(claims[claim], before[claim], "{claim}");
    }
}

#[tokio::test]
async fn prompt_login_and_select_account_ask_the_lock_again() {
    for prompt in ["login", "select_account"] {
        let (mut scene, first) = remembered().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let asking = scene.platform.ask().with("prompt", prompt);
        let page = scene.browser.go(&asking.path()).await;
        assert!(page.has("#challenge-form"), "{prompt}: {}", page.summary());
        let claims = redeemed(&mut scene, &asking).await;
        let before = part(first.id(), 1);
        assert_eq!(claims["sub"], before["sub"]);
        assert!(
            claims["auth_time"].as_i64() > before["auth_time"].as_i64(),
            "{prompt}"
        );
    }
}

#[tokio::test]
async fn a_signature_within_max_age_is_good_enough_and_an_older_one_is_not() {
    let (mut scene, first) = remembered().await;
    let before = part(first.id(), 1);
    let claims = redeemed(&mut scene, &first.asking.clone().with("max_age", "10000")).await;
    assert_eq!(claims["auth_time"], before["auth_time"]);

    tokio::time::sleep(Duration::from_secs(2)).await;
    let asking = scene.platform.ask().with("max_age", "1");
    let page = scene.browser.go(&asking.path()).await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    let claims = redeemed(&mut scene, &asking).await;
    assert!(claims["auth_time"].as_i64() > before["auth_time"].as_i64());
}

#[tokio::test]
async fn a_person_who_reads_longer_than_max_age_is_not_sent_in_a_circle() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene
        .platform
        .ask()
        .with("max_age", "0")
        .with("prompt", "login");
    let page = scene.browser.go(&asking.path()).await;
    let answer = scene.browser.sign(&page, &scene.lock).await;
    let certificate = scene.browser.follow(answer).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let enter = certificate
        .attribute("#enter-authorization", "href")
        .unwrap();
    let consent = scene.browser.go(&enter).await;
    assert!(consent.has("#consent-form"), "{}", consent.summary());
}

#[tokio::test]
async fn parameters_that_change_nothing_are_tolerated() {
    let mut scene = Scene::at(Provider::shared()).await;
    let harmless = [
        (
            "acr_values",
            "urn:somebody:else urn:yizhengtong:acr:key-lock",
        ),
        ("login_hint", "内蒙古某公司"),
        ("display", "popup"),
        ("claims_locales", "zh-CN en"),
        ("extra", "foobar"),
        ("response_mode", "query"),
    ];
    for (name, value) in harmless {
        let asking = scene.platform.ask().with(name, value);
        let claims = redeemed(&mut scene, &asking).await;
        assert_eq!(claims["acr"], ACR_KEY_LOCK, "{name}");
    }
}

#[tokio::test]
async fn ui_locales_chooses_the_language_of_the_pages() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    for (wish, lang) in [("fr en zh", "en"), ("zh-Hans-CN", "zh-CN"), ("fr", "zh-CN")] {
        let page = Browser::new(provider)
            .go(&platform.ask().with("ui_locales", wish).path())
            .await;
        assert_eq!(
            page.attribute("html", "lang").as_deref(),
            Some(lang),
            "{wish}"
        );
    }
}

#[tokio::test]
async fn a_request_comes_by_post_as_well_and_in_any_order() {
    let mut scene = Scene::at(Provider::shared()).await;
    let mut asking = scene.platform.ask();
    asking.parameters.reverse();
    let answer = scene
        .browser
        .post("/oauth2/authorize", &asking.parameters)
        .await;
    let page = scene.browser.follow(answer).await;
    let answer = scene.browser.decide(&page, "grant").await;
    assert_eq!(answer.parameter("state"), Some(asking.state));
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
}

#[tokio::test]
async fn a_post_from_a_platforms_own_page_is_taken() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let mut browser = Browser::new(provider).with_header("origin", "https://platform.example");
    let answer = browser
        .post("/oauth2/authorize", &platform.ask().parameters)
        .await;
    assert!(
        answer.location().unwrap().starts_with("/login?request="),
        "{}",
        answer.summary()
    );
}

#[tokio::test]
async fn state_and_nonce_are_optional() {
    let mut scene = Scene::at(Provider::shared()).await;
    let asking = scene.platform.ask().without("state").without("nonce");
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    assert_eq!(answer.parameter("state"), None);
    let code = answer.parameter("code").unwrap();
    let answer = scene.platform.redeem(&code, &asking).send().await.json();
    let claims = part(answer["id_token"].as_str().unwrap(), 1);
    assert!(claims.get("nonce").is_none());
}

#[tokio::test]
async fn a_registered_query_is_kept_in_the_answer() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        redirect_uris: vec!["https://{id}.example/cb?tenant=1&x=%20".to_owned()],
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    let asking = scene.platform.ask();
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    assert_eq!(answer.parameter("tenant").as_deref(), Some("1"));
    assert!(
        answer
            .location()
            .unwrap()
            .contains("/cb?tenant=1&x=%20&code=")
    );
}

#[tokio::test]
async fn unknown_scopes_are_passed_over() {
    let mut scene = Scene::at(Provider::shared()).await;
    let asking = scene
        .platform
        .ask()
        .with("scope", "profile openid email enterprise");
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let code = answer.parameter("code").unwrap();
    let answer = scene.platform.redeem(&code, &asking).send().await.json();
    assert_eq!(answer["scope"], "openid enterprise");
}

#[tokio::test]
async fn a_hint_at_another_enterprise_never_ends_with_this_one() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let mut other = Scene::at(provider).await;
    other.platform = scene.platform;
    other.receive().await;
    let hint = tokens.id();
    let asking = other.platform.ask().with("id_token_hint", hint);
    let silent = asking.with("prompt", "none");
    let answer = other.browser.open(&silent.path()).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    let rubbish = other.platform.ask().with("id_token_hint", "not.a.token");
    let answer = other.browser.open(&rubbish.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request")
    );
}
