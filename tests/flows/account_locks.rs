//! 证书绑定: FAQ 8 and 9, by the primary lock's session.

use e2e::account::{lock_of_same, order_of_same};
use e2e::proof::Challenge;
use e2e::story::{Scene, new_lock};
use e2e::{Browser, KeyKind, Order, Provider, world};
use idp_core::audit::AuditKind;
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::operate::{self, OperateError, OperateRefusal};
use protocol::claims::LockRole;

#[tokio::test]
async fn faq_8_a_second_lock_is_activated_by_its_own_signature_and_signs_in() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    let mut other = Browser::new(provider);
    let before = other.try_sign_in(&second).await;
    assert_eq!(before.problem(), "credit-code-bound");

    let page = scene.browser.open("/account/locks").await;
    let challenge = Challenge::of(&page);
    assert_eq!(challenge.purpose.as_str(), "activate-lock");
    assert!(
        challenge.statement.contains(&scene.lock.holder) && challenge.statement.contains("副锁")
    );
    let list = scene.browser.activate(&second).await;
    let stored = provider.stored_lock(&second).await.unwrap();
    assert_eq!(
        (stored.role, stored.state),
        (LockRole::Secondary, KeyLockState::Active)
    );
    assert_eq!(stored.holder_name, second.holder);
    assert_eq!(stored.media_number.as_deref(), Some("5303201712015217"));
    assert_eq!(list.texts("#locks tbody tr").len(), 2);
    let row = list.text(&format!("#lock-{}", stored.id)).unwrap();
    for shown in [
        &stored.key_number,
        &second.holder,
        "副锁",
        "有效",
        "5303201712015217",
    ] {
        assert!(row.contains(shown), "{shown}: {row}");
    }
    other.sign_in(&second).await;
    assert!(
        other
            .open("/certificate")
            .await
            .text("#lock-role")
            .unwrap()
            .contains("副锁")
    );
    let trail = provider.audit().await;
    let event = trail.iter().find(|e| {
        e.event.kind == AuditKind::LockActivated && e.event.key_lock_id.as_ref() == Some(&stored.id)
    });
    assert_eq!(
        event.unwrap().event.enterprise_id,
        Some(stored.enterprise_id)
    );
}

#[tokio::test]
async fn faq_9_removing_a_secondary_lock_ends_its_session_tokens_and_codes_at_once() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let mut other = Browser::new(provider);
    other.sign_in(&second).await;
    let tokens = scene.platform.receive(&mut other, &second).await;
    let (code, asking) = scene.platform.code(&mut other, &second).await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    let id = provider.lock_id(&second).await;
    let address = format!("/account/locks/remove?lock={id}");
    let page = scene.browser.open(&address).await;
    assert!(page.has("#confirm-remove"), "{}", page.summary());
    let still = provider.stored_lock(&second).await.unwrap();
    assert_eq!(still.state, KeyLockState::Active, "asking removes nothing");
    let answer = scene
        .browser
        .post("/account/locks/remove", &page.fields("#remove-form"))
        .await;
    let list = scene.browser.follow(answer).await;
    assert!(
        list.text("#done").unwrap().contains(&still.key_number),
        "{}",
        list.summary()
    );
    assert!(
        list.text(&format!("#lock-{id}"))
            .unwrap()
            .contains("已删除")
    );

    assert_eq!(other.open("/certificate").await.location(), Some("/login"));
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let redeemed = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (redeemed.status, redeemed.error().as_str()),
        (400, "invalid_grant")
    );
    assert_eq!(
        other.try_sign_in(&second).await.problem(),
        "lock-not-active"
    );

    // Activated again with a fresh signature, it signs in; what ended stays ended.
    scene.browser.activate(&second).await;
    assert_eq!(provider.lock_id(&second).await, id);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    other.sign_in(&second).await;
}

#[tokio::test]
async fn the_primary_lock_is_not_removed_this_way() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let id = provider.lock_id(&scene.lock).await.to_string();
    let answer = scene
        .browser
        .post_own("/account/locks/remove", &[("lock", &id)])
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "primary-lock-stays")
    );
    provider
        .expect_incident(
            &answer.incident(),
            AuditKind::LockChangeRefused,
            "primary-lock-stays",
        )
        .await;
    assert_eq!(scene.browser.open("/account/locks").await.status, 200);
}

