//! Pages that were left open: the session ended, somebody signed in in another tab, the language was
//! switched half-way. What was typed is kept; nothing is done that was not asked of this session.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::browser::{Fields, csrf_token, set};
use e2e::proof::Challenge;
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Answer, Browser, Lock, Provider};
use idp_core::audit::AuditKind;

/// A browser that says where its forms come from, as all do.
fn honest(provider: &Provider) -> Browser {
    Browser::new(provider).with_header("origin", &provider.issuer)
}

/// The form of a page, filled in and signed.
fn filled_in(page: &Answer, lock: &Lock) -> Fields {
    let mut fields = page.fields("#challenge-form");
    set(&mut fields, "proof", &Challenge::of(page).proof(lock));
    fields.extend(binding_form(&lock.credit_code()));
    fields
}

fn assert_kept(page: &Answer, lock: &Lock) {
    let value = |id: &str| page.attribute(&format!("#{id}"), "value").unwrap();
    assert_eq!(value("credit_code"), lock.credit_code());
    assert_eq!(value("legal_representative"), "其其格");
    assert_eq!(value("phone"), "0476-8881234");
    assert_eq!(value("address"), "赤峰市红山区钢铁街1号");
    assert_eq!(value("binder_name"), "巴特尔");
    let chosen = |id: &str| page.attribute(&format!("#{id} option[selected]"), "value");
    assert_eq!(chosen("region_code").as_deref(), Some("150402"));
    assert_eq!(chosen("ca_platform").as_deref(), Some("chifeng"));
    let types = page.attributes("#subject_types input[checked]", "value");
    assert_eq!(types, ["bidder", "supplier"]);
}

#[tokio::test]
async fn a_binding_whose_session_ended_comes_back_with_everything_typed() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = honest(provider);
    let page = browser.open("/bind").await;
    let fields = filled_in(&page, &lock);
    for ended in ["", "gone"] {
        browser.cookies.clear();
        if !ended.is_empty() {
            let cookie = ("yzt_session".to_owned(), ended.to_owned());
            browser.cookies.extend([cookie]);
        }
        let again = browser.post("/bind", &fields).await;
        assert_eq!(
            (again.status, again.problem().as_str()),
            (403, "form-expired"),
            "{}",
            again.summary()
        );
        assert!(
            again
                .text("#error-message")
                .unwrap()
                .contains("停留时间过长")
        );
        assert_kept(&again, &lock);
        let (kind, reason) = (AuditKind::RequestStale, "session-ended");
        provider
            .expect_incident(&again.incident(), kind, reason)
            .await;
        assert!(provider.stored_lock(&lock).await.is_none());
        assert_ne!(Challenge::of(&again).nonce, Challenge::of(&page).nonce);
        if !ended.is_empty() {
            // Checked and signed once more, it is bound.
            let bound = browser.post("/bind", &filled_in(&again, &lock)).await;
            assert!(bound.has("#bound"), "{}", bound.summary());
        }
    }
}

#[tokio::test]
async fn a_binding_from_before_a_sign_in_in_another_tab_comes_back_too() {
    let provider = Provider::shared();
    let (first, second) = (new_lock(), new_lock());
    let mut browser = honest(provider);
    browser.bind(&first).await;
    let page = browser.open("/bind").await;
    browser.sign_in(&first).await;
    let again = browser.post("/bind", &filled_in(&page, &second)).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (403, "form-expired")
    );
    assert_kept(&again, &second);
    assert_eq!(again.text("#signed-in-enterprise"), Some(first.holder));
    let (kind, reason) = (AuditKind::RequestStale, "csrf-token");
    provider
        .expect_incident(&again.incident(), kind, reason)
        .await;
    assert!(provider.stored_lock(&second).await.is_none());
    assert_eq!(browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn what_a_stranger_sent_is_not_shown_as_typed() {
    let provider = Provider::shared();
    let lock = new_lock();
    let page = Browser::new(provider).open("/bind").await;
    let mut fields = filled_in(&page, &lock);
    set(&mut fields, "binder_name", "\"><script>alert(1)</script>");
    // Neither header: it can't be told whose page it was.
    let answer = Browser::new(provider).post("/bind", &fields).await;
    assert_eq!(answer.problem(), "session-expired");
    assert!(!answer.has("#challenge-form"));
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let mut forged = Browser::new(provider).with_header(name, value);
        let answer = forged.post("/bind", &fields).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "csrf"));
        assert!(!answer.has("#challenge-form") && forged.session().is_none());
    }
    // From our own page it is shown, as text.
    let answer = honest(provider).post("/bind", &fields).await;
    assert_eq!(answer.problem(), "form-expired");
    assert!(!answer.body.contains("<script>alert"));
    assert!(provider.stored_lock(&lock).await.is_none());
}

