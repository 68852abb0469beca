//! Revocation lists: honoured, taken up when they change, and closed when they are stale.

use std::path::{Path, PathBuf};
use std::time::Duration;

use e2e::account::lock_of_same;
use e2e::authority::{Authority, DAY};
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Browser, KeyKind, Order, Provider, scratch, world};
use idp::certificates::follow;
use idp::config::AuthorityConfig;
use idp_core::audit::AuditKind;
use idp_core::authorities;
use idp_core::hand::Hand;
use idp_core::id::CaId;
use idp_core::key_lock::KeyLockState;
use idp_core::session::{SessionEnding, Which};

const PATIENCE: Duration = Duration::from_secs(8);

/// A provider that recognises the P-256 CA alone, with its list in this file.
fn provider_with(list: &Path) -> Provider {
    let entry = world().p256.entry(list.to_owned());
    Provider::start(|config| config.certificate_authorities = vec![entry])
}

fn list_file() -> PathBuf {
    scratch::folder("crl-of-test").join("p256.crl")
}

fn ca() -> &'static Authority {
    &world().p256
}

#[tokio::test]
async fn a_revoked_lock_is_refused_and_its_live_session_and_tokens_end() {
    let list = list_file();
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let mut scene = Scene::at(&provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let mut colleague = Browser::new(&provider);
    colleague.sign_in(&second).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    ca().revoke(&scene.lock);
    ca().publish_list(&list, (-DAY, DAY));
    provider.state.lists.refresh();
    let answer = Browser::new(&provider).try_sign_in(&scene.lock).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "certificate-revoked")
    );
    let message = answer.text("#error-message").unwrap();
    assert!(
        message.contains("该证书已被吊销，请联系CA签发机构"),
        "{message}"
    );
    let incident = answer.incident();
    provider
        .expect_incident(&incident, AuditKind::LoginRefused, "certificate-revoked")
        .await;

    // FAQ 11: what lived by that lock is over.
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    let dead = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(dead.status, 401);
    assert!(dead.header("www-authenticate").contains("invalid_token"));
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    assert_eq!(stored.state, KeyLockState::Revoked);
    // The enterprise's other lock sees its session over, not live.
    let sessions = colleague.open("/account/sessions").await;
    assert_eq!(sessions.texts("#sessions tbody tr").len(), 1);
    let history = colleague.open("/account/history").await;
    let history = history.text("#history").unwrap();
    assert!(history.contains("企业锁已停用"), "{history}");
}

#[tokio::test]
async fn a_code_on_its_way_dies_with_the_lock() {
    let list = list_file();
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let mut scene = Scene::at(&provider).await;
    let (code, asking) = scene.code().await;
    ca().revoke(&scene.lock);
    ca().publish_list(&list, (-DAY, DAY));
    provider.state.lists.refresh();
    Browser::new(&provider).try_sign_in(&scene.lock).await;
    let answer = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
}

#[tokio::test]
async fn once_seen_revoked_a_lock_stays_revoked() {
    let list = list_file();
    ca().publish_list(&list, (-DAY, DAY));
    let later = ca().list((-DAY + 60, DAY));
    let provider = provider_with(&list);
    let lock = new_lock();
    Browser::new(&provider).bind(&lock).await;
    ca().revoke(&lock);
    ca().publish_list(&list, (-DAY, DAY));
    provider.state.lists.refresh();
    let answer = Browser::new(&provider).try_sign_in(&lock).await;
    assert_eq!(answer.problem(), "certificate-revoked");
    // A later list comes without the lock.
    std::fs::write(&list, later).unwrap();
    provider.state.lists.refresh();
    let answer = Browser::new(&provider).try_sign_in(&lock).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "lock-not-active")
    );
}

