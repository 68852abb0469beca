//! Certificates that are true and yet not good enough. Each is refused at binding and at login, and
//! nothing is kept.

use e2e::authority::{Authority, DAY};
use e2e::lock::credit_code;
use e2e::story::binding_form;
use e2e::{Browser, KeyKind, Lock, Order, Provider, world};
use idp::config::AuthorityConfig;
use idp_core::audit::AuditKind;
use idp_core::authorities;
use idp_core::hand::Hand;
use idp_core::id::CaId;

async fn refused(lock: &Lock, code: &str) {
    let provider = Provider::shared();
    let typed = credit_code();
    let bound = Browser::new(provider)
        .bind_with(lock, &binding_form(&typed))
        .await;
    assert_eq!(
        (bound.status, bound.problem().as_str()),
        (403, code),
        "{}",
        bound.summary()
    );
    provider
        .expect_incident(&bound.incident(), AuditKind::BindingRefused, code)
        .await;
    assert!(provider.enterprise(&typed).await.is_none());
    let login = Browser::new(provider).try_sign_in(lock).await;
    assert_eq!(
        (login.status, login.problem().as_str()),
        (403, code),
        "{}",
        login.summary()
    );
    provider
        .expect_incident(&login.incident(), AuditKind::LoginRefused, code)
        .await;
    assert!(provider.stored_lock(lock).await.is_none());
}

fn p256(change: impl FnOnce(Order) -> Order) -> Lock {
    world().p256.lock(&change(Order::enterprise(KeyKind::P256)))
}

#[tokio::test]
async fn a_lock_of_an_unknown_ca_is_refused() {
    for kind in [KeyKind::P256, KeyKind::Sm2, KeyKind::Rsa(2048)] {
        refused(
            &world().foreign.lock(&Order::enterprise(kind)),
            "foreign-ca",
        )
        .await;
    }
}

#[tokio::test]
async fn a_lock_of_a_suspended_ca_is_refused_until_the_ca_is_recognised_again() {
    let list = e2e::scratch::folder("crl-of-test").join("rsa.crl");
    world().rsa.publish_list(&list, (-DAY, DAY));
    let entry = world().rsa.entry(list);
    let provider = Provider::start(|config| {
        config.certificate_authorities.push(AuthorityConfig {
            id: "to-be-suspended".to_owned(),
            ..entry
        });
    });
    let lock = world().rsa.lock(&Order::enterprise(KeyKind::P256));
    let suspend = |id: &'static str| {
        let cx = provider.state.cx();
        let why = Hand {
            operator_id: None,
            by: "test".to_owned(),
            reason: Some("test".to_owned()),
        };
        let id = CaId::from_text(id);
        let database = provider.state.database.clone();
        async move {
            let done = database.write(move |store| authorities::suspend(store, &cx, &why, &id));
            done.await.unwrap();
        }
    };
    // Of two entries of the same CA one is active still: the lock is recognised by it.
    suspend("to-be-suspended").await;
    idp::certificates::follow(&provider.state).await.unwrap();
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    suspend("rsa-ca").await;
    idp::certificates::follow(&provider.state).await.unwrap();
    for typed in [credit_code(), lock.credit_code()] {
        let bound = Browser::new(&provider)
            .bind_with(&lock, &binding_form(&typed))
            .await;
        assert_eq!(
            (bound.status, bound.problem().as_str()),
            (403, "ca-suspended")
        );
        provider
            .expect_incident(&bound.incident(), AuditKind::BindingRefused, "ca-suspended")
            .await;
    }
    let login = browser.try_sign_in(&lock).await;
    assert_eq!(
        (login.status, login.problem().as_str()),
        (403, "ca-suspended")
    );
    provider
        .expect_incident(&login.incident(), AuditKind::LoginRefused, "ca-suspended")
        .await;
}

