//! PostgreSQL or Redis gone: a clear 503 with an incident, and back to work by itself.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::account::information_form;
use e2e::browser::set;
use e2e::servers::{self, Server};
use e2e::story::{Scene, new_lock};
use e2e::wire::Wire;
use e2e::{Answer, Browser, Platform, Provider};

/// How long until the provider must serve again.
const RECOVERY: Duration = Duration::from_secs(30);

async fn ready(provider: &Provider) -> Answer {
    Browser::new(provider).open("/readyz").await
}

async fn recovers(provider: &Provider) {
    let deadline = Instant::now() + RECOVERY;
    while ready(provider).await.status != 200 {
        assert!(Instant::now() < deadline, "the provider does not recover");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn expect_unavailable(answer: &Answer, server: &str) {
    let server = server.split_once("127.0.0.1:").unwrap().1;
    let port = server.split_once('/').map_or(server, |(port, _)| port);
    assert_eq!(answer.status, 503, "{}", answer.summary());
    assert_eq!(answer.problem(), "unavailable", "{}", answer.summary());
    assert!(!answer.incident().is_empty());
    assert!(
        !answer.body.contains(&format!(":{port}")),
        "the page names a server"
    );
}

#[tokio::test]
async fn redis_that_stands_still_gives_a_clear_503_and_nothing_is_lost() {
    let Some(redis) = servers::redis(&[]).filter(Server::is_private) else {
        return;
    };
    let provider = Provider::start(|config| config.ephemeral.url.clone_from(&redis.url));
    let mut scene = Scene::at(&provider).await;
    let (code, asking) = scene.code().await;
    redis.signal("STOP");
    let began = Instant::now();
    expect_unavailable(&scene.browser.open("/login").await, &redis.url);
    let refused = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (503, "temporarily_unavailable")
    );
    let health = ready(&provider).await;
    assert_eq!(health.status, 503);
    assert_eq!(health.json()["ephemeral"], "down");
    assert_eq!(health.json()["database"], "up");
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    // What needs no ephemeral state is served on.
    assert_eq!(Browser::new(&provider).open("/help").await.status, 200);
    assert_eq!(
        Browser::new(&provider).open("/oauth2/jwks").await.status,
        200
    );
    redis.signal("CONT");
    recovers(&provider).await;
    assert_eq!(
        scene.browser.open("/certificate").await.status,
        200,
        "the session is lost"
    );
    scene.receive().await;
}

#[tokio::test]
async fn redis_that_is_gone_gives_a_clear_503_and_recovers() {
    let Some(redis) = servers::redis(&[]) else {
        return;
    };
    let wire = Wire::to(&redis.url);
    let provider = Provider::start(|config| config.ephemeral.url.clone_from(&wire.url));
    let mut scene = Scene::at(&provider).await;
    wire.cut();
    expect_unavailable(&scene.browser.open("/login").await, &wire.url);
    expect_unavailable(&scene.browser.open("/certificate").await, &wire.url);
    expect_unavailable(
        &scene.browser.open(&scene.platform.ask().path()).await,
        &wire.url,
    );
    assert_eq!(ready(&provider).await.json()["ephemeral"], "down");
    wire.mend();
    recovers(&provider).await;
    scene.receive().await;
}

#[tokio::test]
async fn postgres_that_is_gone_gives_a_clear_503_and_nothing_unwritten_counts() {
    let Some(postgres) = servers::postgres(&[], &[]) else {
        return;
    };
    let wire = Wire::to(&postgres.url);
    let provider = Provider::start(|config| {
        config.database.url.clone_from(&wire.url);
        // A database that other tests use too holds keys under theirs.
        config.master_key.value = STANDARD.encode([7; 32]);
    });
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    let platform = Platform::connect(&provider).await;
    let (code, asking) = platform.code(&mut Browser::new(&provider), &lock).await;
    let page = browser.open("/login").await;
    let mut own = Browser::new(&provider).with_header("origin", &provider.issuer);
    own.sign_in(&lock).await;
    let mut typed = information_form(&own.open("/account").await);
    set(&mut typed, "address", "新华大街 99 号");
    let written = provider.audit_end().await;

    wire.cut();
    let health = ready(&provider).await;
    assert_eq!(
        (health.status, health.json()["database"].as_str()),
        (503, Some("down"))
    );
    assert_eq!(health.json()["ephemeral"], "up");
    expect_unavailable(&browser.sign(&page, &lock).await, &wire.url);
    expect_unavailable(&browser.open("/platforms").await, &wire.url);
    // What was typed is still there, for our own page alone.
    expect_unavailable(&browser.post("/account", &typed).await, &wire.url);
    let kept = own.post("/account", &typed).await;
    assert_eq!(
        (kept.status, kept.problem().as_str()),
        (503, "information-unsaved")
    );
    assert_eq!(
        kept.attribute("#address", "value").as_deref(),
        Some("新华大街 99 号")
    );
    let refused = platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (503, "temporarily_unavailable")
    );
    let alive = Browser::new(&provider).open("/healthz").await;
    assert_eq!(alive.status, 200);

    wire.mend();
    recovers(&provider).await;
    // What could not be written did not happen.
    let since = provider.audit_after(written).await;
    assert!(since.is_empty(), "{since:#?}");
    assert_eq!(
        browser.open("/certificate").await.location(),
        Some("/login")
    );
    browser.sign_in(&lock).await;
    platform.receive(&mut browser, &lock).await;
}
