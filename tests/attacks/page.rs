//! Pages: headers against framing and scripts, and hostile names out of certificates.

use e2e::story::{Scene, binding_form};
use e2e::{Answer, Browser, KeyKind, Lock, Order, Platform, PlatformOrder, Provider, world};

fn expect_guarded(page: &Answer) {
    let asked = &page.asked;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{asked}: {policy}");
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{asked}: {policy}"
    );
    assert!(policy.contains("base-uri 'none'"), "{asked}: {policy}");
    for lax in ["unsafe-inline", "unsafe-eval", "*", "data:", "http:"] {
        let own = policy
            .split(' ')
            .filter(|word| !word.starts_with("http://127.0.0.1"));
        assert!(
            !own.clone().any(|word| word.contains(lax)),
            "{asked}: {lax} in {policy}"
        );
    }
    assert_eq!(page.header("x-frame-options"), "DENY", "{asked}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{asked}");
    assert_eq!(page.header("referrer-policy"), "same-origin", "{asked}");
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        "same-origin-allow-popups",
        "{asked}"
    );
}

#[tokio::test]
async fn every_answer_is_guarded_against_framing_scripts_and_sniffing() {
    let mut scene = Scene::at(Provider::shared()).await;
    let paths = [
        "/",
        "/login",
        "/bind",
        "/platforms",
        "/driver",
        "/help",
        "/certificate",
        "/nowhere",
        "/logout",
        "/signed-out",
        "/oauth2/logout?id_token_hint=x",
        "/oauth2/authorize",
        "/oauth2/userinfo",
        "/healthz",
        "/.well-known/openid-configuration",
    ];
    for path in paths {
        expect_guarded(&scene.browser.open(path).await);
    }
    expect_guarded(&scene.browser.post("/login", &[]).await);
    let consent = scene.browser.go(&scene.platform.ask().path()).await;
    expect_guarded(&consent);
    // Browsers hold the redirect after the form to form-action: the platform's origin and no other.
    let policy = consent.header("content-security-policy");
    let allowed = policy.split("form-action").nth(1).unwrap().trim();
    assert_eq!(
        allowed,
        format!("'self' https://{}.example", scene.platform.id)
    );
}

#[tokio::test]
async fn no_page_carries_script_or_style_of_its_own() {
    let mut scene = Scene::at(Provider::shared()).await;
    let consent = scene.platform.ask().path();
    for path in [
        "/",
        "/login",
        "/bind",
        "/platforms",
        "/driver",
        "/help",
        "/certificate",
        &consent,
    ] {
        let page = scene.browser.go(path).await;
        assert!(!page.has("script:not([src])"), "{path}");
        assert!(!page.has("style") && !page.has("[style]"), "{path}");
        for handler in ["onclick", "onload", "onerror", "onsubmit", "onfocus"] {
            assert!(!page.has(&format!("[{handler}]")), "{path}: {handler}");
        }
        // Tab-nabbing: a page in a new tab must not reach back.
        let unsafe_links = "[target]:not([rel~=noopener]), [rel~=opener]";
        assert!(
            !page.has(unsafe_links),
            "{path}: a new tab without rel=noopener"
        );
        for href in page.attributes("[href], [src]", "href") {
            assert!(
                !href.trim().to_lowercase().starts_with("javascript:"),
                "{path}: {href}"
            );
        }
    }
}

#[tokio::test]
async fn no_cache_keeps_a_page() {
    let mut scene = Scene::at(Provider::shared()).await;
    let consent = scene.platform.ask().path();
    for path in [
        "/",
        "/login",
        "/bind",
        "/platforms",
        "/certificate",
        "/nowhere",
        &consent,
    ] {
        let page = scene.browser.go(path).await;
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
}

/// Names that a careless page would run, break out of or turn around.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "{{ frame.csrf_token }} ${7*7} &lt;b&gt; &#60;",
    "甲\u{202e}司公\u{2066}\u{200b}乙",
];

fn hostile_lock(name: &str) -> Lock {
    let order = Order::enterprise(KeyKind::P256).with_subject("O", name);
    world().p256.lock(&order.with_subject("CN", name))
}

fn expect_inert(page: &Answer, path: &str) {
    assert!(!page.has("script:not([src])"), "{path}");
    assert!(
        !page.has("img[onerror]") && !page.has("[onmouseover]"),
        "{path}"
    );
    assert!(!page.has("svg[onload]"), "{path}");
    assert!(!page.body.contains("alert(1)</script>"), "{path}");
}

