//! The life of a lock: renewed, renamed, lost; what goes on by itself and what an operator does.

use std::time::Duration;

use e2e::account::{lock_of_same, order_of_same};
use e2e::authority::DAY;
use e2e::proof::Challenge;
use e2e::story::{Scene, binding_form};
use e2e::{Browser, KeyKind, Lock, Order, Provider, world};
use idp_core::audit::AuditKind;
use idp_core::evidence::Evidence;
use idp_core::key_lock::KeyLockState;
use idp_core::operate;
use protocol::claims::LockRole;

/// 证书Key号 in a certificate of the test's CAs.
async fn key_number(provider: &Provider, lock: &Lock) -> String {
    provider.stored_lock(lock).await.unwrap().key_number
}

/// A bound and signed-in lock whose certificate ends after so many days.
async fn ending_in(provider: &Provider, days: i64) -> (Browser, Lock) {
    let order = Order::enterprise(KeyKind::P256).valid(-DAY, days * DAY);
    let lock = world().p256.lock(&order);
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    (browser, lock)
}

#[tokio::test]
async fn a_renewed_certificate_of_the_same_number_goes_on_as_the_same_lock_and_says_so_once() {
    let provider = Provider::shared();
    let (mut old_browser, old) = ending_in(provider, 200).await;
    let before = provider.stored_lock(&old).await.unwrap();
    let order = order_of_same(&old).with_subject("serialNumber", &before.key_number);
    let new = world().p256.lock(&order);
    let mut browser = Browser::new(provider);
    let answer = browser.try_sign_in(&new).await;
    assert_eq!(
        answer.location(),
        Some("/certificate?renewed=1"),
        "{}",
        answer.summary()
    );
    let page = browser.follow(answer).await;
    assert!(page.has("#renewed"));
    let after = provider.stored_lock(&new).await.unwrap();
    assert_eq!(
        (after.id.clone(), after.role),
        (before.id.clone(), LockRole::Primary)
    );
    assert!(after.not_after > before.not_after);
    // An address alone says nothing.
    let mut again = Browser::new(provider);
    again.sign_in(&new).await;
    assert!(!again.open("/certificate?renewed=1").await.has("#renewed"));
    // What the former key signed in ends with it.
    assert_eq!(
        old_browser.open("/certificate").await.location(),
        Some("/login")
    );

    let answer = Browser::new(provider).try_sign_in(&old).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "certificate-superseded")
    );
    let bound = Browser::new(provider)
        .bind_with(&old, &binding_form(&old.credit_code()))
        .await;
    assert_eq!(bound.problem(), "certificate-superseded");
    assert_eq!(
        browser.try_activate(&old).await.problem(),
        "certificate-superseded"
    );
    let trail = provider.audit().await;
    let renewals = trail.iter().filter(|e| {
        e.event.kind == AuditKind::LockRenewed && e.event.key_lock_id.as_ref() == Some(&before.id)
    });
    assert_eq!(renewals.count(), 1);
}

#[tokio::test]
async fn an_expired_lock_is_renewed_by_its_next_certificate() {
    let provider = Provider::shared();
    let order = Order::enterprise(KeyKind::P256).valid(-DAY, 4);
    let old = world().p256.lock(&order);
    Browser::new(provider).bind(&old).await;
    let id = provider.lock_id(&old).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(
        Browser::new(provider).try_sign_in(&old).await.problem(),
        "certificate-expired"
    );
    // Another key, as several CAs give with each certificate: the same credit code and name.
    let new = lock_of_same(&old);
    let answer = Browser::new(provider).try_sign_in(&new).await;
    assert_eq!(
        answer.location(),
        Some("/certificate?renewed=1"),
        "{}",
        answer.summary()
    );
    assert_eq!(provider.lock_id(&new).await, id);
}

