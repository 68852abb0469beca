//! Two providers over one PostgreSQL and one Redis, behind a load balancer without sticky sessions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::account::{information_form, lock_of_same, order_of_same};
use e2e::authority::DAY;
use e2e::browser::set;
use e2e::jwt::verified;
use e2e::listener::Listener;
use e2e::proof::Challenge;
use e2e::registration::{described, own, put_back, terms};
use e2e::servers::{self, Server};
use e2e::story::{Scene, new_lock};
use e2e::{
    Answer, Browser, KeyKind, Lock, Order, Platform, PlatformOrder, Provider, TokenRequest, world,
};
use idp::serve::REGISTRY_WATCH;
use idp_core::audit::AuditKind;
use idp_core::authorities;
use idp_core::directory;
use idp_core::hand::Hand;
use idp_core::id::{CaId, KeyLockId, PlatformId};
use idp_core::key_lock::{KeyLock, Thumbprint};
use idp_core::operate;
use idp_core::store::{Store, StoreError};
use reqwest::Method;

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
                config.outbound.allow_loopback = true;
                config.registration.enabled = true;
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
    let answer = at_other.post("/logout", &[token]).await;
    assert!(at_other.follow(answer).await.has("#signed-out"));
    assert_eq!(at_one.open("/certificate").await.location(), Some("/login"));
}

#[tokio::test]
async fn a_platform_is_told_once_however_many_processes_look_for_what_is_due() {
    let Some(pair) = Pair::start() else { return };
    let listener = Listener::start();
    let platform = Platform::order(&pair.one, listener.order()).await;
    for _ in 0..8 {
        let scene = Scene::at(&pair.one).await;
        let mut browser = scene.browser;
        platform.receive(&mut browser, &scene.lock).await;
        let done = pair.other.operate(&scene.lock, |store, cx, code, order| {
            operate::freeze(store, cx, code, order)
        });
        done.await.unwrap();
    }
    listener.wait_for(8).await;
    tokio::time::sleep(2 * idp::telling::TELL_EVERY).await;
    let told = listener.told();
    let sids: std::collections::BTreeSet<_> = told
        .iter()
        .map(|token| e2e::jwt::part(token, 1)["sid"].to_string())
        .collect();
    assert_eq!((told.len(), sids.len()), (8, 8));
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
    let why = Hand {
        operator_id: None,
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

/// Runs in a transaction of its own and leaves it open for a second; answers once that has begun.
async fn uncommitted<E: std::fmt::Debug + From<StoreError> + Send + 'static>(
    provider: &Provider,
    work: impl FnOnce(&mut dyn Store) -> Result<(), E> + Send + 'static,
) -> tokio::task::JoinHandle<()> {
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let database = provider.state.database.clone();
    let running = tokio::spawn(async move {
        let written = database.write(move |store| {
            work(store)?;
            begun.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(1));
            Ok::<_, E>(())
        });
        written.await.unwrap();
    });
    has_begun.await.unwrap();
    running
}

/// An operator is about to have reported this lock lost.
async fn losing(provider: &Provider, lock: &Lock) -> tokio::task::JoinHandle<()> {
    let (cx, code) = (provider.state.cx(), lock.credit_code().parse().unwrap());
    let id = provider.lock_id(lock).await;
    let order = operate::Order::new("审核员", "丢失").unwrap();
    uncommitted(provider, move |store| {
        operate::lock_lost(store, &cx, &code, (&id, &order))
    })
    .await
}

