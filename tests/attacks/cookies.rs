//! Sessions and their cookies.

use e2e::proof::Challenge;
use e2e::story::{Scene, new_lock};
use e2e::{Browser, Provider};

#[tokio::test]
async fn signing_in_makes_a_new_session_and_the_planted_one_is_dead() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut victim = Browser::new(provider);
    victim.bind(&lock).await;
    // The attacker knows the cookie from before: it is his own, planted.
    let attacker = victim.clone();
    victim.sign_in(&lock).await;
    assert_ne!(victim.session(), attacker.session());
    let mut attacker = attacker;
    assert_eq!(
        attacker.open("/certificate").await.location(),
        Some("/login")
    );
    let planted = attacker.session().cloned();
    let page = attacker.open("/login").await;
    assert_ne!(
        attacker.session().cloned(),
        planted,
        "a dead session came back to life"
    );
    // Nor does the token of the old session post into the new one.
    let fields = page.fields("#challenge-form");
    let mut mixed = victim.clone();
    assert_eq!(mixed.post("/logout", &fields).await.status, 403);
}

#[tokio::test]
async fn signing_in_again_replaces_the_session() {
    let mut scene = Scene::at(Provider::shared()).await;
    let old = scene.browser.clone();
    scene
        .browser
        .sign_in_again(&scene.platform, &scene.lock)
        .await;
    let mut old = old;
    assert_eq!(old.open("/certificate").await.location(), Some("/login"));
    assert_eq!(scene.browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn a_cookie_nobody_gave_opens_nothing_and_is_not_adopted() {
    let provider = Provider::shared();
    for value in ["", "x", &"a".repeat(4000), "..%2f", "' OR 1=1"] {
        let mut browser = Browser::new(provider);
        browser
            .cookies
            .insert("yzt_session".to_owned(), value.to_owned());
        assert_eq!(
            browser.open("/certificate").await.location(),
            Some("/login"),
            "{value}"
        );
        browser.open("/login").await;
        assert_ne!(browser.session().map(String::as_str), Some(value));
    }
}

#[tokio::test]
async fn on_https_the_session_cookie_is_host_bound_secure_and_out_of_reach_of_scripts() {
    let provider = Provider::start(|config| config.issuer = "https://yzt.example".to_owned());
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    let page = browser.open("/login?lang=en").await;
    assert_eq!(Challenge::of(&page).origin, "https://yzt.example");
    let cookies = page.headers_named("set-cookie");
    let session = cookies
        .iter()
        .find(|c| c.starts_with("__Host-yzt-session="))
        .unwrap();
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.contains(flag), "{flag} is missing: {session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    let value = session.split(['=', ';']).nth(1).unwrap();
    assert!(value.len() >= 43, "256 bits");
    for cookie in &cookies {
        assert!(
            cookie.contains("Secure") && cookie.contains("HttpOnly"),
            "{cookie}"
        );
    }
    let transport = page.header("strict-transport-security");
    assert!(transport.contains("max-age="), "{transport}");
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    assert_eq!(browser.open("/certificate").await.status, 200);
    // Without the prefix it is a stranger's cookie.
    let mut other = Browser::new(&provider);
    other
        .cookies
        .insert("yzt_session".to_owned(), browser.session().unwrap().clone());
    assert_eq!(other.open("/certificate").await.location(), Some("/login"));
}

#[tokio::test]
async fn on_loopback_http_the_cookie_is_still_out_of_reach_of_scripts() {
    let page = Browser::new(Provider::shared()).open("/login").await;
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("yzt_session="), "{cookie}");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_page_that_only_shows_begins_no_session() {
    let provider = Provider::shared();
    for path in [
        "/",
        "/help",
        "/driver",
        "/platforms",
        "/certificate",
        "/nowhere",
    ] {
        let answer = Browser::new(provider).open(path).await;
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
}
