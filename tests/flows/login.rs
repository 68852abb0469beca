//! 企业登录: which locks come in, and what the others are told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::authority::DAY;
use e2e::lock::credit_code;
use e2e::proof::Challenge;
use e2e::story::{binding_form, new_lock};
use e2e::{Answer, Browser, KeyKind, Lock, Order, Provider, world};
use idp_core::audit::AuditKind;
use protocol::proof::ProofAlgorithm;
use serde_json::json;

async fn refused(lock: &Lock, code: &str) -> Answer {
    let provider = Provider::shared();
    let answer = Browser::new(provider).try_sign_in(lock).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, code),
        "{}",
        answer.summary()
    );
    provider
        .expect_incident(&answer.incident(), AuditKind::LoginRefused, code)
        .await;
    answer
}

#[tokio::test]
async fn locks_of_every_kind_of_key_come_in() {
    let provider = Provider::shared();
    let world = world();
    let locks = [
        (&world.sm2, KeyKind::Sm2),
        (&world.p256, KeyKind::P256),
        (&world.p256, KeyKind::P384),
        (&world.rsa, KeyKind::Rsa(2048)),
        (&world.rsa, KeyKind::P256),
        (&world.sm2, KeyKind::P256),
    ];
    for (ca, kind) in locks {
        let lock = ca.lock(&Order::enterprise(kind));
        let mut browser = Browser::new(provider);
        browser.bind(&lock).await;
        browser.sign_in(&lock).await;
        let page = browser.open("/certificate").await;
        assert_eq!(
            page.text("#holder-name").as_deref(),
            Some(lock.holder.as_str()),
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn an_rsa_lock_may_sign_with_pss() {
    let provider = Provider::shared();
    let lock = world().rsa.lock(&Order::enterprise(KeyKind::Rsa(2048)));
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let page = browser.open("/login").await;
    let draft = Challenge::of(&page).draft_with(&lock, ProofAlgorithm::Ps256);
    let answer = browser.answer_challenge(&page, &draft.json(), &[]).await;
    assert_eq!(
        answer.location(),
        Some("/certificate"),
        "{}",
        answer.summary()
    );
}

#[tokio::test]
async fn a_web_eid_token_signs_in() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let page = browser.open("/login").await;
    let octets = Challenge::of(&page)
        .text()
        .web_eid_to_be_signed(ProofAlgorithm::Es256);
    let token = json!({
        "format": "web-eid:1.0",
        "unverifiedCertificate": STANDARD.encode(lock.certificate.der()),
        "algorithm": "ES256",
        "signature": STANDARD.encode(lock.sign(ProofAlgorithm::Es256, &octets)),
    });
    let answer = browser
        .answer_challenge(&page, &token.to_string(), &[])
        .await;
    assert_eq!(
        answer.location(),
        Some("/certificate"),
        "{}",
        answer.summary()
    );
}

#[tokio::test]
async fn a_sign_in_is_written_down() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    let stored = provider.stored_lock(&lock).await.unwrap();
    let trail = provider.audit().await;
    let mut of_lock = trail
        .iter()
        .filter(|e| e.event.key_lock_id.as_ref() == Some(&stored.id));
    let bound = &of_lock.next().unwrap().event;
    assert_eq!(bound.kind, AuditKind::BindingSucceeded);
    let event = &of_lock.next().unwrap().event;
    assert_eq!(event.kind, AuditKind::LoginSucceeded);
    assert_eq!(event.remote_address.as_deref(), Some("127.0.0.1"));
    assert!(event.session_id.is_some());
}

#[tokio::test]
async fn a_lock_that_is_not_bound_is_led_to_binding() {
    let answer = refused(&new_lock(), "not-bound").await;
    assert_eq!(
        answer.attribute("#error-summary a", "href").as_deref(),
        Some("/bind")
    );
}

#[tokio::test]
async fn another_lock_of_a_bound_enterprise_is_told_to_be_added() {
    let first = new_lock();
    Browser::new(Provider::shared()).bind(&first).await;
    let order = Order::of(KeyKind::P256, &first.holder, &first.credit_code());
    refused(&world().p256.lock(&order), "credit-code-bound").await;
}

#[tokio::test]
async fn a_lock_under_a_new_name_is_told_the_steps_of_a_renaming() {
    let first = new_lock();
    Browser::new(Provider::shared()).bind(&first).await;
    let order = Order::of(KeyKind::P256, "内蒙古新名称有限公司", &first.credit_code());
    let answer = refused(&world().p256.lock(&order), "enterprise-renamed").await;
    assert!(
        answer.texts("#error-advice li").len() >= 3,
        "the three steps of FAQ 6"
    );
}

#[tokio::test]
async fn expired_and_not_yet_valid_certificates_are_told_apart() {
    let expired = Order::enterprise(KeyKind::P256).valid(-9 * DAY, -DAY);
    let answer = refused(&world().p256.lock(&expired), "certificate-expired").await;
    assert!(answer.text("#error-message").unwrap().contains("已过期"));
    let early = Order::enterprise(KeyKind::P256).valid(DAY, 9 * DAY);
    refused(&world().p256.lock(&early), "certificate-not-yet-valid").await;
}

#[tokio::test]
async fn a_session_ends_with_the_certificate_it_came_with() {
    let provider = Provider::shared();
    let lock = world()
        .p256
        .lock(&Order::enterprise(KeyKind::P256).valid(-DAY, 8));
    let mut browser = Browser::new(provider);
    let bound = browser
        .bind_with(&lock, &binding_form(&lock.credit_code()))
        .await;
    assert!(bound.has("#bound"), "{}", bound.summary());
    browser.sign_in(&lock).await;
    assert_eq!(browser.open("/certificate").await.status, 200);
    tokio::time::sleep(std::time::Duration::from_secs(9)).await;
    assert_eq!(
        browser.open("/certificate").await.location(),
        Some("/login")
    );
    refused(&lock, "certificate-expired").await;
}

#[tokio::test]
async fn a_refused_login_page_can_be_answered_at_once() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let refused = browser.try_sign_in(&new_lock()).await;
    assert_eq!(refused.problem(), "not-bound");
    let answer = browser.sign(&refused, &lock).await;
    assert_eq!(
        answer.location(),
        Some("/certificate"),
        "{}",
        answer.summary()
    );
}

