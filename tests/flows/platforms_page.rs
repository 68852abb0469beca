//! 交易平台: the directory by zone, searched in both languages.

use e2e::story::Scene;
use e2e::{Browser, Platform, Provider};
use idp_core::platform::PlatformState;

#[tokio::test]
async fn the_directory_holds_the_platforms_of_the_guide_in_three_zones() {
    let provider = Provider::start(|_| ());
    let page = Browser::new(&provider).open("/platforms").await;
    assert_eq!(page.attributes(".card", "data-platform").len(), 15);
    assert_eq!(page.texts("section.zone h2").len(), 3);
    for id in [
        "neimenggu",
        "hohhot",
        "chifeng",
        "manzhouli",
        "erenhot",
        "alxa",
    ] {
        assert!(page.has(&format!("#card-{id}")), "{id} is missing");
    }
    // Listed only: nothing to press.
    assert!(!page.has(".card a"));
}

#[tokio::test]
async fn search_finds_by_chinese_and_english_name_and_by_code() {
    let mut browser = Browser::new(Provider::shared());
    for query in ["呼和浩特", "hohhot", "HOHHOT", "150100"] {
        let page = browser.open(&format!("/platforms?q={query}")).await;
        assert_eq!(page.attributes(".card", "id"), ["card-hohhot"], "{query}");
    }
    let none = browser.open("/platforms?q=没有这样的平台").await;
    assert!(none.attributes(".card", "id").is_empty());
    assert_eq!(none.attribute("#platforms-none", "hidden"), None);
    assert_eq!(
        none.attribute("#search", "value").as_deref(),
        Some("没有这样的平台")
    );
}

#[tokio::test]
async fn the_page_speaks_both_languages() {
    let mut browser = Browser::new(Provider::shared());
    let chinese = browser.open("/platforms?q=chifeng").await;
    let english = browser.open("/platforms?q=chifeng&lang=en").await;
    assert_eq!(
        chinese.text("#card-chifeng h3").as_deref(),
        Some("赤峰市交易中心")
    );
    assert_eq!(
        english.text("#card-chifeng h3").as_deref(),
        Some("Chifeng Trading Centre")
    );
}

#[tokio::test]
async fn a_connected_platform_can_be_chosen_and_shows_its_own_support() {
    let mut scene = Scene::at(Provider::shared()).await;
    let id = scene.platform.id.clone();
    let page = scene.browser.open("/platforms").await;
    let href = page.attribute(&format!("#platform-{id}"), "href");
    assert_eq!(href, Some(format!("/consent?platform={id}")));
    // FAQ 12: business questions go to the platform itself.
    assert!(
        page.text(&format!("#card-{id}"))
            .unwrap()
            .contains("0476-1234567")
    );
}

#[tokio::test]
async fn a_suspended_platform_stays_in_the_list_and_can_not_be_entered() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let suspended = Platform::connect(provider).await;
    provider
        .change_platform(&suspended.id, |p| p.state = PlatformState::Suspended)
        .await;
    let page = scene.browser.open("/platforms").await;
    assert!(page.has(&format!("#card-{}", suspended.id)));
    assert!(!page.has(&format!("#platform-{}", suspended.id)));
    let forced = scene
        .browser
        .open(&format!("/consent?platform={}", suspended.id))
        .await;
    assert_eq!(
        (forced.status, forced.problem().as_str()),
        (403, "platform-suspended")
    );
    let listed = scene.browser.open("/consent?platform=wuhai").await;
    assert_eq!(
        (listed.status, listed.problem().as_str()),
        (404, "platform-not-connected")
    );
    let unknown = scene.browser.open("/consent?platform=nowhere").await;
    assert_eq!(
        (unknown.status, unknown.problem().as_str()),
        (404, "platform-unknown")
    );
}