#[tokio::test]
async fn names_out_of_certificates_are_text_on_every_page() {
    let provider = Provider::shared();
    let mut bound_names = 0;
    for name in HOSTILE {
        let lock = hostile_lock(name);
        let mut browser = Browser::new(provider);
        let bound = browser
            .bind_with(&lock, &binding_form(&lock.credit_code()))
            .await;
        expect_inert(&bound, "/bind");
        if !bound.has("#bound") {
            // Refusing such a name is as good.
            assert_eq!(bound.status, 403, "{name}: {}", bound.summary());
            continue;
        }
        bound_names += 1;
        browser.sign_in(&lock).await;
        let platform = Platform::connect(provider).await;
        let consent = platform.ask().path();
        for path in [
            "/",
            "/certificate",
            "/platforms",
            "/help",
            "/bind",
            "/login",
            &consent,
        ] {
            let page = browser.go(path).await;
            assert_eq!(page.status, 200, "{path}");
            expect_inert(&page, path);
            let shown = page.text("#signed-in-enterprise").unwrap_or_default();
            assert!(
                shown.contains("alert(1)") || !name.contains("alert(1)"),
                "{path}: {shown}"
            );
        }
        let tokens = platform.receive(&mut browser, &lock).await;
        let info = platform.userinfo(tokens.access()).await;
        assert_eq!(info.header("content-type"), "application/json");
        assert!(info.json()["name"].is_string());
    }
    assert!(bound_names >= 4, "most of these names never reached a page");
}

#[tokio::test]
async fn marks_that_turn_text_around_do_not_reach_past_the_name() {
    let provider = Provider::shared();
    let lock = hostile_lock(HOSTILE[5]);
    let mut browser = Browser::new(provider);
    let bound = browser
        .bind_with(&lock, &binding_form(&lock.credit_code()))
        .await;
    if !bound.has("#bound") {
        return;
    }
    browser.sign_in(&lock).await;
    let page = browser.open("/certificate").await;
    let isolated = page.has("bdi#holder-name") || page.has("#holder-name bdi");
    let clean = !page.body.contains(['\u{202e}', '\u{2066}']);
    assert!(isolated || clean, "a name can turn the text around it");
}

#[tokio::test]
async fn line_breaks_in_a_subject_reach_no_header() {
    let provider = Provider::shared();
    let lock = hostile_lock("甲公司\r\nSet-Cookie: owned=1\r\n\r\n<h1>x</h1>");
    let mut browser = Browser::new(provider);
    let page = browser.open("/bind").await;
    let proof = e2e::proof::Challenge::of(&page).proof(&lock);
    let bound = browser
        .answer_challenge(&page, &proof, &binding_form(&lock.credit_code()))
        .await;
    let mut answers = vec![bound];
    answers.push(browser.try_sign_in(&lock).await);
    answers.push(browser.open("/certificate").await);
    for answer in answers {
        assert!(!browser.cookies.contains_key("owned"));
        for value in answer.headers.values() {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            assert!(!text.contains("owned"), "{text}");
        }
        expect_inert(&answer, &answer.asked);
    }
}

#[tokio::test]
async fn what_a_stranger_puts_into_an_address_is_text() {
    let provider = Provider::shared();
    let attack = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let paths = [
        format!("/platforms?q={attack}"),
        format!("/login?request={attack}"),
        format!("/login?lang={attack}"),
        format!("/consent?platform={attack}"),
        format!("/certificate?request={attack}"),
        format!("/oauth2/authorize?client_id={attack}"),
        format!("/{attack}"),
        format!("/help?x={attack}&lang=en"),
    ];
    let mut scene = Scene::at(provider).await;
    for path in &paths {
        for browser in [&mut Browser::new(provider), &mut scene.browser] {
            expect_inert(&browser.go(path).await, path);
        }
    }
}

#[tokio::test]
async fn names_of_platforms_are_text_too() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        name_zh: Some(HOSTILE[1].to_owned()),
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    expect_inert(&scene.browser.open("/platforms").await, "/platforms");
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    expect_inert(&page, "/consent");
    assert!(page.text("#consent-heading").unwrap().contains("onerror"));
}

#[tokio::test]
async fn typed_text_comes_back_as_text() {
    let provider = Provider::shared();
    let lock = hostile_lock("甲公司");
    let mut typed = binding_form("not a code");
    e2e::browser::set(&mut typed, "binder_name", HOSTILE[1]);
    e2e::browser::set(&mut typed, "phone", HOSTILE[0]);
    let page = Browser::new(provider).bind_with(&lock, &typed).await;
    expect_inert(&page, "/bind");
    assert_eq!(
        page.attribute("#binder_name", "value").as_deref(),
        Some(HOSTILE[1])
    );
}
