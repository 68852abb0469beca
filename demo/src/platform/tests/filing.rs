//! 主体信息备案: kept apart by platform, kept through mistakes.

use serde_json::Value;

use super::browser::Browser;
use super::fake_provider::{FakeProvider, Wrong};
use super::{Folder, csrf, file, open};

#[actix_web::test]
async fn a_filing_at_one_platform_is_none_at_another() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_first, first) = open("chifeng", &provider, &folder.0);
    let (_second, second) = open("huhehaote", &provider, &folder.0);
    let mut browser = Browser::at(&first);
    let page = browser.get("/auth/login").await;
    let form = browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    file(&mut browser, &form).await;
    browser.at = second;
    let page = browser.get("/auth/login").await;
    let form = browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    assert!(form.contains(r#"<form id="filing-form""#));
    // One host, two platforms: neither session disturbs the other.
    browser.at = first;
    assert_eq!(browser.me().await["filing"], "pending");
}

#[actix_web::test]
async fn what_was_typed_into_a_filing_outlives_a_mistake_a_reload_and_the_language_switch() {
    let (provider, folder) = (FakeProvider::start(Wrong::default()), Folder::new());
    let (_running, origin) = open("chifeng", &provider, &folder.0);
    let mut browser = Browser::at(&origin);
    let page = browser.get("/auth/login").await;
    let form = browser.post("/confirm", &[("csrf", &csrf(&page))]).await;
    let token = csrf(&form);
    let half_way = [
        ("csrf", token.as_str()),
        ("contact_person", "乌云"),
        ("phone", "not yet"),
        ("note", "<b>first</b>"),
    ];
    let kept = |page: &str| {
        assert!(page.contains(r#"value="乌云""#), "{page}");
        assert!(page.contains(r#"value="not yet""#), "{page}");
        assert!(page.contains("first&#60;/b&#62;</textarea>"), "{page}");
    };
    let switch: Vec<_> = (half_way.into_iter()).chain([("language", "en")]).collect();
    let english = browser.post("/filing", &switch).await;
    kept(&english);
    assert!(english.contains(r#"<html lang="en">"#) && !english.contains("phone-mistake"));
    let wrong = browser.post("/filing", &half_way).await;
    kept(&wrong);
    assert!(wrong.contains("phone-mistake") && !wrong.contains("contact-person-mistake"));
    assert_eq!(browser.at.path(), "/filing");
    let again = browser.get("/filing").await;
    kept(&again);
    assert!(again.contains("phone-mistake"));
    assert_eq!(browser.me().await["filing"], Value::Null);
    assert!(
        file(&mut browser, &again)
            .await
            .contains(r#"id="filing-pending""#)
    );
}