#[tokio::test]
async fn the_other_language_keeps_what_was_typed_and_what_was_read() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = honest(provider);
    let page = browser.open("/bind").await;
    let action = page.attribute("#lang-en", "formaction").unwrap();
    assert_eq!(
        page.attribute("#lang-en", "form").unwrap(),
        "challenge-form"
    );
    let mut fields = page.fields("#challenge-form");
    fields.extend(binding_form(&lock.credit_code()));
    set(&mut fields, "phone", "not a number");
    let read = STANDARD.encode(lock.certificate.der());
    set(&mut fields, "read_certificate", &read);
    set(&mut fields, "read_media_number", "5303201712015217");
    let english = browser.post(&action, &fields).await;
    assert_eq!(english.status, 200, "{}", english.summary());
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
    // Nothing is judged yet.
    assert!(!english.has("#error-summary"));
    assert_eq!(
        english.attribute("#phone", "value").as_deref(),
        Some("not a number")
    );
    assert_eq!(english.text("#holder-name"), Some(lock.holder.clone()));
    assert_eq!(
        english.text("#media-number").as_deref(),
        Some("5303201712015217")
    );
    assert!(Challenge::of(&english).statement.is_ascii());
    // And back; then it is bound.
    let action = english.attribute("#lang-zh-CN", "formaction").unwrap();
    let mut fields = english.fields("#challenge-form");
    fields.extend(binding_form(&lock.credit_code()));
    let chinese = browser.post(&action, &fields).await;
    assert_kept(&chinese, &lock);
    assert_eq!(chinese.text("#holder-name"), Some(lock.holder.clone()));
    let bound = browser.post("/bind", &filled_in(&chinese, &lock)).await;
    assert!(bound.has("#bound"), "{}", bound.summary());
    // The address itself leads back.
    assert_eq!(
        browser.open("/bind/language").await.location(),
        Some("/bind")
    );
}

#[tokio::test]
async fn the_other_language_keeps_a_certificate_that_was_read_to_be_activated() {
    let provider = Provider::shared();
    let mut scene = e2e::story::Scene::at(provider).await;
    let second = e2e::account::lock_of_same(&scene.lock);
    let page = scene.browser.open("/account/locks").await;
    let action = page.attribute("#lang-en", "formaction").unwrap();
    let mut fields = page.fields("#challenge-form");
    let read = STANDARD.encode(second.certificate.der());
    set(&mut fields, "read_certificate", &read);
    set(&mut fields, "read_media_number", "5303201712016119");
    let english = scene.browser.post(&action, &fields).await;
    assert_eq!(english.status, 200, "{}", english.summary());
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
    assert_eq!(english.text("#holder-name"), Some(second.holder.clone()));
    assert_eq!(
        english.text("#media-number").as_deref(),
        Some("5303201712016119")
    );
    let activated = scene.browser.sign(&english, &second).await;
    assert_eq!(activated.status, 303, "{}", activated.summary());
    let afresh = scene.browser.open("/account/locks/language").await;
    assert_eq!(afresh.location(), Some("/account/locks"));
}

#[tokio::test]
async fn a_certificate_that_a_form_made_up_is_not_shown() {
    let provider = Provider::shared();
    let mut browser = honest(provider);
    let page = browser.open("/bind").await;
    let foreign = e2e::world()
        .foreign
        .lock(&e2e::Order::enterprise(e2e::KeyKind::P256));
    for made_up in [
        "",
        "AAAA",
        "<b>",
        &STANDARD.encode(foreign.certificate.der()),
    ] {
        let mut fields = page.fields("#challenge-form");
        set(&mut fields, "read_certificate", made_up);
        set(&mut fields, "read_media_number", "<b>1</b>");
        let again = browser.post("/bind/language?lang=zh-CN", &fields).await;
        assert_eq!(again.status, 200);
        assert_eq!(again.text("#holder-name").as_deref(), Some("尚未读取"));
        assert_eq!(again.text("#media-number").as_deref(), Some("尚未读取"));
    }
}

#[tokio::test]
async fn the_switch_needs_the_token_and_keeps_what_was_typed_without_it() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = honest(provider);
    let page = browser.open("/bind").await;
    let mut fields = filled_in(&page, &lock);
    set(&mut fields, "csrf_token", "guess");
    let again = browser.post("/bind/language?lang=en", &fields).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (403, "form-expired")
    );
    assert_kept(&again, &lock);
    let mut silent = Browser::new(provider);
    silent.open("/bind").await;
    let refused = silent.post("/bind/language?lang=en", &fields).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "csrf"));
}