#[tokio::test]
async fn every_lock_that_is_none_to_add_is_refused_with_its_own_words() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let elsewhere = new_lock();
    Browser::new(provider).bind(&elsewhere).await;
    let code = scene.lock.credit_code();
    let order = |order: Order| world().p256.lock(&order);
    let same = order_of_same(&scene.lock);
    let cases = [
        (elsewhere, "lock-bound-elsewhere"),
        (
            order(Order::of(KeyKind::P256, "另一个名称有限公司", &code)),
            "lock-name-differs",
        ),
        (
            order(Order::of(
                KeyKind::P256,
                &scene.lock.holder,
                &e2e::lock::credit_code(),
            )),
            "lock-credit-code-differs",
        ),
        (
            order(same.clone().with_subject("OU", "法人锁")),
            "legal-person-lock",
        ),
        (world().foreign.lock(&same), "foreign-ca"),
        (
            order(same.valid(-20 * e2e::authority::DAY, -1000)),
            "certificate-expired",
        ),
    ];
    for (lock, refusal) in cases {
        let answer = scene.browser.try_activate(&lock).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, refusal),
            "{}",
            answer.summary()
        );
        provider
            .expect_incident(
                &answer.incident(),
                AuditKind::LockActivationRefused,
                refusal,
            )
            .await;
    }
    let own = scene.lock.certificate.clone();
    let answer = scene.browser.try_activate(&scene.lock).await;
    assert_eq!(answer.problem(), "lock-already-active");
    assert_eq!(
        own.der(),
        provider
            .stored_lock(&scene.lock)
            .await
            .unwrap()
            .certificate_der
    );
}

#[tokio::test]
async fn a_certificate_without_a_credit_code_is_added_by_its_name() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = order_of_same(&scene.lock).with_extension("1.2.156.10260.4.1.4=");
    let nameless = world().p256.lock(&order);
    scene.browser.activate(&nameless).await;
    Browser::new(provider).sign_in(&nameless).await;
}

#[tokio::test]
async fn a_secondary_lock_becomes_the_primary_one_by_the_signature_of_the_one_that_is() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let id = provider.lock_id(&second).await;
    let address = format!("/account/locks/promote?lock={id}");

    // The secondary lock's own signature is none.
    let page = scene.browser.open(&address).await;
    let challenge = Challenge::of(&page);
    assert_eq!(challenge.purpose.as_str(), "approve");
    let key = provider.stored_lock(&second).await.unwrap().key_number;
    assert!(
        challenge.statement.contains(&key),
        "{}",
        challenge.statement
    );
    let answer = scene
        .browser
        .answer_challenge(&page, &challenge.proof(&second), &[])
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "not-the-primary-signature")
    );

    let page = scene.browser.open(&address).await;
    let answer = scene.browser.sign(&page, &scene.lock).await;
    let list = scene.browser.follow(answer).await;
    assert!(
        list.text("#done").unwrap().contains(&key),
        "{}",
        list.summary()
    );
    let roles = [&scene.lock, &second];
    let mut found = Vec::new();
    for lock in roles {
        found.push(provider.stored_lock(lock).await.unwrap().role);
    }
    assert_eq!(found, [LockRole::Secondary, LockRole::Primary]);
    // The session of the old primary lock only looks from now on.
    assert!(list.has("#primary-only") && !list.has("#challenge-form"));
}

#[tokio::test]
async fn a_lock_that_could_not_sign_in_is_made_nobodys_primary_lock() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let good = provider.stored_lock(&second).await.unwrap();
    let id = good.id.clone();
    let expired = KeyLock {
        not_after: good.not_before,
        ..good.clone()
    };
    let of_old_name = KeyLock {
        holder_name: "从前的名称".to_owned(),
        ..good.clone()
    };
    for (unfit, code) in [
        (expired, "certificate-expired"),
        (of_old_name, "certificate-name-outdated"),
    ] {
        let (database, from) = (&provider.state.database, good.clone());
        let put = database.write(move |store| store.exchange_key_lock(&from, &unfit));
        assert!(put.await.unwrap());
        let address = format!("/account/locks/promote?lock={id}");
        let page = scene.browser.open(&address).await;
        assert_eq!((page.status, page.problem().as_str()), (403, code));
        let of = id.clone();
        let by_operator = provider.operate(&scene.lock, move |store, cx, credit_code, order| {
            operate::promote_lock(store, cx, credit_code, (&of, order))
        });
        assert!(matches!(
            by_operator.await,
            Err(OperateError::Refused(OperateRefusal::Unfit(..)))
        ));
    }
    let role = provider.stored_lock(&scene.lock).await.unwrap().role;
    assert_eq!(role, LockRole::Primary);
}
