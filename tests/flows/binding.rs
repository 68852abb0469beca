//! 企业绑定: what is read, what is typed, and how it ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::account::lock_of_same;
use e2e::browser::set;
use e2e::lock::credit_code;
use e2e::proof::Challenge;
use e2e::story::{binding_form, new_lock};
use e2e::{Browser, KeyKind, Order, Provider, world};
use idp_core::audit::AuditKind;
use idp_core::key_lock::Thumbprint;
use idp_core::operate;
use serde_json::json;

#[tokio::test]
async fn a_bound_lock_is_kept_with_what_was_read_and_what_was_typed() {
    let provider = Provider::shared();
    let lock = new_lock();
    Browser::new(provider).bind(&lock).await;
    let enterprise = provider.enterprise(&lock.credit_code()).await.unwrap();
    assert_eq!(enterprise.name, lock.holder);
    assert_eq!(enterprise.legal_representative, "其其格");
    assert_eq!(enterprise.region_code.as_str(), "150402");
    assert_eq!(enterprise.subject_types.len(), 2);
    let stored = provider.stored_lock(&lock).await.unwrap();
    assert_eq!(stored.certificate_der, lock.certificate.der());
    assert_eq!(stored.media_number.as_deref(), Some("5303201712015217"));
    assert_eq!(stored.bound_by, "巴特尔");
    assert_eq!(stored.ca_id.as_str(), "p256-ca");
    let trail = provider.audit().await;
    let bound = trail
        .iter()
        .find(|e| e.event.enterprise_id.as_ref() == Some(&enterprise.id))
        .unwrap();
    assert_eq!(bound.event.kind, AuditKind::BindingSucceeded);
    let thumbprint = Thumbprint(lock.certificate.thumbprint_sha256()).to_text();
    assert_eq!(bound.event.detail, Some(thumbprint));
}

#[tokio::test]
async fn reading_a_certificate_fills_the_form_and_binds_nothing() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    let page = browser.open("/bind").await;
    let certificate = STANDARD.encode(lock.certificate.der());
    let body = json!({ "certificate": certificate, "media_number": "53032017" });
    let read = browser.post_json(&page, "/bind/certificate", &body).await;
    assert_eq!(read.status, 200, "{}", read.summary());
    assert_eq!(read.json()["holder_name"], lock.holder);
    assert_eq!(read.json()["credit_code"], lock.credit_code());
    assert_eq!(read.json()["ca_name"], "内蒙古乙CA");
    assert!(provider.enterprise(&lock.credit_code()).await.is_none());

    let foreign = world().foreign.lock(&Order::enterprise(KeyKind::P256));
    let body = json!({ "certificate": STANDARD.encode(foreign.certificate.der()) });
    let read = browser.post_json(&page, "/bind/certificate", &body).await;
    assert_eq!(read.json()["problem"]["code"], "foreign-ca");
}

#[tokio::test]
async fn a_lock_that_is_bound_is_sent_to_login() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let again = browser
        .bind_with(&lock, &binding_form(&lock.credit_code()))
        .await;
    assert_eq!(again.status, 200);
    assert!(again.has("#already-bound"), "{}", again.summary());
    assert_eq!(
        again.attribute("#sign-in", "href").as_deref(),
        Some("/login")
    );
}

#[tokio::test]
async fn a_second_lock_of_a_bound_enterprise_is_refused_with_the_way_out() {
    let provider = Provider::shared();
    let first = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&first).await;
    let order = Order::of(KeyKind::Sm2, &first.holder, &first.credit_code());
    let second = world().sm2.lock(&order);
    let answer = browser
        .bind_with(&second, &binding_form(&first.credit_code()))
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "credit-code-bound")
    );
    // FAQ 3 leads to FAQ 8: sign in with the first lock and add this one.
    assert_eq!(
        answer.attribute("#error-summary a", "href").as_deref(),
        Some("/help#faq-8")
    );
    assert!(provider.stored_lock(&second).await.is_none());
    let incident = answer.incident();
    provider
        .expect_incident(&incident, AuditKind::BindingRefused, "credit-code-bound")
        .await;
}