#[tokio::test]
async fn a_second_lock_is_no_renewal_of_one_that_is_good_for_long() {
    let provider = Provider::shared();
    let (mut browser, primary) = ending_in(provider, 300).await;
    let second = lock_of_same(&primary);
    let answer = Browser::new(provider).try_sign_in(&second).await;
    assert_eq!(answer.problem(), "credit-code-bound");
    assert!(provider.stored_lock(&second).await.is_none());
    assert_eq!(browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn with_two_locks_that_are_due_nobody_guesses_which_one_is_renewed() {
    let provider = Provider::shared();
    let (mut browser, primary) = ending_in(provider, 40).await;
    let order = order_of_same(&primary).valid(-DAY, 41 * DAY);
    browser.activate(&world().p256.lock(&order)).await;
    let third = lock_of_same(&primary);
    let answer = Browser::new(provider).try_sign_in(&third).await;
    assert_eq!(answer.problem(), "credit-code-bound");
    // By the number of its key it is clear.
    let number = key_number(provider, &primary).await;
    let order = order_of_same(&primary).with_subject("serialNumber", &number);
    let answer = Browser::new(provider)
        .try_sign_in(&world().p256.lock(&order))
        .await;
    assert_eq!(
        answer.location(),
        Some("/certificate?renewed=1"),
        "{}",
        answer.summary()
    );
}

/// Signs in by a lock in this hardware.
async fn try_sign_in_from(provider: &Provider, lock: &Lock, media_number: &str) -> e2e::Answer {
    let mut browser = Browser::new(provider);
    let page = browser.open("/login").await;
    let proof = Challenge::of(&page).proof_in(lock, media_number);
    browser.answer_challenge(&page, &proof, &[]).await
}

#[tokio::test]
async fn of_two_locks_that_are_due_the_secondary_one_goes_on_in_its_own_hardware() {
    let provider = Provider::shared();
    let (mut browser, primary) = ending_in(provider, 40).await;
    let second = world()
        .p256
        .lock(&order_of_same(&primary).valid(-DAY, 41 * DAY));
    let page = browser.open("/account/locks").await;
    let proof = Challenge::of(&page).proof_in(&second, "5303201712016119");
    let activated = browser.answer_challenge(&page, &proof, &[]).await;
    assert_eq!(activated.status, 303, "{}", activated.summary());
    let [primary_id, second_id] = [
        provider.lock_id(&primary).await,
        provider.lock_id(&second).await,
    ];
    // No signature covers what the hardware is called: nobody becomes the primary lock by it.
    let next = lock_of_same(&primary);
    for media_number in ["5303201712015217", "5303201712019999"] {
        let answer = try_sign_in_from(provider, &next, media_number).await;
        assert_eq!(answer.problem(), "credit-code-bound", "{media_number}");
    }
    let answer = try_sign_in_from(provider, &next, "5303201712016119").await;
    assert_eq!(answer.location(), Some("/certificate?renewed=1"));
    let renewed = provider.stored_lock(&next).await.unwrap();
    assert_eq!((renewed.id, renewed.role), (second_id, LockRole::Secondary));
    // One is left that waits: in its own hardware it goes on.
    let last = lock_of_same(&primary);
    let answer = try_sign_in_from(provider, &last, "5303201712015217").await;
    assert_eq!(answer.location(), Some("/certificate?renewed=1"));
    assert_eq!(provider.lock_id(&last).await, primary_id);
}

#[tokio::test]
async fn beside_another_lock_a_new_key_in_other_hardware_takes_no_place_and_is_told_how_to_go_on() {
    let provider = Provider::shared();
    let (mut browser, primary) = ending_in(provider, 50).await;
    browser.activate(&lock_of_same(&primary)).await;
    let third = lock_of_same(&primary);
    let answer = try_sign_in_from(provider, &third, "9999999999999999").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "credit-code-bound"),
        "{}",
        answer.summary()
    );
    let advice = answer.texts("#error-advice li").join(" ");
    assert!(
        advice.contains("换领的新锁") && advice.contains("设为主锁"),
        "{advice}"
    );
    Browser::new(provider).sign_in(&primary).await;
    // The way that is told: by the primary lock it becomes one.
    browser.activate(&third).await;
    // The same in the primary lock's own hardware goes on by itself.
    let (mut browser, primary) = ending_in(provider, 50).await;
    browser.activate(&lock_of_same(&primary)).await;
    let id = provider.lock_id(&primary).await;
    let next = lock_of_same(&primary);
    let answer = try_sign_in_from(provider, &next, "5303201712015217").await;
    assert_eq!(answer.location(), Some("/certificate?renewed=1"));
    assert_eq!(provider.lock_id(&next).await, id);
}