#[tokio::test]
async fn an_older_list_in_a_file_takes_no_newer_ones_place() {
    let list = list_file();
    let (older, lock) = (ca().list((-2 * DAY, DAY)), new_lock());
    ca().revoke(&lock);
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let is_refused = async || {
        let answer = Browser::new(&provider).try_sign_in(&lock).await;
        assert_eq!(answer.problem(), "certificate-revoked");
    };
    is_refused().await;
    std::fs::write(&list, older).unwrap();
    provider.state.lists.refresh();
    is_refused().await;
    let report = provider.state.lists.report();
    let why = report[0].last_error.clone().unwrap();
    assert!(why.contains("it is older than the one at hand"), "{why}");
    assert_eq!(report[0].errors, 1);
    // Nor when the registry changes, which has every file read again.
    let registry = provider.state.verdicts.registry();
    provider.state.lists.follow(&registry);
    is_refused().await;
    // A newer one does.
    std::fs::write(&list, ca().list((-DAY + 60, DAY))).unwrap();
    provider.state.lists.refresh();
    assert_eq!(provider.state.lists.report()[0].last_error, None);
}

#[tokio::test]
async fn a_revoked_lock_can_not_be_bound() {
    let list = list_file();
    let lock = new_lock();
    ca().revoke(&lock);
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let form = binding_form(&lock.credit_code());
    let answer = Browser::new(&provider).bind_with(&lock, &form).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "certificate-revoked")
    );
    assert!(provider.enterprise(&lock.credit_code()).await.is_none());
}

#[tokio::test]
async fn a_stale_list_closes_until_a_fresh_one_is_there() {
    let list = list_file();
    ca().publish_list(&list, (-2 * DAY, -DAY));
    let provider = provider_with(&list);
    let lock = new_lock();
    let form = binding_form(&lock.credit_code());
    let closed = Browser::new(&provider).bind_with(&lock, &form).await;
    assert_eq!(
        (closed.status, closed.problem().as_str()),
        (403, "revocation-unavailable")
    );
    assert!(!closed.incident().is_empty());
    ca().publish_list(&list, (-DAY, DAY));
    provider.state.lists.refresh();
    let open = Browser::new(&provider).bind_with(&lock, &form).await;
    assert!(open.has("#bound"), "{}", open.summary());
}

#[tokio::test]
async fn a_list_that_runs_out_closes_for_a_lock_that_was_good_before() {
    let list = list_file();
    ca().publish_list(&list, (-DAY, 8));
    let provider = provider_with(&list);
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    tokio::time::sleep(std::time::Duration::from_secs(9)).await;
    let answer = Browser::new(&provider).try_sign_in(&lock).await;
    assert_eq!(answer.problem(), "revocation-unavailable");
}

#[tokio::test]
async fn without_any_list_nobody_comes_in() {
    let provider = provider_with(&list_file());
    let answer = Browser::new(&provider).try_sign_in(&new_lock()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "revocation-unavailable")
    );
}

#[tokio::test]
async fn a_file_that_turns_to_rubbish_leaves_the_last_good_list_in_force() {
    let list = list_file();
    let revoked = new_lock();
    ca().revoke(&revoked);
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    std::fs::write(&list, "-----BEGIN X509 CRL-----\nnonsense").unwrap();
    provider.state.lists.refresh();
    let good = new_lock();
    Browser::new(&provider).bind(&good).await;
    let answer = Browser::new(&provider).try_sign_in(&revoked).await;
    assert_eq!(answer.problem(), "certificate-revoked");
}

#[tokio::test]
async fn a_list_signed_by_another_ca_does_not_count() {
    let list = list_file();
    // Same file, but of the CA outside the region.
    world().outside.publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let answer = Browser::new(&provider).try_sign_in(&new_lock()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "revocation-unavailable")
    );
}

#[tokio::test]
async fn a_list_forged_under_the_cas_name_does_not_count() {
    let list = list_file();
    Authority::impostor(ca()).publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let answer = Browser::new(&provider).try_sign_in(&new_lock()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "revocation-unavailable")
    );
}