#[tokio::test]
async fn of_two_locks_that_bind_one_enterprise_at_once_one_wins() {
    let provider = Provider::shared();
    let code = credit_code();
    let locks = [0, 1].map(|_| {
        world()
            .p256
            .lock(&Order::of(KeyKind::P256, "同时公司", &code))
    });
    let mut browsers = [Browser::new(provider), Browser::new(provider)];
    let [one, other] = &mut browsers;
    let form = binding_form(&code);
    let (one, other) = tokio::join!(
        one.bind_with(&locks[0], &form),
        other.bind_with(&locks[1], &form)
    );
    let bound = [&one, &other]
        .iter()
        .filter(|answer| answer.has("#bound"))
        .count();
    assert_eq!(bound, 1, "{} / {}", one.summary(), other.summary());
    assert!([one.problem(), other.problem()].contains(&"credit-code-bound".to_owned()));
}

#[tokio::test]
async fn the_typed_credit_code_must_be_the_certificates() {
    let provider = Provider::shared();
    let lock = new_lock();
    let typed = binding_form(&credit_code());
    let answer = Browser::new(provider).bind_with(&lock, &typed).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "credit-code-mismatch")
    );
    assert!(provider.enterprise(&lock.credit_code()).await.is_none());
}

#[tokio::test]
async fn a_certificate_without_a_credit_code_binds_by_the_typed_one() {
    let provider = Provider::shared();
    let order = Order::enterprise(KeyKind::P256).with_extension("1.2.156.10260.4.1.4=");
    let lock = world().p256.lock(&order);
    let code = credit_code();
    let answer = Browser::new(provider)
        .bind_with(&lock, &binding_form(&code))
        .await;
    assert!(answer.has("#bound"), "{}", answer.summary());
    assert!(provider.enterprise(&code).await.is_some());
}

#[tokio::test]
async fn a_key_that_is_another_enterprises_binds_nobody_anew_whatever_is_typed() {
    let provider = Provider::shared();
    let first = new_lock();
    Browser::new(provider).bind(&first).await;
    let stored = provider.stored_lock(&first).await.unwrap();
    let next = || {
        let bare = Order::enterprise(KeyKind::P256).with_extension("1.2.156.10260.4.1.4=");
        world()
            .p256
            .lock(&bare.with_subject("serialNumber", &stored.key_number))
    };
    let code = credit_code();
    let form = binding_form(&code);
    let refused = Browser::new(provider).bind_with(&next(), &form).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (403, "lock-bound-elsewhere")
    );
    let id = stored.id.clone();
    provider
        .operate(&first, move |store, cx, code, order| {
            operate::lock_lost(store, cx, code, (&id, order))
        })
        .await
        .unwrap();
    let refused = Browser::new(provider).bind_with(&next(), &form).await;
    assert_eq!(refused.problem(), "bound-lock-not-active");
    assert!(provider.enterprise(&code).await.is_none());
}

#[tokio::test]
async fn a_removed_secondary_lock_is_told_at_the_binding_how_it_comes_back() {
    let provider = Provider::shared();
    let primary = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&primary).await;
    browser.sign_in(&primary).await;
    let second = lock_of_same(&primary);
    browser.activate(&second).await;
    let id = provider.lock_id(&second).await.to_string();
    browser
        .post_own("/account/locks/remove", &[("lock", &id)])
        .await;
    let list = browser.open("/account/locks").await;
    let row = list.text(&format!("#lock-{id}")).unwrap();
    assert!(row.contains("已删除") && row.contains("2026"), "{row}");
    let refused = Browser::new(provider)
        .bind_with(&second, &binding_form(&primary.credit_code()))
        .await;
    assert_eq!(refused.problem(), "bound-lock-not-active");
    let advice = refused.texts("#error-advice li").join(" ");
    assert!(
        advice.contains("主锁登录") && advice.contains("激活"),
        "{advice}"
    );
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named_and_what_was_typed_is_kept() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut typed = binding_form("91350100M000100Y4A");
    for (name, value) in [
        ("region_code", "999999"),
        ("ca_platform", ""),
        ("legal_representative", " "),
        ("phone", "not a number"),
        ("subject_types", "emperor"),
        ("binder_name", "乌兰"),
    ] {
        set(&mut typed, name, value);
    }
    let answer = Browser::new(provider).bind_with(&lock, &typed).await;
    assert_eq!(answer.status, 422, "{}", answer.summary());
    let named = answer.attributes(".summary-fields a", "href");
    for field in [
        "credit_code",
        "region_code",
        "ca_platform",
        "legal_representative",
        "phone",
        "subject_types",
    ] {
        assert!(
            named.contains(&format!("#{field}")),
            "{field} is not named: {named:?}"
        );
        let shown = answer.text(&format!("#{field}-error")).unwrap_or_default();
        assert!(!shown.is_empty(), "{field} has no text");
    }
    assert!(!named.contains(&"#binder_name".to_owned()));
    let value = |field: &str| answer.attribute(&format!("#{field}"), "value").unwrap();
    assert_eq!(value("binder_name"), "乌兰");
    assert_eq!(value("credit_code"), "91350100M000100Y4A");
    assert_eq!(value("phone"), "not a number");
    assert_eq!(value("address"), "赤峰市红山区钢铁街1号");
    // The form can be sent again at once: a fresh challenge is on the page.
    assert!(answer.has("#challenge-form"));
}