#[tokio::test]
async fn nothing_is_changed_by_a_sign_in_whose_lock_is_being_reported_lost() {
    let Some(pair) = Pair::start() else { return };
    // 激活
    let mut scene = Scene::at(&pair.one).await;
    let second = lock_of_same(&scene.lock);
    let page = scene.browser.open("/account/locks").await;
    let proof = Challenge::of(&page).proof(&second);
    let lost = losing(&pair.other, &scene.lock).await;
    let answer = scene.browser.answer_challenge(&page, &proof, &[]).await;
    assert_eq!(answer.problem(), "not-primary-lock", "{}", answer.summary());
    lost.await.unwrap();
    assert!(pair.one.stored_lock(&second).await.is_none());
    // 修改信息
    let mut scene = Scene::at(&pair.one).await;
    let mut form = information_form(&scene.browser.open("/account").await);
    set(&mut form, "phone", "0471-1234567");
    let lost = losing(&pair.other, &scene.lock).await;
    let answer = scene.browser.post("/account", &form).await;
    assert_eq!(answer.problem(), "session-expired", "{}", answer.summary());
    lost.await.unwrap();
    // 确认授权
    let mut scene = Scene::at(&pair.one).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let lost = losing(&pair.other, &scene.lock).await;
    let answer = scene.browser.decide(&page, "grant").await;
    assert_eq!(answer.problem(), "session-expired", "{}", answer.summary());
    let incident = answer.incident();
    lost.await.unwrap();
    assert!(pair.one.consents(&scene.lock).await.is_empty());
    pair.one
        .expect_incident(&incident, AuditKind::ConsentMisused, "sign-in-ended")
        .await;
}

#[tokio::test]
async fn changes_of_one_account_at_once_wait_for_each_other() {
    let Some(pair) = Pair::start() else { return };
    let scene = Scene::at(&pair.one).await;
    for path in [
        "/account/sessions/end-others",
        "/account/locks/remove",
        "/account",
    ] {
        let page = scene.browser.clone().open("/account").await;
        let attempts = (0..12).map(|i| {
            let mut browser = scene.browser.clone();
            let mut form = information_form(&page);
            set(&mut form, "phone", &format!("0471-12345{i:02}"));
            form.push(("lock".to_owned(), "none".to_owned()));
            tokio::spawn(async move { browser.post(path, &form).await })
        });
        for attempt in attempts.collect::<Vec<_>>() {
            let answer: Answer = attempt.await.unwrap();
            assert!(answer.status < 500, "{path}: {}", answer.summary());
        }
    }
}

/// Of two transactions that write one key number, the second finds out only when the first is committed.
#[tokio::test]
async fn a_renewal_that_loses_its_key_number_in_the_same_moment_is_refused_in_words() {
    let Some(pair) = Pair::start() else { return };
    let elsewhere = new_lock();
    Browser::new(&pair.one).bind(&elsewhere).await;
    let order = Order::enterprise(KeyKind::P256).valid(-DAY, 40 * DAY);
    let due = world().p256.lock(&order);
    Browser::new(&pair.one).bind(&due).await;
    let number = "K-5303201712";
    let order = order_of_same(&due).with_subject("serialNumber", number);
    let next = world().p256.lock(&order);
    let stored = pair.one.stored_lock(&elsewhere).await.unwrap();
    let taker = KeyLock {
        id: KeyLockId::from_text("taker"),
        thumbprint: Thumbprint([7; 32]),
        role: protocol::claims::LockRole::Secondary,
        key_number: number.to_owned(),
        ..stored
    };
    let insertion = uncommitted(&pair.other, move |store| {
        assert!(store.insert_key_lock(&taker)?);
        Ok::<_, StoreError>(())
    })
    .await;
    let answer = Browser::new(&pair.one).try_sign_in(&next).await;
    insertion.await.unwrap();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "lock-bound-elsewhere"),
        "{}",
        answer.summary()
    );
}

