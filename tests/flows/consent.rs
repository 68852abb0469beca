//! 确认授权: every datum named, the answer recorded, and when the question is asked again.

use std::collections::BTreeSet;

use e2e::story::Scene;
use e2e::{Browser, Lock, Platform, PlatformOrder, Provider};
use idp_core::audit::AuditKind;
use idp_core::consent::{CLAIMS_VERSION, ConsentOutcome, TEXT_VERSION};
use idp_core::platform::ConsentPolicy;
use protocol::scope::ScopeSet;
use serde_json::Value;

async fn scene_with(order: PlatformOrder) -> Scene {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.platform = Platform::order(provider, order).await;
    scene
}

fn remembering(days: u16) -> PlatformOrder {
    PlatformOrder {
        consent: ConsentPolicy::RememberDays(days),
        ..PlatformOrder::default()
    }
}

#[tokio::test]
async fn the_page_names_the_platform_and_every_datum_it_will_receive() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let heading = page.text("#consent-heading").unwrap();
    assert!(
        heading.contains(&scene.platform.registration.name_zh),
        "{heading}"
    );
    let host = format!("{}.example", scene.platform.id);
    assert!(
        page.body.contains(&host),
        "where the browser goes next is not named"
    );

    let named: BTreeSet<String> = page
        .attributes("dd[data-claim]", "data-claim")
        .into_iter()
        .collect();
    let tokens = scene.receive().await;
    let info = scene.platform.userinfo(tokens.access()).await.json();
    let sent: BTreeSet<String> = info.as_object().unwrap().keys().cloned().collect();
    assert_eq!(named, sent, "named on the page / sent to the platform");
    for (claim, value) in info.as_object().unwrap() {
        if let Value::String(value) = value {
            let shown = page.text(&format!("dd[data-claim='{claim}']")).unwrap();
            // A fingerprint is read in hexadecimal, wherever certificates are compared.
            let read_as = match claim.as_str() {
                "x5t#S256" => fingerprint(&scene.lock),
                _ => value.clone(),
            };
            let translated = claim == "lock_role" || shown.contains(&read_as);
            assert!(translated, "{claim}: {value} is sent, {shown} is shown");
        }
    }
}

/// SHA-256 over the certificate, in groups of four.
fn fingerprint(lock: &Lock) -> String {
    let octets = lock.certificate.thumbprint_sha256();
    let groups = octets
        .chunks(2)
        .map(|pair| format!("{:02x}{:02x}", pair[0], pair[1]));
    groups.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_request_for_less_shows_and_sends_less() {
    let mut scene = Scene::at(Provider::shared()).await;
    let asking = scene.platform.ask().with("scope", "contact openid");
    let page = scene.browser.go(&asking.path()).await;
    let named: BTreeSet<String> = page
        .attributes("dd[data-claim]", "data-claim")
        .into_iter()
        .collect();
    let expected = ["sub", "phone_number", "address"].map(str::to_owned);
    assert_eq!(named, expected.into_iter().collect());
}

#[tokio::test]
async fn refusing_sends_the_platform_access_denied_and_is_recorded() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask();
    let page = scene.browser.go(&asking.path()).await;
    let answer = scene.browser.decide(&page, "refuse").await;
    assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.parameter("state"), Some(asking.state.clone()));
    assert_eq!(answer.parameter("iss"), Some(provider.issuer.clone()));
    assert_eq!(answer.parameter("code"), None);
    let records = provider.consents(&scene.lock).await;
    assert_eq!(records[0].outcome, ConsentOutcome::Refused);
    let refused = provider
        .count_of_platform(&scene.platform.id, AuditKind::ConsentRefused)
        .await;
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn the_record_says_who_what_when_in_which_words_and_how_it_ended() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let before = provider.state.cx().now;
    let mut english = scene.browser.clone().speaking("en");
    let page = english
        .go(&scene
            .platform
            .ask()
            .with("scope", "openid enterprise")
            .path())
        .await;
    english.decide(&page, "grant").await;
    scene.browser = english;
    let records = provider.consents(&scene.lock).await;
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    assert_eq!(record.enterprise_id, stored.enterprise_id);
    assert_eq!(record.key_lock_id, stored.id);
    assert_eq!(record.platform_id.as_str(), scene.platform.id);
    assert_eq!(record.scopes.to_string(), "openid enterprise");
    assert_eq!(
        (record.claims_version, record.text_version),
        (CLAIMS_VERSION, TEXT_VERSION)
    );
    assert_eq!(page.text("#text-version"), Some(TEXT_VERSION.to_string()));
    assert_eq!(record.language, "en");
    assert_eq!(record.outcome, ConsentOutcome::Granted);
    assert!(record.at >= before);
}

