//! 个人信息维护: information, consents, history and live sessions.

use e2e::account::{information_form, lock_of_same};
use e2e::browser::set;
use e2e::story::Scene;
use e2e::{Browser, Provider};
use idp::forgetting::forget;
use idp_core::audit::AuditKind;
use idp_core::consent::ConsentOutcome;
use idp_core::id::SessionId;
use idp_core::session::{SessionEnding, SessionRecord};
use idp_core::store::StoreError;

const PAGES: [&str; 5] = [
    "/account",
    "/account/locks",
    "/account/consents",
    "/account/history",
    "/account/sessions",
];

#[tokio::test]
async fn the_pages_are_for_whoever_is_signed_in_in_both_languages() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    for path in PAGES {
        let stranger = Browser::new(provider).open(path).await;
        assert_eq!(stranger.location(), Some("/login"), "{path}");
        for language in ["zh-CN", "en"] {
            let page = scene.browser.open(&format!("{path}?lang={language}")).await;
            assert_eq!(page.status, 200, "{}", page.summary());
            assert_eq!(page.attribute("html", "lang").as_deref(), Some(language));
            assert!(page.has("#account-menu"), "{path}");
        }
    }
    for path in ["/platforms", "/certificate"] {
        let page = scene.browser.open(path).await;
        assert_eq!(
            page.attribute("#to-account", "href").as_deref(),
            Some("/account")
        );
        assert!(page.has("#nav-account"));
    }
    assert!(
        !Browser::new(provider)
            .open("/platforms")
            .await
            .has("#nav-account")
    );
}

#[tokio::test]
async fn contact_and_types_are_changed_and_the_trail_says_which_fields_but_not_what() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.open("/account").await;
    assert_eq!(
        page.attribute("#phone", "value").as_deref(),
        Some("0476-8881234")
    );
    assert_eq!(
        page.text("#legal-representative").as_deref(),
        Some("其其格")
    );
    let mut fields = information_form(&page);
    set(&mut fields, "phone", "13800000000");
    set(&mut fields, "address", "");
    let answer = scene.browser.post("/account", &fields).await;
    let saved = scene.browser.follow(answer).await;
    assert!(saved.has("#saved"), "{}", saved.summary());
    assert_eq!(
        saved.attribute("#phone", "value").as_deref(),
        Some("13800000000")
    );
    let enterprise = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(
        (enterprise.phone.as_deref(), enterprise.address),
        (Some("13800000000"), None)
    );
    let trail = provider.audit().await;
    let event = trail.iter().find(|e| {
        e.event.kind == AuditKind::EnterpriseChanged
            && e.event.enterprise_id.as_ref() == Some(&enterprise.id)
    });
    assert_eq!(
        event.unwrap().event.detail.as_deref(),
        Some("phone address")
    );
    // What only an operator changes is in no field of the form.
    set(&mut fields, "version", &enterprise.version.to_string());
    set(&mut fields, "name", "别的名称");
    set(&mut fields, "legal_representative", "别人");
    scene.browser.post("/account", &fields).await;
    let after = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(
        (after.name, after.legal_representative),
        (enterprise.name, "其其格".to_owned())
    );
}

#[tokio::test]
async fn a_wrong_form_and_one_of_an_older_version_come_back_as_typed() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let old = information_form(&scene.browser.open("/account").await);
    let mut wrong = old.clone();
    set(&mut wrong, "phone", "call me");
    let page = scene.browser.post("/account", &wrong).await;
    assert_eq!(page.status, 422);
    assert_eq!(
        page.attribute("#phone", "value").as_deref(),
        Some("call me")
    );
    assert!(page.has("#phone-error:not([hidden])"));

    let mut first = old.clone();
    set(&mut first, "phone", "13811111111");
    assert_eq!(scene.browser.post("/account", &first).await.status, 303);
    let mut second = old;
    set(&mut second, "phone", "13822222222");
    let page = scene.browser.post("/account", &second).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (409, "information-changed")
    );
    assert_eq!(
        page.attribute("#phone", "value").as_deref(),
        Some("13822222222")
    );
    let answer = scene
        .browser
        .post("/account", &information_form(&page))
        .await;
    assert_eq!(answer.status, 303, "{}", answer.summary());
    let enterprise = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(enterprise.phone.as_deref(), Some("13822222222"));
}