#[tokio::test]
async fn no_renewal_brings_a_key_that_another_enterprise_has_or_lost() {
    let provider = Provider::shared();
    let (mut elsewhere, has) = ending_in(provider, 300).await;
    let lost = lock_of_same(&has);
    elsewhere.activate(&lost).await;
    let of_lost = provider.lock_id(&lost).await;
    let [has, lost] = [
        key_number(provider, &has).await,
        key_number(provider, &lost).await,
    ];
    let now = provider.state.cx().now;
    let exchanged = provider.state.database.write(move |s| {
        s.exchange_key_lock_state(&of_lost, KeyLockState::Active, (KeyLockState::Lost, now))
    });
    assert!(exchanged.await.unwrap());
    for (number, refusal) in [(has, "lock-bound-elsewhere"), (lost, "lock-not-active")] {
        let (_, due) = ending_in(provider, 40).await;
        let order = order_of_same(&due).with_subject("serialNumber", &number);
        let next = world().p256.lock(&order);
        let answer = Browser::new(provider).try_sign_in(&next).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, refusal),
            "{}",
            answer.summary()
        );
        provider
            .expect_incident(&answer.incident(), AuditKind::LoginRefused, refusal)
            .await;
        assert!(provider.stored_lock(&next).await.is_none());
        Browser::new(provider).sign_in(&due).await;
    }
}

#[tokio::test]
async fn the_same_key_under_another_number_goes_on_as_the_same_lock_or_as_none() {
    let provider = Provider::shared();
    // Neither due nor alone: the key says which it is.
    let (mut browser, primary) = ending_in(provider, 300).await;
    let second = world()
        .p256
        .lock(&order_of_same(&primary).valid(-DAY, 30 * DAY));
    browser.activate(&second).await;
    let id = provider.lock_id(&primary).await;
    let next = world().p256.lock_of_key(&primary, &order_of_same(&primary));
    let answer = Browser::new(provider).try_sign_in(&next).await;
    assert_eq!(
        answer.location(),
        Some("/certificate?renewed=1"),
        "{}",
        answer.summary()
    );
    assert_eq!(provider.lock_id(&next).await, id);
    assert_eq!(
        browser.open("/certificate").await.status,
        200,
        "it is the key that signed in"
    );
    // Of a lock that was removed it continues nothing, not even the other one that is due.
    let third = lock_of_same(&primary);
    browser.activate(&third).await;
    let removed = provider.lock_id(&third).await.to_string();
    browser
        .post_own("/account/locks/remove", &[("lock", &removed)])
        .await;
    let of_removed = world()
        .p256
        .lock_of_key(&third, &order_of_same(&primary).valid(-DAY, 500 * DAY));
    let answer = Browser::new(provider).try_sign_in(&of_removed).await;
    assert_eq!(answer.problem(), "credit-code-bound");
}

#[tokio::test]
async fn a_certificate_that_ends_earlier_or_is_another_cas_renews_nothing() {
    let provider = Provider::shared();
    let (_, primary) = ending_in(provider, 40).await;
    let number = key_number(provider, &primary).await;
    let of_key = order_of_same(&primary).with_subject("serialNumber", &number);
    let earlier = world().p256.lock(&of_key.clone().valid(-DAY, 30 * DAY));
    let other_ca = world().rsa.lock(&of_key);
    for lock in [earlier, other_ca] {
        let answer = Browser::new(provider).try_sign_in(&lock).await;
        assert_eq!(
            answer.problem(),
            "credit-code-bound",
            "{}",
            answer.summary()
        );
    }
}

