//! From the portal: sign in, choose a platform, consent, and the platform begins its own request
//! (`OpenID` Connect Core §4). No code is ever sent unasked.

use e2e::story::Scene;
use e2e::{Answer, Browser, Platform, PlatformOrder, Provider};

async fn choose(scene: &mut Scene) -> Answer {
    let page = scene.browser.open("/platforms").await;
    let href = page
        .attribute(&format!("#platform-{}", scene.platform.id), "href")
        .unwrap();
    scene.browser.go(&href).await
}

#[tokio::test]
async fn a_chosen_platform_begins_its_own_request_and_is_let_through_once() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = choose(&mut scene).await;
    let to_platform = scene.browser.decide(&page, "grant").await;
    let client = scene.platform.client();
    let location = to_platform.location().unwrap();
    assert!(
        location.starts_with(client.initiate_login_uri.as_ref().unwrap()),
        "{location}"
    );
    assert_eq!(to_platform.parameter("iss"), Some(provider.issuer.clone()));
    assert_eq!(
        to_platform.parameter("target_link_uri"),
        client.target_link_uri
    );
    assert_eq!(to_platform.parameter("code"), None);

    // The platform checks the issuer and asks; nobody is asked a second time.
    let asking = scene.platform.ask();
    let answer = scene.browser.open(&asking.path()).await;
    let code = answer
        .parameter("code")
        .unwrap_or_else(|| panic!("{}", answer.summary()));
    let tokens = scene.platform.redeem(&code, &asking).send().await.json();
    let info = scene
        .platform
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await;
    assert_eq!(info.json()["name"], scene.lock.holder);

    let again = scene.browser.go(&scene.platform.ask().path()).await;
    assert!(
        again.has("#consent-form"),
        "the consent served twice: {}",
        again.summary()
    );
}

#[tokio::test]
async fn consent_given_at_the_portal_serves_that_platform_and_that_sign_in_alone() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = choose(&mut scene).await;
    scene.browser.decide(&page, "grant").await;
    let other = Platform::connect(provider).await;
    assert!(
        scene
            .browser
            .go(&other.ask().path())
            .await
            .has("#consent-form")
    );
    let mut elsewhere = Browser::new(provider);
    elsewhere.sign_in(&scene.lock).await;
    assert!(
        elsewhere
            .go(&scene.platform.ask().path())
            .await
            .has("#consent-form")
    );
    let forced = scene.platform.ask().with("prompt", "consent");
    assert!(scene.browser.go(&forced.path()).await.has("#consent-form"));
}

#[tokio::test]
async fn refusing_at_the_portal_leads_back_to_the_platforms() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = choose(&mut scene).await;
    let answer = scene.browser.decide(&page, "refuse").await;
    assert_eq!(answer.location(), Some("/platforms"));
    assert!(
        scene
            .browser
            .go(&scene.platform.ask().path())
            .await
            .has("#consent-form")
    );
}

#[tokio::test]
async fn consent_given_at_the_portal_does_not_wait_for_ever() {
    let provider = Provider::start(|config| config.lifetimes.fresh_consent = 1);
    let mut scene = Scene::at(&provider).await;
    let page = choose(&mut scene).await;
    scene.browser.decide(&page, "grant").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert!(
        scene
            .browser
            .go(&scene.platform.ask().path())
            .await
            .has("#consent-form")
    );
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let answer = Browser::new(provider)
        .open(&format!("/consent?platform={}", platform.id))
        .await;
    assert_eq!(answer.location(), Some("/login"));
}

#[tokio::test]
async fn a_platform_without_an_initiate_login_uri_is_reached_from_its_own_page_alone() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        from_portal: false,
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    let page = scene.browser.open("/platforms").await;
    assert!(page.has(&format!("#card-{}", scene.platform.id)));
    assert!(!page.has(&format!("#platform-{}", scene.platform.id)));
    scene.receive().await;
}

#[tokio::test]
async fn a_refusal_takes_back_what_was_given_a_moment_ago() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = choose(&mut scene).await;
    scene.browser.decide(&page, "grant").await;
    let page = choose(&mut scene).await;
    scene.browser.decide(&page, "refuse").await;
    let answer = scene.browser.go(&scene.platform.ask().path()).await;
    assert!(answer.has("#consent-form"), "{}", answer.summary());
}