#[tokio::test]
async fn a_form_whose_session_ended_comes_back_and_is_saved_after_signing_in_again() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut browser = scene
        .browser
        .clone()
        .with_header("origin", &provider.issuer);
    let mut fields = information_form(&browser.open("/account").await);
    set(&mut fields, "phone", "13833333333");
    browser.cookies.clear();
    let page = browser.post("/account", &fields).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (403, "information-stale")
    );
    assert_eq!(
        page.attribute("#phone", "value").as_deref(),
        Some("13833333333")
    );
    assert!(!page.has("#enterprise-name"), "nobody is here");
    browser.sign_in(&scene.lock).await;
    let page = browser.post("/account", &information_form(&page)).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (403, "information-stale")
    );
    let answer = browser.post("/account", &information_form(&page)).await;
    assert_eq!(answer.status, 303, "{}", answer.summary());
    // Another enterprise in the same browser sees nothing of it.
    let other = Scene::at(provider).await;
    let mut elsewhere = other
        .browser
        .clone()
        .with_header("origin", &provider.issuer);
    let page = elsewhere.post("/account", &fields).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (409, "page-outdated")
    );
    assert!(!page.body.contains("13833333333"));
    // The other language keeps what was typed.
    let mut typed = information_form(&scene.browser.open("/account").await);
    set(&mut typed, "address", "新地址");
    let english = scene
        .browser
        .post("/account/language?lang=en", &typed)
        .await;
    assert_eq!(
        english.attribute("#address", "value").as_deref(),
        Some("新地址")
    );
    assert_eq!(english.attribute("html", "lang").as_deref(), Some("en"));
}

#[tokio::test]
async fn a_consent_is_taken_back_and_what_the_platform_was_given_ends_at_once() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    assert!(
        scene
            .browser
            .open("/account/consents")
            .await
            .has("#consents-none")
    );
    let tokens = scene.receive().await;
    let (code, asking) = scene.code().await;
    let id = scene.platform.id.clone();
    let page = scene.browser.open("/account/consents").await;
    let shown = page.text(&format!("#consent-{id}")).unwrap();
    for words in ["统一社会信用代码", "证书Key号", "联系电话", "最近使用"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let page = scene
        .browser
        .open(&format!("/account/consents/revoke?platform={id}"))
        .await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let answer = scene
        .browser
        .post("/account/consents/revoke", &page.fields("#revoke-form"))
        .await;
    let page = scene.browser.follow(answer).await;
    assert!(
        page.has("#revoked") && page.has("#consents-none"),
        "{}",
        page.summary()
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let redeemed = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(redeemed.error(), "invalid_grant");
    let records = provider.consents(&scene.lock).await;
    assert_eq!(records[0].outcome, ConsentOutcome::Revoked);
    assert_eq!(
        provider
            .count_of_platform(&id, AuditKind::ConsentRevoked)
            .await,
        1
    );
    // Once more there is nothing to take back; a new consent gives anew.
    let again = scene
        .browser
        .post_own("/account/consents/revoke", &[("platform", &id)])
        .await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (404, "consent-not-in-force")
    );
    let refused = AuditKind::AccountRefused;
    provider
        .expect_incident(&again.incident(), refused, "consent-not-in-force")
        .await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
}

#[tokio::test]
async fn live_sessions_are_listed_and_ended_one_or_all_others() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut others = Vec::new();
    for agent in ["Browser/One", "Browser/Two", "Browser/Three"] {
        let mut browser = Browser::new(provider).with_header("user-agent", agent);
        browser.sign_in(&scene.lock).await;
        others.push(browser);
    }
    let tokens = scene.platform.receive(&mut others[0], &scene.lock).await;
    let page = scene.browser.open("/account/sessions").await;
    assert_eq!(page.texts("#sessions tbody tr").len(), 4);
    assert_eq!(page.texts("#this-session").len(), 1);
    let rows = page.attributes("#sessions tbody tr", "id");
    let texts = page.texts("#sessions tbody tr");
    let row = texts
        .iter()
        .position(|text| text.contains("Browser/One"))
        .unwrap();
    let id = rows[row].strip_prefix("session-").unwrap();
    let answer = scene
        .browser
        .post_own("/account/sessions/end", &[("session", id)])
        .await;
    let page = scene.browser.follow(answer).await;
    assert!(page.has("#ended"), "{}", page.summary());
    assert_eq!(page.texts("#sessions tbody tr").len(), 3);
    assert_eq!(
        others[0].open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(others[1].open("/certificate").await.status, 200);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);

    let answer = scene
        .browser
        .post_own("/account/sessions/end-others", &[])
        .await;
    let page = scene.browser.follow(answer).await;
    assert_eq!(page.texts("#sessions tbody tr").len(), 1);
    assert!(page.has("#ended") && !page.has("#end-others"));
    for other in &mut others[1..] {
        assert_eq!(other.open("/certificate").await.location(), Some("/login"));
    }
    assert_eq!(scene.browser.open("/certificate").await.status, 200);
    let history = scene.browser.open("/account/history").await;
    let rows = history.texts("#history tbody tr");
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows.iter()
            .filter(|row| row.contains("由本企业终止"))
            .count(),
        3
    );
    assert!(
        rows.iter()
            .any(|row| row.contains("Browser/Two") && row.contains("127.0.0.1"))
    );
}