#[tokio::test]
async fn no_renewal_brings_back_a_lock_that_was_removed_lost_or_revoked() {
    let provider = Provider::shared();
    for state in [
        KeyLockState::Removed,
        KeyLockState::Lost,
        KeyLockState::Revoked,
    ] {
        // The primary lock is due: it is not renewed by the other's next certificate either.
        let (mut browser, primary) = ending_in(provider, 30).await;
        let second = world()
            .p256
            .lock(&order_of_same(&primary).valid(-DAY, 30 * DAY));
        browser.activate(&second).await;
        let stored = provider.stored_lock(&second).await.unwrap();
        let (id, now) = (stored.id.clone(), provider.state.cx().now);
        let exchanged = provider
            .state
            .database
            .write(move |s| s.exchange_key_lock_state(&id, KeyLockState::Active, (state, now)))
            .await;
        assert!(exchanged.unwrap());
        let order = order_of_same(&primary).with_subject("serialNumber", &stored.key_number);
        let next = world().p256.lock(&order);
        let answer = Browser::new(provider).try_sign_in(&next).await;
        assert_eq!(
            answer.problem(),
            "credit-code-bound",
            "{state:?}: {}",
            answer.summary()
        );
        assert!(provider.stored_lock(&next).await.is_none());
        // By the primary lock a removed one comes back with its next certificate; no other does.
        let answer = browser.try_activate(&next).await;
        match state {
            KeyLockState::Removed => assert_eq!(answer.status, 303, "{}", answer.summary()),
            _ => assert_eq!(answer.problem(), "lock-ended-for-ever"),
        }
    }
}

fn paper() -> Evidence {
    Evidence {
        name: "营业执照.pdf".to_owned(),
        content: b"%PDF-1.7".to_vec(),
    }
}

#[tokio::test]
async fn faq_6_a_renamed_enterprise_is_stopped_until_an_operator_applies_the_change() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let number = key_number(provider, &scene.lock).await;
    let new_name = format!("{}（更名）", scene.lock.holder);
    let order = Order::of(KeyKind::P256, &new_name, &scene.lock.credit_code());
    // The certificate ends when the old one did: only the name is new.
    let renamed = world().p256.lock(
        &order
            .with_subject("serialNumber", &number)
            .valid(-60, 400 * DAY),
    );
    let answer = Browser::new(provider).try_sign_in(&renamed).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "enterprise-renamed")
    );
    let steps = answer.texts("#error-advice li");
    assert_eq!(steps.len(), 3, "{steps:?}");
    for (step, words) in steps
        .iter()
        .zip(["诚信库信息", "CA机构办理网点", "政府采购中心"])
    {
        assert!(step.contains(words), "{step}");
    }
    let tokens = scene.receive().await;
    let name = new_name.clone();
    let applied = provider
        .operate(&scene.lock, move |store, cx, code, order| {
            operate::rename(store, cx, code, &name, (&paper(), order))
        })
        .await
        .unwrap();
    assert_eq!(
        (applied.old_name, applied.evidence_name),
        (scene.lock.holder.clone(), "营业执照.pdf".to_owned())
    );
    // What was live ends; the old name signs in no more, the new one goes on as the same lock.
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let old = Browser::new(provider).try_sign_in(&scene.lock).await;
    assert_eq!(
        (old.status, old.problem().as_str()),
        (403, "certificate-name-outdated")
    );
    let id = provider.lock_id(&scene.lock).await;
    let mut browser = Browser::new(provider);
    let answer = browser.try_sign_in(&renamed).await;
    assert_eq!(
        answer.location(),
        Some("/certificate?renewed=1"),
        "{}",
        answer.summary()
    );
    assert_eq!(provider.lock_id(&renamed).await, id);
    // It is called what it is, and so is the certificate before.
    let page = browser.follow(answer).await;
    let said = page.text("#renewed").unwrap();
    assert!(said.contains("名称变更"), "{said}");
    let before = Browser::new(provider).try_sign_in(&scene.lock).await;
    assert_eq!(before.problem(), "certificate-name-outdated");
    assert_eq!(
        browser.open("/account").await.text("#enterprise-name"),
        Some(new_name)
    );
}

