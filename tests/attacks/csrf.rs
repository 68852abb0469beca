//! Posts that another site makes a browser send.

use e2e::browser::{csrf_token, set};
use e2e::proof::Challenge;
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Answer, Browser, Provider};
use idp_core::audit::AuditKind;
use serde_json::json;

/// Every form of the portal: its page, where it posts, what it carries.
const POSTS: [&str; 6] = [
    "/login",
    "/bind",
    "/consent",
    "/logout",
    "/challenge",
    "/bind/certificate",
];

async fn expect_forged(answer: &Answer, reason: &str) {
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "csrf"),
        "{}",
        answer.summary()
    );
    let provider = Provider::shared();
    provider
        .expect_incident(&answer.incident(), AuditKind::RequestForged, reason)
        .await;
}

#[tokio::test]
async fn a_post_from_another_origin_is_refused_before_anything_else() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.open("/certificate").await;
    let fields = [("csrf_token".to_owned(), csrf_token(&page))];
    for origin in [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "https://evil.example, http://127.0.0.1",
    ] {
        for path in POSTS {
            let mut forged = scene.browser.clone().with_header("origin", origin);
            let answer = forged.post(path, &fields).await;
            assert_eq!(answer.status, 403, "{origin} {path}: {}", answer.summary());
            expect_forged(&answer, "origin").await;
        }
    }
    assert_eq!(
        scene.browser.open("/certificate").await.status,
        200,
        "signed out by a stranger"
    );
}

#[tokio::test]
async fn a_post_that_the_browser_calls_cross_site_is_refused() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.open("/certificate").await;
    let fields = [("csrf_token".to_owned(), csrf_token(&page))];
    for site in ["cross-site", "same-site"] {
        let mut forged = scene.browser.clone().with_header("sec-fetch-site", site);
        expect_forged(&forged.post("/logout", &fields).await, "origin").await;
    }
    let origin = scene.platform.issuer.clone();
    let mut own = scene.browser.clone().with_header("origin", &origin);
    let answer = own.post("/logout", &fields).await;
    assert_eq!(answer.location(), Some("/signed-out"));
}

#[tokio::test]
async fn a_post_without_the_sessions_own_token_is_refused() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let other = Scene::at(provider).await.browser.open("/certificate").await;
    let tokens = [String::new(), "guess".to_owned(), csrf_token(&other)];
    for token in &tokens {
        for path in ["/login", "/bind", "/consent", "/logout"] {
            let fields = [("csrf_token".to_owned(), token.clone())];
            let answer = scene.browser.post(path, &fields).await;
            expect_forged(&answer, "csrf-token").await;
        }
    }
    let none: [(String, String); 0] = [];
    expect_forged(&scene.browser.post("/logout", &none).await, "csrf-token").await;
    assert_eq!(scene.browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn a_scripts_request_needs_the_token_too() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    browser.open("/login").await;
    let other = Browser::new(provider).open("/login").await;
    for (path, body) in [
        ("/challenge", json!({ "purpose": "login" })),
        ("/bind/certificate", json!({ "certificate": "AAAA" })),
    ] {
        let answer = browser.post_json(&other, path, &body).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (403, "csrf"),
            "{path}"
        );
        let incident = answer.json()["incident"].as_str().unwrap().to_owned();
        provider
            .expect_incident(&incident, AuditKind::RequestForged, "csrf-token")
            .await;
    }
}

#[tokio::test]
async fn a_true_proof_does_not_help_without_the_token() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    let page = browser.open("/bind").await;
    let mut fields = page.fields("#challenge-form");
    set(&mut fields, "proof", &Challenge::of(&page).proof(&lock));
    set(&mut fields, "csrf_token", "guess");
    fields.extend(binding_form(&lock.credit_code()));
    expect_forged(&browser.post("/bind", &fields).await, "csrf-token").await;
    assert!(provider.stored_lock(&lock).await.is_none());
    // The challenge was not spent on it: the page still works.
    set(&mut fields, "csrf_token", &csrf_token(&page));
    assert!(browser.post("/bind", &fields).await.has("#bound"));
}

#[tokio::test]
async fn a_token_that_comes_twice_is_refused() {
    let mut scene = Scene::at(Provider::shared()).await;
    let page = scene.browser.open("/certificate").await;
    let token = ("csrf_token".to_owned(), csrf_token(&page));
    let answer = scene.browser.post("/logout", &[token.clone(), token]).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-invalid")
    );
}
