//! Two providers over one PostgreSQL and one Redis, behind a load balancer without sticky sessions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::jwt::verified;
use e2e::servers::{self, Server};
use e2e::story::new_lock;
use e2e::{Browser, Platform, Provider};
use idp::serve::REGISTRY_WATCH;
use idp_core::audit::AuditKind;
use idp_core::authorities::{self, Operator};
use idp_core::id::CaId;
use idp_core::operate;

struct Pair {
    one: Provider,
    other: Provider,
    _servers: [Server; 2],
}

impl Pair {
    /// `None` after a loud line when the servers are not installed.
    fn start() -> Option<Self> {
        let servers = [servers::postgres(&[], &[])?, servers::redis(&[])?];
        let [postgres, redis] = [servers[0].url.clone(), servers[1].url.clone()];
        let mut issuer = None;
        let mut start = || {
            Provider::start(|config| {
                config.database.url.clone_from(&postgres);
                config.ephemeral.url.clone_from(&redis);
                config.master_key.value = STANDARD.encode([7; 32]);
                config.issuer = issuer.get_or_insert_with(|| config.issuer.clone()).clone();
            })
        };
        let (one, other) = (start(), start());
        Some(Self {
            one,
            other,
            _servers: servers,
        })
    }
}

#[tokio::test]
async fn one_login_alternates_between_two_processes_from_its_first_request_to_its_last() {
    let Some(pair) = Pair::start() else { return };
    let platform = Platform::connect(&pair.one).await;
    let lock = new_lock();
    let mut browser = Browser::before(&[&pair.one, &pair.other]);
    browser.bind(&lock).await;
    let (code, asking) = platform.code(&mut browser, &lock).await;

    let answer = platform
        .redeem(&code, &asking)
        .at(&pair.other.base)
        .send()
        .await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let tokens = answer.json();
    let jwks = platform.fetch("/oauth2/jwks").await.json();
    let id_token = tokens["id_token"].as_str().unwrap();
    assert!(verified(id_token, &jwks, &pair.one.issuer, &platform.id).is_some());
    // Signed by the other, read at the one.
    let info = platform
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await;
    assert_eq!(info.status, 200, "{}", info.summary());
    assert_eq!(info.json()["name"], lock.holder);

    // A replay at the one kills what the other gave.
    let replay = platform
        .redeem(&code, &asking)
        .at(&pair.one.base)
        .send()
        .await;
    assert_eq!(
        (replay.status, replay.error().as_str()),
        (400, "invalid_grant")
    );
    let dead = platform
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await;
    assert_eq!(dead.status, 401);
    let replayed = pair
        .other
        .count_of_platform(&platform.id, AuditKind::CodeReplayed)
        .await;
    assert_eq!(replayed, 1);
}

/// On PostgreSQL two transactions run beside each other: the login reads while the freeze is not committed.
#[tokio::test]
async fn no_sign_in_that_runs_beside_a_freeze_or_a_rename_survives_it() {
    let Some(pair) = Pair::start() else { return };
    let lock = new_lock();
    Browser::new(&pair.one).bind(&lock).await;
    let mut browser = Browser::new(&pair.other);
    let page = browser.open("/login").await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (cx, code) = (pair.one.state.cx(), lock.credit_code().parse().unwrap());
    let order = operate::Order::new("审核员", "按材料办理").unwrap();
    let database = pair.one.state.database.clone();
    let freeze = tokio::spawn(async move {
        let frozen = database.write(move |store| {
            operate::freeze(store, &cx, &code, &order)?;
            begun.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(1));
            Ok::<_, operate::OperateError>(())
        });
        frozen.await.unwrap();
    });
    has_begun.await.unwrap();
    let answer = browser.sign(&page, &lock).await;
    assert_eq!(
        answer.problem(),
        "enterprise-suspended",
        "{}",
        answer.summary()
    );
    freeze.await.unwrap();
    let enterprise = pair.one.enterprise(&lock.credit_code()).await.unwrap();
    let database = &pair.one.state.database;
    let sessions = database.read(move |store| store.list_sessions(&enterprise.id, 9));
    assert!(
        sessions
            .await
            .unwrap()
            .iter()
            .all(|session| session.ended.is_some())
    );
}

#[tokio::test]
async fn a_session_begun_at_one_is_known_and_ended_at_the_other() {
    let Some(pair) = Pair::start() else { return };
    let lock = new_lock();
    let mut at_one = Browser::new(&pair.one);
    at_one.bind(&lock).await;
    at_one.sign_in(&lock).await;
    let mut at_other = Browser::new(&pair.other);
    at_other.cookies.clone_from(&at_one.cookies);
    let page = at_other.open("/certificate").await;
    assert_eq!(page.status, 200);
    let token = ("csrf_token".to_owned(), e2e::browser::csrf_token(&page));
    assert!(at_other.post("/logout", &[token]).await.has("#signed-out"));
    assert_eq!(at_one.open("/certificate").await.location(), Some("/login"));
}

#[tokio::test]
async fn of_a_hundred_redemptions_spread_over_two_processes_one_succeeds_at_most() {
    let Some(pair) = Pair::start() else { return };
    let platform = Platform::connect(&pair.one).await;
    let lock = new_lock();
    let mut browser = Browser::before(&[&pair.one, &pair.other]);
    browser.bind(&lock).await;
    let (code, asking) = platform.code(&mut browser, &lock).await;
    let requests = (0..100).map(|i| {
        let base = if i % 2 == 0 {
            &pair.one.base
        } else {
            &pair.other.base
        };
        let request = platform.redeem(&code, &asking).at(base);
        tokio::spawn(async move { request.send().await })
    });
    let mut tokens = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        let answer = request.await.unwrap();
        match answer.status {
            200 => tokens.push(answer.json()),
            _ => assert_eq!(answer.error(), "invalid_grant", "{}", answer.summary()),
        }
    }
    assert!(tokens.len() <= 1, "{} redemptions succeeded", tokens.len());
    for answer in &tokens {
        let info = platform
            .userinfo(answer["access_token"].as_str().unwrap())
            .await;
        assert_eq!(info.status, 401, "a replayed code's token lives");
    }
}

#[tokio::test]
async fn a_ca_suspended_at_one_is_refused_at_both_within_seconds() {
    let Some(pair) = Pair::start() else { return };
    let lock = new_lock();
    let mut browser = Browser::before(&[&pair.one, &pair.other]);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    let cx = pair.one.state.cx();
    let why = Operator {
        by: "test".to_owned(),
        reason: None,
    };
    let suspended = pair.one.state.database.write(move |store| {
        let id = CaId::from_text("p256-ca");
        authorities::suspend(store, &cx, &why, &id)
    });
    suspended.await.unwrap();
    tokio::time::sleep(3 * REGISTRY_WATCH).await;
    for provider in [&pair.one, &pair.other] {
        let answer = Browser::new(provider).try_sign_in(&lock).await;
        assert_eq!(answer.problem(), "ca-suspended");
    }
    // The session is in the store that both share.
    for _ in 0..2 {
        let page = browser.open("/certificate").await;
        assert_eq!(page.location(), Some("/login"));
    }
}