#[tokio::test]
async fn faq_10_the_only_lock_is_lost_and_an_operator_opens_re_binding() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let (id, enterprise) = (
        provider.lock_id(&scene.lock).await,
        provider
            .enterprise(&scene.lock.credit_code())
            .await
            .unwrap(),
    );
    let new = lock_of_same(&scene.lock);
    let form = binding_form(&scene.lock.credit_code());
    let open = |days: u64| {
        move |store: &mut dyn idp_core::store::Store, cx: &idp_core::cx::Cx, code: &_, order: &_| {
            let until = cx.now + Duration::from_secs(days * 86_400);
            operate::open_rebinding(store, cx, code, (until, order))
        }
    };
    // Not while the primary lock is in force.
    assert!(provider.operate(&scene.lock, open(7)).await.is_err());
    let lost = id.clone();
    provider
        .operate(&scene.lock, move |store, cx, code, order| {
            operate::lock_lost(store, cx, code, (&lost, order))
        })
        .await
        .unwrap();
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(
        Browser::new(provider)
            .try_sign_in(&scene.lock)
            .await
            .problem(),
        "lock-not-active"
    );
    let closed = Browser::new(provider).bind_with(&new, &form).await;
    assert_eq!(closed.problem(), "credit-code-bound");

    provider.operate(&scene.lock, open(7)).await.unwrap();
    // Neither another name nor a certificate that another CA gave without a credit code is let in.
    let renamed = world().p256.lock(&Order::of(
        KeyKind::P256,
        "别的公司",
        &scene.lock.credit_code(),
    ));
    let refused = Browser::new(provider).bind_with(&renamed, &form).await;
    assert_eq!(refused.problem(), "enterprise-renamed");
    let bare = order_of_same(&scene.lock).with_extension("1.2.156.10260.4.1.4=");
    let refused = Browser::new(provider)
        .bind_with(&world().rsa.lock(&bare), &form)
        .await;
    assert_eq!(refused.problem(), "no-credit-code", "{}", refused.summary());

    let mut browser = Browser::new(provider);
    let bound = browser.bind_with(&new, &form).await;
    assert!(bound.has("#bound"), "{}", bound.summary());
    browser.sign_in(&new).await;
    let stored = provider.stored_lock(&new).await.unwrap();
    assert_eq!(
        (stored.enterprise_id, stored.role),
        (enterprise.id, LockRole::Primary)
    );
    assert_eq!(provider.consents(&new).await.len(), 1, "consents stay");
    // It closed with its use.
    let third = Browser::new(provider)
        .bind_with(&lock_of_same(&scene.lock), &form)
        .await;
    assert_eq!(third.problem(), "credit-code-bound");
    assert_eq!(
        browser.try_activate(&scene.lock).await.problem(),
        "lock-ended-for-ever"
    );
}

#[tokio::test]
async fn re_binding_closes_by_itself() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let id = provider.lock_id(&scene.lock).await;
    provider
        .operate(&scene.lock, move |store, cx, code, order| {
            operate::lock_lost(store, cx, code, (&id, order))?;
            let until = cx.now + Duration::from_millis(800);
            operate::open_rebinding(store, cx, code, (until, order))
        })
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let form = binding_form(&scene.lock.credit_code());
    let late = Browser::new(provider)
        .bind_with(&lock_of_same(&scene.lock), &form)
        .await;
    assert_eq!(late.problem(), "credit-code-bound");
}

#[tokio::test]
async fn a_frozen_enterprise_is_out_at_once_and_nothing_comes_back_with_it() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    provider
        .operate(&scene.lock, operate::freeze)
        .await
        .unwrap();
    assert_eq!(
        scene.browser.open("/account").await.location(),
        Some("/login")
    );
    let refused = Browser::new(provider).try_sign_in(&scene.lock).await;
    assert_eq!(refused.problem(), "enterprise-suspended");
    provider
        .operate(&scene.lock, operate::unfreeze)
        .await
        .unwrap();
    assert_eq!(
        scene.browser.open("/account").await.location(),
        Some("/login")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    Browser::new(provider).sign_in(&scene.lock).await;
}

#[tokio::test]
async fn a_lock_that_is_due_reminds_on_every_page_that_shows_it() {
    let provider = Provider::shared();
    for (days, reminded) in [(59, true), (62, false)] {
        let (mut browser, _) = ending_in(provider, days).await;
        for path in ["/certificate", "/platforms", "/account", "/account/locks"] {
            let page = browser.open(path).await;
            assert_eq!(
                page.has("#expiry-reminder"),
                reminded,
                "{path}, {days} days"
            );
        }
    }
}