/// For up to a second a copy judges by the registry as it was.
#[tokio::test]
async fn a_copy_that_lags_behind_the_registry_ends_no_sign_in_for_good() {
    let Some(pair) = Pair::start() else { return };
    let lock = new_lock();
    Browser::new(&pair.one).bind(&lock).await;
    let change = async |to: fn(&mut dyn Store, &_, &_, &CaId) -> Result<_, _>| {
        let (cx, why) = (
            pair.one.state.cx(),
            Hand {
                operator_id: None,
                by: "test".to_owned(),
                reason: None,
            },
        );
        let id = CaId::from_text("p256-ca");
        let database = &pair.one.state.database;
        let changed = database.write(move |store| to(store, &cx, &why, &id));
        changed.await.unwrap();
    };
    for _ in 0..3 {
        change(authorities::suspend).await;
        tokio::time::sleep(3 * REGISTRY_WATCH).await;
        change(authorities::activate).await;
        idp::certificates::follow(&pair.one.state).await.unwrap();
        let mut at_one = Browser::new(&pair.one);
        at_one.sign_in(&lock).await;
        let mut at_other = Browser::new(&pair.other);
        at_other.cookies.clone_from(&at_one.cookies);
        at_other.open("/certificate").await;
        tokio::time::sleep(3 * REGISTRY_WATCH).await;
        for browser in [&mut at_one, &mut at_other] {
            let page = browser.open("/certificate").await;
            assert_eq!(page.status, 200, "{}", page.summary());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_manages_its_registration_at_either_process() {
    let Some(pair) = Pair::start() else { return };
    let told = pair.one.registered(terms(), &described()).await;
    let (uri, token) = own(&told);
    // The address names the issuer, which is the first of them.
    for provider in [&pair.one, &pair.other] {
        let uri = uri.replace(&pair.one.issuer, &provider.base);
        let shown = provider.manage(Method::GET, (&uri, token), None).await;
        assert_eq!(shown.status, 200, "{}", shown.summary());
        let body = put_back(&told);
        let put = provider
            .manage(Method::PUT, (&uri, token), Some(&body))
            .await;
        assert_eq!(put.status, 200, "{}", put.summary());
        let wrong = provider.manage(Method::GET, (&uri, "wrong"), None).await;
        assert_eq!(wrong.status, 401, "{}", wrong.summary());
    }
    let elsewhere = uri.replace(&pair.one.issuer, &pair.other.base);
    let gone = pair.other.manage(Method::DELETE, (&elsewhere, token), None);
    assert_eq!(gone.await.status, 204);
    let after = pair.one.manage(Method::GET, (uri, token), None).await;
    assert_eq!(after.status, 401, "{}", after.summary());
}

/// On PostgreSQL the redemption begins while the suspension is not committed: it waits, and finds the platform stopped.
#[tokio::test]
async fn no_code_that_is_redeemed_beside_a_suspension_gives_anything_then_or_later() {
    let Some(pair) = Pair::start() else { return };
    let platform = Platform::connect(&pair.one).await;
    let lock = new_lock();
    let mut browser = Browser::new(&pair.other);
    browser.bind(&lock).await;
    let (code, asking) = platform.code(&mut browser, &lock).await;
    let act = directory::Act {
        operator_id: None,
        by: "test",
        reason: Some("beside"),
    };
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (cx, id) = (pair.one.state.cx(), PlatformId::from_text(&platform.id));
    let (database, stopped) = (pair.one.state.database.clone(), id.clone());
    let suspension = tokio::spawn(async move {
        let done = database.write(move |store| {
            directory::suspend(store, &cx, &stopped, act)?;
            begun.send(()).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(1));
            Ok::<_, directory::DirectoryError>(())
        });
        done.await.unwrap();
    });
    has_begun.await.unwrap();
    let redeemed = platform.redeem(&code, &asking).at(&pair.other.base);
    let answer = redeemed.send().await;
    suspension.await.unwrap();
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant"),
        "{}",
        answer.summary()
    );
    let cx = pair.one.state.cx();
    let done = pair
        .one
        .state
        .database
        .write(move |store| directory::activate(store, &cx, &id, (act, None)));
    done.await.unwrap();
    let redeemed = pair
        .other
        .count_of_platform(&platform.id, AuditKind::CodeRedeemed);
    assert_eq!(redeemed.await, 0);
}

#[tokio::test]
async fn what_a_platform_gives_up_of_its_own_at_one_process_is_worth_nothing_at_the_other() {
    const ARCHIVE: &str = "https://archive.example/";
    let Some(pair) = Pair::start() else { return };
    let mut order = PlatformOrder::default();
    order.tokens.client_credentials = true;
    order.tokens.resources = vec![ARCHIVE.to_owned()];
    let platform = Platform::order(&pair.one, order).await;
    let asked = TokenRequest::own(&platform).with("resource", ARCHIVE);
    let token = asked.send().await.json()["access_token"].clone();
    let token = token.as_str().unwrap();
    let look = async || {
        let asked = TokenRequest::about(&platform, "/oauth2/introspect", token);
        asked.at(&pair.other.base).send().await.json()["active"].clone()
    };
    assert_eq!(look().await, true);
    let given_up = TokenRequest::about(&platform, "/oauth2/revoke", token);
    assert_eq!(given_up.send().await.status, 200);
    assert_eq!(look().await, false);
}
