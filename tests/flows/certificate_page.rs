//! 证书信息: what the lock says, and the way on.

use e2e::authority::DAY;
use e2e::story::{Scene, new_lock};
use e2e::{Browser, KeyKind, Order, Provider, world};

#[tokio::test]
async fn the_page_shows_what_the_certificate_says_and_leads_to_the_platforms() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.open("/certificate").await;
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    let shown = |id: &str| page.text(id).unwrap_or_default();
    assert_eq!(shown("#holder-name"), scene.lock.holder);
    assert_eq!(shown("#credit-code"), scene.lock.credit_code());
    assert_eq!(shown("#authority"), "内蒙古乙CA");
    assert_eq!(shown("#key-number"), stored.key_number);
    assert_eq!(shown("#media-number"), "5303201712015217");
    assert_eq!(
        shown("#serial-number"),
        scene.lock.certificate.serial_number()
    );
    assert!(shown("#subject").contains(&scene.lock.holder));
    assert!(shown("#issuer").contains("内蒙古乙CA"));
    assert!(!shown("#validity").is_empty() && !shown("#lock-role").is_empty());
    let enter = page.attribute("#enter-authorization", "href");
    assert_eq!(enter.as_deref(), Some("/platforms"));
    assert!(!page.has("#expiry-reminder"));
}

#[tokio::test]
async fn a_certificate_that_ends_within_sixty_days_shows_a_reminder() {
    let provider = Provider::shared();
    for (days, reminded) in [(59, true), (62, false)] {
        let order = Order::enterprise(KeyKind::P256).valid(-DAY, days * DAY);
        let lock = world().p256.lock(&order);
        let mut browser = Browser::new(provider);
        browser.bind(&lock).await;
        browser.sign_in(&lock).await;
        let page = browser.open("/certificate").await;
        assert_eq!(page.has("#expiry-reminder"), reminded, "{days} days left");
    }
}

#[tokio::test]
async fn the_page_is_for_whoever_is_signed_in() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    assert_eq!(
        browser.open("/certificate").await.location(),
        Some("/login")
    );
    browser.bind(&new_lock()).await;
    assert_eq!(
        browser.open("/certificate").await.location(),
        Some("/login")
    );
}

#[tokio::test]
async fn with_a_waiting_request_the_page_leads_to_its_consent() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask().with("prompt", "login");
    let page = scene.browser.go(&asking.path()).await;
    let answer = scene.browser.sign(&page, &scene.lock).await;
    let page = scene.browser.follow(answer).await;
    assert_eq!(
        page.text("#platform-name"),
        Some(scene.platform.registration.name_zh.clone())
    );
    let enter = page.attribute("#enter-authorization", "href").unwrap();
    assert!(enter.starts_with("/consent?request="), "{enter}");
}