#[tokio::test]
async fn whoever_is_signed_in_meets_no_sign_in_page_unless_a_platform_wants_it() {
    let mut scene = Scene::at(Provider::shared()).await;
    let answer = scene.browser.open("/login").await;
    assert_eq!(answer.location(), Some("/certificate"));
    for (name, value) in [("prompt", "login"), ("max_age", "0")] {
        let asking = scene.platform.ask().with(name, value);
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        let page = scene.browser.go(&asking.path()).await;
        assert!(page.has("#sign"), "{name}: {}", page.summary());
    }
}

#[tokio::test]
async fn an_old_sign_in_page_says_so_and_lets_one_go_on() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = honest(provider);
    browser.bind(&lock).await;
    let old = browser.open("/login").await;
    browser.sign_in(&lock).await;
    let answer = browser.sign(&old, &lock).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "page-outdated"),
        "{}",
        answer.summary()
    );
    assert_eq!(
        answer.attribute("#back", "href").as_deref(),
        Some("/certificate")
    );
    assert_eq!(
        answer.text("#signed-in-enterprise"),
        Some(lock.holder.clone())
    );
    let (kind, reason) = (AuditKind::RequestStale, "csrf-token");
    provider
        .expect_incident(&answer.incident(), kind, reason)
        .await;
    assert_eq!(browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn a_sign_in_page_whose_session_ended_comes_back_with_its_platform() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let mut browser = honest(provider);
    let old = browser.go(&scene.platform.ask().path()).await;
    browser.cookies.clear();
    let again = browser.sign(&old, &scene.lock).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (403, "form-expired")
    );
    let name = scene.platform.registration.name_zh.clone();
    assert_eq!(again.text("#platform-name"), Some(name));
    let answer = browser.sign(&again, &scene.lock).await;
    assert!(
        answer
            .location()
            .unwrap()
            .starts_with("/certificate?request=")
    );
}

#[tokio::test]
async fn pages_of_errors_show_who_is_signed_in() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.open("/certificate").await;
    let who = Some(scene.lock.holder.clone());
    let nowhere = scene.browser.open("/nowhere").await;
    let method = scene.browser.open("/account/sessions/end").await;
    let platform = scene.browser.open("/consent?platform=nobody").await;
    let request = scene.browser.open("/oauth2/authorize").await;
    let mut elsewhere = (scene.browser.clone()).with_header("origin", "https://evil.example");
    let forged = elsewhere.post("/logout", &[]).await;
    for page in [nowhere, method, platform, request, forged] {
        assert!(page.status >= 400, "{}", page.summary());
        assert_eq!(
            page.text("#signed-in-enterprise"),
            who,
            "{}",
            page.summary()
        );
        assert_eq!(csrf_token(&page).len(), 43, "one can sign out from here");
    }
    let fields = [("csrf_token".to_owned(), csrf_token(&page))];
    scene.browser.post("/logout", &fields).await;
    let page = scene.browser.open("/nowhere").await;
    assert!(!page.has("#signed-in-enterprise"));
}

#[tokio::test]
async fn a_consent_page_from_before_another_sign_in_is_out_of_date_and_not_forged() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.browser = scene.browser.with_header("origin", &provider.issuer);
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    scene
        .browser
        .sign_in_again(&scene.platform, &scene.lock)
        .await;
    let answer = scene.browser.decide(&page, "grant").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "page-outdated")
    );
    assert!(provider.consents(&scene.lock).await.is_empty());
    let (kind, reason) = (AuditKind::RequestStale, "csrf-token");
    provider
        .expect_incident(&answer.incident(), kind, reason)
        .await;
}

#[tokio::test]
async fn a_consent_page_whose_session_ended_leads_back_to_where_one_was_heading() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let chosen = format!("/consent?platform={}", scene.platform.id);
    let asked = scene.browser.open(&scene.platform.ask().path()).await;
    let asked = asked.location().unwrap().to_owned();
    for path in [chosen, asked] {
        let page = scene.browser.open(&path).await;
        let mut left = scene
            .browser
            .clone()
            .with_header("origin", &provider.issuer);
        left.cookies.clear();
        let answer = left.decide(&page, "grant").await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "session-expired")
        );
        let (_, heading) = path.split_once('?').unwrap();
        let back = answer.attribute("#back", "href").unwrap();
        assert_eq!(back, format!("/login?{heading}"));
        let login = left.go(&back).await;
        assert!(login.has("#platform-name"), "{}", login.summary());
    }
}
