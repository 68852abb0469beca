//! HEAD (RFC 9110 §9.3.2): the answer to GET without its body, where a GET changes nothing.

use e2e::story::Scene;
use e2e::{Browser, Provider};
use reqwest::Method;

#[tokio::test]
async fn a_head_is_answered_as_a_get_without_the_body() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    let home = browser.open("/").await;
    let css = home.attribute("link[rel=stylesheet]", "href").unwrap();
    for path in [
        "/",
        "/login",
        "/bind",
        "/platforms",
        "/driver",
        "/help",
        "/certificate",
        "/nowhere",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/oauth2/jwks",
        "/healthz",
        "/readyz",
        "/favicon.ico",
        &css,
    ] {
        let got = browser.open(path).await;
        let head = browser.send(Method::HEAD, path, None).await;
        assert_eq!(head.status, got.status, "{path}");
        assert_eq!(head.body, "", "{path}");
        for name in ["content-type", "cache-control", "location"] {
            assert_eq!(head.header(name), got.header(name), "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn a_head_consumes_and_records_nothing() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let asking = scene.platform.ask();
    let page = scene.browser.open(&asking.path()).await;
    let consent = page.location().unwrap().to_owned();
    let end = provider.audit_end().await;
    for path in [
        &asking.path(),
        "/oauth2/authorize",
        &consent,
        "/oauth2/logout",
        "/logout",
    ] {
        let head = scene.browser.send(Method::HEAD, path, None).await;
        assert_eq!((head.status, head.header("allow")), (405, "GET, POST"));
        assert_eq!(head.body, "");
    }
    let head = scene
        .browser
        .send(Method::HEAD, "/oauth2/userinfo", None)
        .await;
    assert_eq!(head.status, 405);
    assert_eq!(head.header("allow"), "GET, POST, OPTIONS");
    assert_eq!(provider.audit_end().await, end);
    let page = scene.browser.open(&consent).await;
    assert!(page.has("#consent-form"), "{}", page.summary());
}
