//! From the portal: sign in, choose a platform, consent, and the platform begins its own request
//! (`OpenID` Connect Core §4). No code is ever sent unasked.

use e2e::story::{Scene, new_lock};
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
    let back = answer.location().unwrap().to_owned();
    assert_eq!(back, format!("/platforms?refused={}", scene.platform.id));
    let page = scene.browser.open(&back).await;
    let notice = page.text("#refused").unwrap();
    assert!(
        notice.contains(&scene.platform.registration.name_zh),
        "{notice}"
    );
    // The notice is not what an address says: a stranger sees none, nor does whoever was not refused.
    let mut stranger = Browser::new(Provider::shared());
    assert!(!stranger.open(&back).await.has("#refused"));
    let made_up = scene.browser.open("/platforms?refused=hohhot").await;
    assert!(!made_up.has("#refused"));
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
    let login = format!("/login?platform={}", platform.id);
    assert_eq!(answer.location(), Some(login.as_str()));
}

#[tokio::test]
async fn a_platform_chosen_before_login_is_where_one_comes_to_after_it() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let page = browser.open("/platforms").await;
    let choice = format!("#platform-{}", platform.id);
    let href = page.attribute(&choice, "href").unwrap();
    let login = browser.go(&href).await;
    let name = Some(platform.registration.name_zh.clone());
    assert_eq!(login.text("#platform-name"), name, "{}", login.summary());
    // A refused lock does not lose the way.
    let login = browser.sign(&login, &new_lock()).await;
    assert_eq!(login.problem(), "not-bound");
    assert_eq!(login.text("#platform-name"), name);
    let switch = login.attribute("#lang-en", "href").unwrap();
    assert!(switch.contains(&platform.id), "{switch}");
    let answer = browser.sign(&login, &lock).await;
    let certificate = browser.follow(answer).await;
    assert_eq!(certificate.text("#platform-name"), name);
    let enter = certificate.attribute("#enter-authorization", "href");
    let consent = browser.open(&enter.unwrap()).await;
    assert!(consent.has("#consent-form"), "{}", consent.summary());
    assert!(consent.body.contains(&platform.registration.name_zh));
}

#[tokio::test]
async fn a_way_that_nobody_offers_leads_to_the_list() {
    let mut scene = Scene::at(Provider::shared()).await;
    for made_up in ["https://evil.example", "//evil.example", "nobody", "%00"] {
        let page = scene
            .browser
            .open(&format!("/certificate?platform={made_up}"))
            .await;
        let enter = page.attribute("#enter-authorization", "href");
        assert_eq!(enter.as_deref(), Some("/platforms"), "{made_up}");
        let mut stranger = Browser::new(Provider::shared());
        let login = stranger.open(&format!("/login?platform={made_up}")).await;
        assert_eq!(login.status, 200);
        assert!(!login.has("input[name=platform]"), "{made_up}");
        let refused = stranger.open(&format!("/consent?platform={made_up}")).await;
        assert_eq!(refused.problem(), "platform-unknown");
    }
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
    let words = page.text(&format!("#own-site-{}", scene.platform.id));
    let site = format!("https://{}.example/", scene.platform.id);
    assert!(words.unwrap().contains(&site), "how it is entered");
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