#[tokio::test]
async fn all_are_ended_this_one_too_and_a_secondary_lock_ends_all_of_its_own() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let mut of_second = [Browser::new(provider), Browser::new(provider)];
    for browser in &mut of_second {
        browser.sign_in(&second).await;
    }
    let own = of_second[0]
        .post_own("/account/sessions/end-all", &[])
        .await;
    assert_eq!(own.location(), Some("/signed-out"), "{}", own.summary());
    for browser in &mut of_second {
        assert_eq!(
            browser.open("/certificate").await.location(),
            Some("/login")
        );
    }
    let tokens = scene.receive().await;
    assert!(
        scene
            .browser
            .open("/account/sessions")
            .await
            .has("#end-all")
    );
    of_second[1].sign_in(&second).await;
    let all = scene
        .browser
        .post_own("/account/sessions/end-all", &[])
        .await;
    let all = scene.browser.follow(all).await;
    assert!(all.has("#signed-out"), "{}", all.summary());
    for browser in [&mut scene.browser, &mut of_second[1]] {
        assert_eq!(
            browser.open("/certificate").await.location(),
            Some("/login")
        );
    }
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn an_old_live_session_is_not_hidden_by_many_that_ended() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let lock = provider.stored_lock(&scene.lock).await.unwrap();
    let now = provider.state.cx().now;
    let many = provider.state.database.write(move |store| {
        for number in 0..600_u64 {
            let begun_at = now + std::time::Duration::from_millis(number);
            store.insert_session(&SessionRecord {
                id: SessionId::from_text(format!("{}-{number}", lock.id)),
                root_id: SessionId::from_text(format!("{}-{number}", lock.id)),
                enterprise_id: lock.enterprise_id.clone(),
                key_lock_id: lock.id.clone(),
                begun_at,
                seen_at: begun_at,
                remote_address: None,
                user_agent: None,
                ended: Some((begun_at, SessionEnding::SignedOut)),
            })?;
        }
        Ok::<_, StoreError>(())
    });
    many.await.unwrap();
    let page = scene.browser.open("/account/sessions").await;
    assert_eq!(
        page.texts("#sessions tbody tr").len(),
        1,
        "{}",
        page.summary()
    );
    assert!(page.has("#this-session") && !page.has("#sessions-more"));
}

#[tokio::test]
async fn old_sign_ins_go_off_record_and_live_ones_stay() {
    let provider = Provider::start(|config| config.sign_ins.kept_days = 1);
    let mut scene = Scene::at(&provider).await;
    scene
        .browser
        .sign_in_again(&scene.platform, &scene.lock)
        .await;
    let now = provider.state.cx().now;
    let none = forget(&provider.state, now).await.unwrap();
    assert_eq!(none, 0);
    let history = scene.browser.open("/account/history").await;
    assert!(history.text("main").unwrap().contains("保留 1 天"));
    assert_eq!(history.texts("#history tbody tr").len(), 2);
    let days = std::time::Duration::from_hours(49);
    assert_eq!(forget(&provider.state, now + days).await.unwrap(), 2);
}

#[tokio::test]
async fn the_history_tells_how_each_sign_in_ended() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let (mut leaving, mut again) = (Browser::new(provider), Browser::new(provider));
    leaving.sign_in(&scene.lock).await;
    leaving.post_own("/logout", &[]).await;
    again.sign_in(&scene.lock).await;
    again.sign_in_again(&scene.platform, &scene.lock).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    Browser::new(provider).sign_in(&second).await;
    let id = provider.lock_id(&second).await.to_string();
    scene
        .browser
        .post_own("/account/locks/remove", &[("lock", &id)])
        .await;
    let history = scene
        .browser
        .open("/account/history")
        .await
        .text("#history")
        .unwrap();
    for words in [
        "在线",
        "已退出",
        "同一浏览器重新登录",
        "企业锁已停用",
        "本次登录",
    ] {
        assert!(history.contains(words), "{words}: {history}");
    }
}

#[tokio::test]
async fn a_session_whose_time_is_over_is_shown_as_over() {
    let provider = Provider::start(|config| config.lifetimes.session_absolute = 3);
    let mut scene = Scene::at(&provider).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    scene.browser.sign_in(&scene.lock).await;
    let history = scene.browser.open("/account/history").await;
    let rows = history.texts("#history tbody tr");
    assert!(rows.iter().any(|row| row.contains("已超时")), "{rows:?}");
    assert_eq!(
        scene
            .browser
            .open("/account/sessions")
            .await
            .texts("#sessions tbody tr")
            .len(),
        1
    );
}