#[tokio::test]
async fn a_ca_that_only_says_it_is_ours_is_refused() {
    // Same name as the recognised CA, another key.
    let lock = Authority::impostor(&world().p256).lock(&Order::enterprise(KeyKind::P256));
    let provider = Provider::shared();
    let login = Browser::new(provider).try_sign_in(&lock).await;
    assert_eq!(login.status, 403, "{}", login.summary());
    assert!(["foreign-ca", "certificate-invalid"].contains(&login.problem().as_str()));
    assert!(provider.stored_lock(&lock).await.is_none());
}

#[tokio::test]
async fn the_encryption_certificate_of_a_lock_is_refused_with_its_own_words() {
    let usage = "keyUsage=critical,keyEncipherment,dataEncipherment,keyAgreement";
    refused(
        &p256(|o| o.with_extension(usage)),
        "only-encryption-certificate",
    )
    .await;
}

#[tokio::test]
async fn a_certificate_for_something_else_is_refused() {
    let server = p256(|o| o.with_extension("extendedKeyUsage=serverAuth"));
    refused(&server, "certificate-not-for-signing").await;
    let client = p256(|o| o.with_extension("extendedKeyUsage=clientAuth"));
    Browser::new(Provider::shared()).bind(&client).await;
}

#[tokio::test]
async fn a_legal_persons_lock_is_refused() {
    refused(
        &p256(|o| o.with_subject("OU", "法人锁")),
        "legal-person-lock",
    )
    .await;
}

#[tokio::test]
async fn a_lock_of_undecidable_kind_is_refused() {
    refused(
        &p256(|o| o.with_subject("OU", "业务部")),
        "lock-kind-undecidable",
    )
    .await;
}

#[tokio::test]
async fn two_credit_codes_in_one_certificate_are_refused() {
    let second = format!("1.2.86.11.7.3=ASN1:UTF8String:{}", credit_code());
    refused(
        &p256(|o| o.with_extension(&second)),
        "conflicting-credit-codes",
    )
    .await;
}

#[tokio::test]
async fn a_credit_code_with_a_wrong_check_digit_is_refused() {
    let wrong = "1.2.156.10260.4.1.4=ASN1:UTF8String:91350100M000100Y4A";
    refused(
        &p256(|o| o.with_extension(wrong)),
        "certificate-credit-code-bad",
    )
    .await;
}

#[tokio::test]
async fn weak_keys_and_digests_are_refused() {
    let short = world().rsa.lock(&Order::enterprise(KeyKind::Rsa(1024)));
    refused(&short, "certificate-key-weak").await;
    let mut order = Order::enterprise(KeyKind::Rsa(2048));
    order.digest = Some("sha1");
    let provider = Provider::shared();
    let login = Browser::new(provider)
        .try_sign_in(&world().rsa.lock(&order))
        .await;
    assert_eq!(login.status, 403, "{}", login.summary());
    assert_eq!(login.problem(), "certificate-key-weak");
}

#[tokio::test]
async fn an_unknown_critical_extension_is_refused() {
    let unknown = "1.2.3.4.5=critical,ASN1:UTF8String:must understand";
    refused(&p256(|o| o.with_extension(unknown)), "certificate-invalid").await;
}

#[tokio::test]
async fn a_lock_that_is_a_ca_is_refused() {
    let lock = p256(|o| {
        o.with_extension("basicConstraints=critical,CA:TRUE")
            .with_extension("keyUsage=critical,digitalSignature,keyCertSign")
    });
    let provider = Provider::shared();
    let login = Browser::new(provider).try_sign_in(&lock).await;
    assert_eq!(login.status, 403, "{}", login.summary());
}

#[tokio::test]
async fn a_lock_issued_by_a_lock_is_refused() {
    let lock = world().p256.lock_of_lock(&Order::enterprise(KeyKind::P256));
    let login = Browser::new(Provider::shared()).try_sign_in(&lock).await;
    assert_eq!(
        (login.status, login.problem().as_str()),
        (403, "foreign-ca")
    );
}

#[tokio::test]
async fn a_certificate_without_name_or_key_number_is_refused() {
    let order = || {
        let mut order = Order::enterprise(KeyKind::P256);
        order.subject.retain(|(name, _)| *name != "serialNumber");
        order
    };
    refused(&world().p256.lock(&order()), "certificate-invalid").await;
}