#[tokio::test]
async fn typed_values_are_kept_when_the_lock_is_refused() {
    let provider = Provider::shared();
    let order = Order::enterprise(KeyKind::P256).with_subject("OU", "法人锁");
    let lock = world().p256.lock(&order);
    let answer = Browser::new(provider)
        .bind_with(&lock, &binding_form(&lock.credit_code()))
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "legal-person-lock")
    );
    assert_eq!(
        answer.attribute("#binder_name", "value").as_deref(),
        Some("巴特尔")
    );
    let chosen = answer.attribute("#region_code option[selected]", "value");
    assert_eq!(chosen.as_deref(), Some("150402"));
    assert_eq!(
        answer
            .attributes("#subject_types input[checked]", "value")
            .len(),
        2
    );
}

#[tokio::test]
async fn a_legal_persons_lock_is_refused_in_both_languages() {
    let provider = Provider::shared();
    let order = Order::enterprise(KeyKind::Sm2).with_subject("OU", "法人锁");
    let lock = world().sm2.lock(&order);
    let form = binding_form(&lock.credit_code());
    let answer = Browser::new(provider).bind_with(&lock, &form).await;
    let message = answer.text("#error-message").unwrap();
    assert!(
        message.contains("法人锁不支持跨平台投标，请使用企业锁"),
        "{message}"
    );
    let answer = Browser::new(provider)
        .speaking("en")
        .bind_with(&lock, &form)
        .await;
    assert_eq!(answer.problem(), "legal-person-lock");
    let message = answer.text("#error-message").unwrap();
    assert!(message.is_ascii() && !message.is_empty(), "{message}");
}

#[tokio::test]
async fn a_lock_of_a_ca_outside_the_region_is_refused() {
    let provider = Provider::shared();
    // One CA nobody knows; one in the registry, but of another province: the registry decides.
    for ca in [&world().foreign, &world().outside] {
        let lock = ca.lock(&Order::enterprise(KeyKind::P256));
        let form = binding_form(&lock.credit_code());
        let answer = Browser::new(provider).bind_with(&lock, &form).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "foreign-ca"),
            "{}",
            ca.id
        );
        assert!(
            answer
                .text("#error-message")
                .unwrap()
                .contains("内蒙古自治区内")
        );
        let incident = answer.incident();
        provider
            .expect_incident(&incident, AuditKind::BindingRefused, "foreign-ca")
            .await;
    }
}

#[tokio::test]
async fn a_page_that_was_open_for_long_gets_a_fresh_challenge() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    let page = browser.open("/bind").await;
    let fresh = browser
        .post_json(&page, "/challenge", &json!({ "purpose": "bind" }))
        .await
        .json();
    let mut challenge = Challenge::of(&page);
    assert_ne!(fresh["nonce"], challenge.nonce);
    assert_eq!(fresh["statement"], challenge.statement);
    fresh["nonce"]
        .as_str()
        .unwrap()
        .clone_into(&mut challenge.nonce);
    let mut fields = page.fields("#challenge-form");
    fields.retain(|(name, _)| name != "nonce");
    fields.push(("nonce".to_owned(), challenge.nonce.clone()));
    set(&mut fields, "proof", &challenge.proof(&lock));
    fields.extend(binding_form(&lock.credit_code()));
    let answer = browser.post("/bind", &fields).await;
    assert!(answer.has("#bound"), "{}", answer.summary());
}

#[tokio::test]
async fn a_platform_that_is_not_in_the_directory_is_none_to_have_got_a_lock_from() {
    let provider = Provider::shared();
    for platform in ["somewhere", "chifeng' OR 1=1", "CHIFENG"] {
        let lock = new_lock();
        let mut typed = binding_form(&lock.credit_code());
        set(&mut typed, "ca_platform", platform);
        let answer = Browser::new(provider).bind_with(&lock, &typed).await;
        assert_eq!(answer.status, 422, "{}", answer.summary());
        let named = answer.attributes(".summary-fields a", "href");
        assert_eq!(named, ["#ca_platform"]);
    }
}