#[tokio::test]
async fn by_default_the_question_comes_at_every_login() {
    let mut scene = Scene::at(Provider::shared()).await;
    scene.receive().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    assert!(page.has("#consent-form"), "{}", page.summary());
}

#[tokio::test]
async fn a_platform_that_may_remember_is_not_asked_for_twice() {
    let mut scene = scene_with(remembering(30)).await;
    let narrow = scene.platform.ask().with("scope", "openid enterprise");
    let page = scene.browser.go(&narrow.path()).await;
    assert!(page.has("#consent-form"), "{}", page.summary());
    scene.browser.decide(&page, "grant").await;
    let again = scene.platform.ask().with("scope", "openid enterprise");
    let answer = scene.browser.go(&again.path()).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
    // In another sign-in too, but not for more.
    let mut other = Browser::new(Provider::shared());
    other.sign_in(&scene.lock).await;
    assert!(other.go(&again.path()).await.parameter("code").is_some());
    assert!(
        other
            .go(&scene.platform.ask().path())
            .await
            .has("#consent-form")
    );
    let forced = again.with("prompt", "consent");
    assert!(other.go(&forced.path()).await.has("#consent-form"));
}

#[tokio::test]
async fn remembering_for_no_days_asks_each_time() {
    // None is registered so any more; one that an earlier version registered asks.
    let mut scene = scene_with(remembering(1)).await;
    let none = ConsentPolicy::RememberDays(0);
    Provider::shared()
        .change_platform(&scene.platform.id, |platform| {
            platform.client.as_mut().unwrap().consent = none;
        })
        .await;
    scene.receive().await;
    assert!(
        scene
            .browser
            .go(&scene.platform.ask().path())
            .await
            .has("#consent-form")
    );
}

#[tokio::test]
async fn a_refusal_is_not_remembered_as_consent() {
    let mut scene = scene_with(remembering(30)).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    scene.browser.decide(&page, "refuse").await;
    assert!(
        scene
            .browser
            .go(&scene.platform.ask().path())
            .await
            .has("#consent-form")
    );
}

#[tokio::test]
async fn one_question_takes_one_answer() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let first = scene.browser.decide(&page, "refuse").await;
    assert!(first.parameter("error").is_some());
    let second = scene.browser.decide(&page, "grant").await;
    assert_eq!(
        (second.status, second.problem().as_str()),
        (400, "request-expired")
    );
}

#[tokio::test]
async fn a_platform_without_scopes_beyond_openid_learns_the_subject_alone() {
    let order = PlatformOrder {
        scopes: ScopeSet::of_known_words("openid"),
        ..PlatformOrder::default()
    };
    let mut scene = scene_with(order).await;
    let tokens = scene.receive().await;
    let info = scene.platform.userinfo(tokens.access()).await.json();
    assert_eq!(info.as_object().unwrap().len(), 1);
    assert!(info["sub"].is_string());
}

#[tokio::test]
async fn looking_at_a_consent_page_twice_at_once_costs_nobody_the_request() {
    let mut scene = Scene::at(Provider::shared()).await;
    let sent = scene.browser.open(&scene.platform.ask().path()).await;
    let path = sent.location().unwrap().to_owned();
    for _ in 0..20 {
        let (mut first, mut second) = (scene.browser.clone(), scene.browser.clone());
        let (one, other) = tokio::join!(first.open(&path), second.open(&path));
        assert!(one.has("#consent-form"), "{}", one.summary());
        assert!(other.has("#consent-form"), "{}", other.summary());
    }
    let page = scene.browser.open(&path).await;
    let answer = scene.browser.decide(&page, "grant").await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
}

#[tokio::test]
async fn a_refusal_ends_the_tokens_that_the_platform_already_has() {
    let mut scene = Scene::at(Provider::shared()).await;
    let tokens = scene.receive().await;
    let other = Platform::connect(Provider::shared()).await;
    let elsewhere = other.receive(&mut scene.browser, &scene.lock).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    scene.browser.decide(&page, "refuse").await;
    let answer = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_token")
    );
    // Another platform's are none of its business.
    assert_eq!(other.userinfo(elsewhere.access()).await.status, 200);
}