#[tokio::test]
async fn a_refusal_is_read_again_in_the_other_language_by_whom_it_was_shown() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider);
    let refused = browser.try_sign_in(&new_lock()).await;
    let (problem, incident) = (refused.problem(), refused.incident());
    let switch = refused.attribute("#lang-en", "href").unwrap();
    let english = browser.open(&switch).await;
    assert_eq!(english.status, 403, "{}", english.summary());
    assert_eq!(
        (english.problem(), english.incident()),
        (problem, incident.clone())
    );
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
    assert!(english.text("#error-message").unwrap().is_ascii());
    assert_ne!(Challenge::of(&english).nonce, Challenge::of(&refused).nonce);
    // Nothing was signed again.
    let events = provider.audit().await;
    let of_it = events.iter().filter(|it| {
        it.event
            .incident_id
            .as_ref()
            .is_some_and(|id| id.as_str() == incident)
    });
    assert_eq!(of_it.count(), 1);
    // Another browser, another incident and the plain address show none.
    assert!(
        !Browser::new(provider)
            .open(&switch)
            .await
            .has("#error-summary")
    );
    assert!(
        !browser
            .open("/login?refused=made-up")
            .await
            .has("#error-summary")
    );
    assert!(!browser.open("/login").await.has("#error-summary"));
}

#[tokio::test]
async fn a_bound_certificate_that_names_another_credit_code_is_refused() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let code = lock.credit_code().parse().unwrap();
    // As if the CA's profile had not read the code when it was bound, and another one was typed.
    let moved = provider.state.database.write(move |store| {
        let mut enterprise = store.find_enterprise_by_credit_code(&code)?.unwrap();
        enterprise.credit_code = credit_code().parse().unwrap();
        store.exchange_enterprise(&enterprise)
    });
    assert!(moved.await.unwrap());
    let refused = browser.try_sign_in(&lock).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "certificate-credit-code-differs")
    );
}

#[tokio::test]
async fn the_login_page_speaks_both_languages_and_so_does_the_statement() {
    let provider = Provider::shared();
    let chinese = Browser::new(provider).open("/login").await;
    let english = Browser::new(provider)
        .speaking("en-GB,en;q=0.8")
        .open("/login")
        .await;
    assert_eq!(chinese.attribute("html", "lang").as_deref(), Some("zh-CN"));
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
    let (one, other) = (
        Challenge::of(&chinese).statement,
        Challenge::of(&english).statement,
    );
    assert_ne!(one, other);
    assert!(!one.is_ascii() && other.is_ascii(), "{one} / {other}");
    // What is signed is what is shown.
    assert_eq!(chinese.text("#statement"), Some(one));
    assert_eq!(english.text("#statement"), Some(other));
}

#[tokio::test]
async fn the_page_says_for_which_platform_the_lock_signs() {
    let provider = Provider::shared();
    let platform = e2e::Platform::connect(provider).await;
    let page = Browser::new(provider).go(&platform.ask().path()).await;
    assert_eq!(
        page.text("#platform-name"),
        Some(platform.registration.name_zh.clone())
    );
}

#[tokio::test]
async fn the_page_shows_the_enterprise_a_platform_expects_and_no_other_text_of_it() {
    let provider = Provider::shared();
    let platform = e2e::Platform::connect(provider).await;
    let code = e2e::lock::credit_code();
    let page = Browser::new(provider)
        .go(&platform.ask().with("login_hint", &code).path())
        .await;
    assert_eq!(page.text("#expected-credit-code"), Some(code));
    for hint in ["请拨打 400-000-0000", "91350100M000100Y4A", "<b>x</b>"] {
        let page = Browser::new(provider)
            .go(&platform.ask().with("login_hint", hint).path())
            .await;
        assert!(page.has("#challenge-form"), "{}", page.summary());
        assert!(!page.body.contains(hint), "{hint}");
    }
}
