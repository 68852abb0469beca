//! Signing out of the provider in one browser.

use e2e::story::Scene;
use e2e::{Browser, Provider};
use idp_core::audit::AuditKind;

#[tokio::test]
async fn signing_out_ends_the_session_in_this_browser_and_no_other() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut elsewhere = Browser::new(provider);
    elsewhere.sign_in(&scene.lock).await;
    let old = scene.browser.clone();

    let answer = scene.browser.sign_out().await;
    assert_eq!(answer.status, 200);
    assert!(answer.has("#signed-out"), "{}", answer.summary());
    assert!(scene.browser.session().is_none(), "the cookie stays");

    // Whoever kept the cookie has nothing.
    let mut thief = old;
    assert_eq!(thief.open("/certificate").await.location(), Some("/login"));
    let silent = scene.platform.ask().with("prompt", "none");
    let answer = thief.open(&silent.path()).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    assert_eq!(elsewhere.open("/certificate").await.status, 200);

    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    let trail = provider.audit().await;
    let ended = trail.iter().filter(|e| {
        e.event.kind == AuditKind::LoggedOut && e.event.key_lock_id.as_ref() == Some(&stored.id)
    });
    assert_eq!(ended.count(), 1);
}

#[tokio::test]
async fn a_link_signs_nobody_out() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.open("/logout").await;
    assert!(page.has("#confirm-sign-out-form"), "{}", page.summary());
    assert_eq!(scene.browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let provider = Provider::start(|config| config.lifetimes.session_idle = 4);
    let mut scene = Scene::at(&provider).await;
    // Each request begins the idle time anew.
    for _ in 0..3 {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        assert_eq!(scene.browser.open("/certificate").await.status, 200);
    }
    tokio::time::sleep(std::time::Duration::from_millis(4500)).await;
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
}

#[tokio::test]
async fn no_session_outlives_its_absolute_end() {
    let provider = Provider::start(|config| config.lifetimes.session_absolute = 3);
    let mut scene = Scene::at(&provider).await;
    for _ in 0..4 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        scene.browser.open("/certificate").await;
    }
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
}