#[tokio::test]
async fn a_new_list_ends_live_sessions_and_tokens_before_anybody_signs_again() {
    let list = list_file();
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    ca().revoke(&scene.lock);
    ca().publish_list(&list, (-DAY, DAY));
    provider.state.lists.refresh();
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    assert_eq!(stored.state, KeyLockState::Revoked);
}

#[tokio::test]
async fn a_revoked_lock_is_ended_although_the_list_of_a_ca_above_it_has_run_out() {
    let root = Authority::namesake(&world().rsa, "stale-root");
    let issuing = Authority::namesake(&world().p256, "below-stale-root");
    let cross = issuing.cross_certificate(&root, (-DAY, 30 * DAY));
    let lists = [list_file(), list_file()];
    root.publish_list(&lists[0], (-DAY, DAY));
    issuing.publish_list(&lists[1], (-DAY, DAY));
    let entry = AuthorityConfig {
        id: "stale-root".to_owned(),
        intermediates: vec![cross],
        crls: lists.to_vec(),
        ..root.entry(PathBuf::new())
    };
    let provider = Provider::start(move |config| {
        config.certificate_authorities = vec![entry];
        config.revocation.watch_seconds = 1;
    });
    let lock = issuing.lock(&Order::enterprise(KeyKind::P256));
    let mut scene = Scene::with(&provider, lock).await;
    let tokens = scene.receive().await;
    root.publish_list(&lists[0], (-DAY + 60, 1));
    let verdict = async || {
        let answer = Browser::new(&provider).try_sign_in(&scene.lock).await;
        answer.problem()
    };
    let end = tokio::time::Instant::now() + PATIENCE;
    while verdict().await != "revocation-unavailable" {
        assert!(tokio::time::Instant::now() < end, "it does not run out");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    issuing.revoke(&scene.lock);
    issuing.publish_list(&lists[1], (-DAY + 60, DAY));
    let state = async || provider.stored_lock(&scene.lock).await.unwrap().state;
    let end = tokio::time::Instant::now() + PATIENCE;
    while state().await != KeyLockState::Revoked {
        assert!(tokio::time::Instant::now() < end, "the lock lives on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(verdict().await, "certificate-revoked");
}

#[tokio::test]
async fn grants_that_outlived_their_sign_in_end_with_an_event_too() {
    let list = list_file();
    ca().publish_list(&list, (-DAY, DAY));
    let provider = provider_with(&list);
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    // As the sign-outs of earlier versions did: the sign-in ended, its grants did not.
    let now = provider.state.cx().now;
    let enterprise = provider
        .stored_lock(&scene.lock)
        .await
        .unwrap()
        .enterprise_id;
    let ended = provider
        .state
        .database
        .write(move |store| {
            store.end_sessions(&enterprise, Which::All, (now, SessionEnding::SignedOut))
        })
        .await;
    assert_eq!(ended.unwrap(), 1);
    let userinfo = async || scene.platform.userinfo(tokens.access()).await.status;
    assert_eq!(userinfo().await, 200);

    let (cx, by) = (provider.state.cx(), "操作员".to_owned());
    let why = Hand {
        operator_id: None,
        by,
        reason: None,
    };
    let suspended = provider
        .state
        .database
        .write(move |store| authorities::suspend(store, &cx, &why, &CaId::from_text("p256-ca")));
    suspended.await.unwrap();
    follow(&provider.state).await.unwrap();
    assert_eq!(userinfo().await, 401);
    let trail = provider.audit().await;
    let mut events = trail.iter().map(|entry| &entry.event);
    let event = events.find(|event| event.kind == AuditKind::SessionsEnded);
    let event = event.expect("it is written down");
    assert_eq!(event.reason.as_deref(), Some("ca-suspended"));
    assert_eq!(event.detail.as_deref(), Some("0 sign-ins, 1 grants"));
}
