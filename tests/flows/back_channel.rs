//! Back-Channel Logout 1.0: what is told, to whom, and what becomes of it.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use e2e::jwt::part;
use e2e::listener::Listener;
use e2e::story::{Scene, Tokens};
use e2e::{Browser, Platform, Provider};
use idp::config::Config;
use idp_core::audit::AuditKind;
use idp_core::id::PlatformId;
use idp_core::logout_delivery::{DeliveryStage, DeliveryState, LogoutDelivery, TRIED_FOR};
use idp_core::platform::JwsAlgorithm;

/// What it needs for that.
pub fn telling(config: &mut Config) {
    config.outbound.allow_loopback = true;
    config.lifetimes.refresh_again = 1;
}

/// One that reaches platforms on loopback; shared by these tests.
pub fn provider() -> &'static Provider {
    static SHARED: OnceLock<Provider> = OnceLock::new();
    SHARED.get_or_init(|| Provider::start(telling))
}

/// Somebody who entered a platform that listens.
pub async fn entered(listener: &Listener) -> (Scene, Tokens) {
    let mut scene = Scene::at(provider()).await;
    scene.platform = Platform::order(provider(), listener.order()).await;
    let tokens = scene.receive().await;
    (scene, tokens)
}

/// What is on record for a platform.
pub async fn deliveries(id: &str) -> Vec<LogoutDelivery> {
    let id = PlatformId::from_text(id);
    let mut found = Vec::new();
    for stage in DeliveryStage::ALL {
        let database = &provider().state.database;
        let read = database.read(move |store| store.list_logout_deliveries(stage, 10_000));
        found.extend(read.await.unwrap());
    }
    found.retain(|delivery| delivery.platform_id == id);
    found
}

async fn settled(id: &str) -> LogoutDelivery {
    for _ in 0..200 {
        let found = deliveries(id).await;
        if let [one] = found.as_slice()
            && one.state.parts().0 != DeliveryStage::Waiting
        {
            return one.clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not settled: {:?}", deliveries(id).await);
}

#[tokio::test]
async fn signing_out_tells_the_platform_with_the_subject_and_session_of_its_id_token() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let page = scene.browser.sign_out().await;
    // Before the page came: the person waited for it.
    let [token] = listener.told().try_into().unwrap();
    let claims = scene.platform.logout_claims(&token).await;
    let id_token = part(tokens.id(), 1);
    for claim in ["iss", "sub", "aud", "sid"] {
        assert_eq!(claims[claim], id_token[claim], "{claim}");
    }
    let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64());
    assert_eq!(exp, Some(iat + 120));
    assert!(
        listener
            .publisher
            .last_head()
            .contains("content-type: application/x-www-form-urlencoded")
    );
    assert_eq!(
        page.texts("#signed-out-platforms dt"),
        [scene.platform.registration.name_zh.as_str()]
    );
    assert_eq!(page.texts("#signed-out-platforms dd"), ["已确认退出"]);
    assert!(!page.has("#look-again"));
    let one = settled(&scene.platform.id).await;
    assert!(matches!(one.state, DeliveryState::Confirmed(_)));
    let confirmed = provider()
        .count_of_platform(&scene.platform.id, AuditKind::LogoutConfirmed)
        .await;
    assert_eq!(confirmed, 1);
}

#[tokio::test]
async fn the_token_is_signed_as_the_platforms_id_tokens_are_and_each_has_its_own_name() {
    let listener = Listener::start();
    let mut scene = Scene::at(provider()).await;
    let mut order = listener.order();
    order.id_token_alg = JwsAlgorithm::Rs256;
    scene.platform = Platform::order(provider(), order).await;
    let mut names = Vec::new();
    for round in 1..=2 {
        scene.receive().await;
        scene.browser.sign_out().await;
        let token = listener.wait_for(round).await.pop().unwrap();
        assert_eq!(part(&token, 0)["alg"], "RS256");
        names.push(scene.platform.logout_claims(&token).await["jti"].clone());
        scene.browser.sign_in(&scene.lock).await;
    }
    assert_ne!(names[0], names[1]);
}

#[tokio::test]
async fn every_platform_of_the_session_is_told_side_by_side_with_one_sid_and_the_page_says_which() {
    let (quick, slow) = (Listener::start(), Listener::start());
    let (mut scene, first) = entered(&quick).await;
    let other = Platform::order(provider(), slow.order()).await;
    let second = other.receive(&mut scene.browser, &scene.lock).await;
    let mute = Platform::connect(provider()).await;
    mute.receive(&mut scene.browser, &scene.lock).await;
    // Twice at the same one: it is told once.
    scene.receive().await;
    assert_eq!(part(first.id(), 1)["sid"], part(second.id(), 1)["sid"]);

    slow.publisher.delay(Duration::from_secs(4));
    let mut english = scene.browser.clone().speaking("en");
    let begun = Instant::now();
    let page = english.sign_out().await;
    let waited = begun.elapsed();
    assert!(
        waited > Duration::from_secs(2) && waited < Duration::from_secs(4),
        "{waited:?}"
    );
    let rows: Vec<(String, String)> = page
        .texts("#signed-out-platforms dt")
        .into_iter()
        .zip(page.texts("#signed-out-platforms dd"))
        .collect();
    let row = |platform: &Platform| {
        let name = &platform.registration.name_en;
        let found = rows.iter().find(|(found, _)| found == name);
        found.unwrap_or_else(|| panic!("{rows:?}")).1.clone()
    };
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(row(&scene.platform), "Sign-out confirmed");
    assert_eq!(
        row(&other),
        "Not confirmed yet (the system keeps telling it)"
    );
    assert_eq!(
        row(&mute),
        "No automatic sign-out; please sign out there yourself"
    );
    assert_eq!(quick.told().len(), 1);

    // The page again, without any script: by now it is confirmed.
    settled(&other.id).await;
    let again = page.attribute("#look-again", "href").unwrap();
    let page = english.open(&again).await;
    let states = page.texts("#signed-out-platforms dd");
    assert!(!states.iter().any(|s| s.starts_with("Not")), "{states:?}");
    let zh = english.open(&format!("{again}&lang=zh-CN")).await;
    let states = zh.texts("#signed-out-platforms dd");
    assert!(states.contains(&"不支持自动退出，请自行退出".to_owned()));
}

#[tokio::test]
async fn a_platform_that_fails_is_told_again_until_it_confirms() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    listener.answer(503);
    let page = scene.browser.sign_out().await;
    assert_eq!(
        page.texts("#signed-out-platforms dd"),
        ["尚未确认（系统会继续通知）"]
    );
    let [waiting] = deliveries(&scene.platform.id).await.try_into().unwrap();
    assert_eq!(waiting.attempts, 1);
    assert_eq!(
        waiting.why.as_deref(),
        Some("the answer has the status 503")
    );
    listener.answer(204);
    // Five seconds after the first attempt.
    let done = settled(&scene.platform.id).await;
    assert!(matches!(done.state, DeliveryState::Confirmed(_)));
    assert_eq!((done.attempts, listener.told().len()), (2, 2));
}

#[tokio::test]
async fn a_platform_that_is_told_late_is_told_when_it_ended_and_can_tell_what_it_was_given_since() {
    let listener = Listener::start();
    let (mut scene, first) = entered(&listener).await;
    listener.answer(503);
    let taken = [("platform", scene.platform.id.as_str())];
    let browser = &mut scene.browser;
    let answer = browser.post_own("/account/consents/revoke", &taken).await;
    assert_eq!(answer.status, 303, "{}", answer.summary());
    listener.wait_for(1).await;
    // Tokens tell the time in seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    // Consent is given again, in the same session.
    let second = scene.receive().await;
    assert_eq!(part(first.id(), 1)["sid"], part(second.id(), 1)["sid"]);
    listener.answer(204);
    settled(&scene.platform.id).await;
    let told = listener.told();
    assert_eq!(told.len(), 2);
    let (early, late) = (part(&told[0], 1), part(&told[1], 1));
    scene.platform.logout_claims(&told[1]).await;
    let time = |claims: &serde_json::Value, name: &str| claims[name].as_i64().unwrap();
    assert_eq!(
        early.get("toe"),
        None,
        "nothing that the plan does not know"
    );
    let issued = time(&part(second.id(), 1), "iat");
    assert!(time(&late, "toe") < issued && issued <= time(&late, "iat"));
    assert!((time(&early, "iat") - time(&late, "toe")).abs() <= 2);
    assert_eq!(scene.platform.userinfo(second.access()).await.status, 200);
}

#[tokio::test]
async fn a_platform_that_says_it_could_not_is_not_told_again_and_the_page_says_so() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    listener.answer(400);
    let page = scene.browser.sign_out().await;
    assert_eq!(
        page.texts("#signed-out-platforms dd"),
        ["平台未能退出，请自行退出"]
    );
    let refused = settled(&scene.platform.id).await;
    assert_eq!(refused.state.parts().0, DeliveryStage::Refused);
    let events = provider().audit_of_platform(&scene.platform.id).await;
    let failed = events.iter().find(|e| e.kind == AuditKind::LogoutFailed);
    assert_eq!(failed.unwrap().reason.as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_redirect_confirms_nothing_and_is_not_followed() {
    let (listener, elsewhere) = (Listener::start(), Listener::start());
    let (mut scene, _) = entered(&listener).await;
    let to = elsewhere.publisher.url.clone();
    listener
        .publisher
        .answer(Box::new(move |_| Some(e2e::publisher::onward(&to))));
    scene.browser.sign_out().await;
    let [waiting] = deliveries(&scene.platform.id).await.try_into().unwrap();
    assert_eq!(waiting.state.parts().0, DeliveryStage::Waiting);
    assert_eq!(elsewhere.publisher.asked(), 0);
}

#[tokio::test]
async fn a_platform_that_was_away_for_a_day_is_given_up_with_an_event() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    listener.answer(500);
    scene.browser.sign_out().await;
    let [waiting] = deliveries(&scene.platform.id).await.try_into().unwrap();
    let now = provider().state.cx().now;
    let old = LogoutDelivery {
        tried_since: now - TRIED_FOR,
        state: DeliveryState::Waiting(now),
        ..waiting.clone()
    };
    let database = &provider().state.database;
    let aged = database.write(move |store| store.exchange_logout_delivery(&waiting, &old));
    assert!(aged.await.unwrap());
    let over = settled(&scene.platform.id).await;
    assert_eq!(over.state.parts().0, DeliveryStage::GivenUp);
    let given_up = provider()
        .count_of_platform(&scene.platform.id, AuditKind::LogoutGivenUp)
        .await;
    assert_eq!(given_up, 1);
}

#[tokio::test]
async fn a_platform_without_an_address_any_more_is_given_up_at_once() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    listener.answer(503);
    scene.browser.sign_out().await;
    provider()
        .change_platform(&scene.platform.id, |platform| {
            let client = platform.client.as_mut().unwrap();
            client.logout.backchannel_uri = None;
        })
        .await;
    let over = settled(&scene.platform.id).await;
    assert_eq!(over.state.parts().0, DeliveryStage::GivenUp);
    assert_eq!(
        over.why.as_deref(),
        Some("no address is registered any more")
    );
}

#[tokio::test]
async fn whoever_signs_again_for_a_step_up_signs_out_of_what_was_entered_before_too() {
    let listener = Listener::start();
    let (mut scene, first) = entered(&listener).await;
    scene
        .browser
        .sign_in_again(&scene.platform, &scene.lock)
        .await;
    // Signing again ends nothing at the platforms.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(listener.told().len(), 0);
    assert_eq!(scene.platform.userinfo(first.access()).await.status, 200);
    scene.browser.sign_out().await;
    let [token] = listener.told().try_into().unwrap();
    let claims = scene.platform.logout_claims(&token).await;
    assert_eq!(claims["sid"], part(first.id(), 1)["sid"]);
    assert_eq!(scene.platform.userinfo(first.access()).await.status, 401);
}

#[tokio::test]
async fn another_enterprise_in_the_same_browser_ends_what_the_former_one_entered() {
    let listener = Listener::start();
    let (scene, first) = entered(&listener).await;
    let other = Scene::at(provider()).await;
    let mut browser = scene.browser;
    let asking = scene.platform.ask().with("prompt", "login");
    let page = browser.go(&asking.path()).await;
    let answer = browser.sign(&page, &other.lock).await;
    assert_eq!(answer.status, 303, "{}", answer.summary());
    let token = listener.wait_for(1).await.pop().unwrap();
    let claims = scene.platform.logout_claims(&token).await;
    assert_eq!(claims["sub"], part(first.id(), 1)["sub"]);
    assert_eq!(scene.platform.userinfo(first.access()).await.status, 401);
}

#[tokio::test]
async fn a_session_in_another_browser_goes_on() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    let mut elsewhere = Browser::new(provider());
    elsewhere.sign_in(&scene.lock).await;
    let other = scene.platform.receive(&mut elsewhere, &scene.lock).await;
    scene.browser.sign_out().await;
    let [token] = listener.told().try_into().unwrap();
    assert_ne!(part(&token, 1)["sid"], part(other.id(), 1)["sid"]);
    assert_eq!(scene.platform.userinfo(other.access()).await.status, 200);
}

#[tokio::test]
async fn two_platforms_of_one_name_are_two_and_one_that_is_off_record_has_not_confirmed() {
    let listener = Listener::start();
    let mut scene = Scene::at(provider()).await;
    let name = format!("同名平台{}", scene.platform.id);
    let mut order = listener.order();
    order.name_zh = Some(name.clone());
    scene.platform = Platform::order(provider(), order).await;
    scene.receive().await;
    let mute = e2e::PlatformOrder {
        name_zh: Some(name.clone()),
        ..e2e::PlatformOrder::default()
    };
    let mute = Platform::order(provider(), mute).await;
    mute.receive(&mut scene.browser, &scene.lock).await;
    // Nothing is said to be over that nobody ended.
    for page in ["/signed-out", "/signed-out?of=nothing"] {
        let answer = scene.browser.open(page).await;
        assert_eq!(answer.location(), Some("/"), "{page}");
    }
    let signed_out = scene.browser.post_own("/logout", &[]).await;
    let here = signed_out.location().unwrap().to_owned();
    let states = async |browser: &mut Browser| {
        let page = browser.open(&here).await;
        assert_eq!(page.texts("#signed-out-platforms dt"), [&*name, &*name]);
        let mut states = page.texts("#signed-out-platforms dd");
        states.sort();
        states
    };
    let mute = "不支持自动退出，请自行退出";
    let mut before = states(&mut scene.browser).await;
    before.retain(|state| state != mute);
    assert_eq!(before, ["已确认退出"]);
    let of = PlatformId::from_text(&scene.platform.id);
    let [delivery] = deliveries(of.as_str()).await.try_into().unwrap();
    let database = &provider().state.database;
    // As if an older version had written it: nobody finds it any more.
    let gone = LogoutDelivery {
        state: DeliveryState::Confirmed(idp_core::timestamp::Timestamp::from_unix_seconds(1)),
        ..delivery.clone()
    };
    let gone = database.write(move |store| {
        assert!(store.exchange_logout_delivery(&delivery, &gone)?);
        let before = idp_core::timestamp::Timestamp::from_unix_seconds(2);
        store.forget_logout_deliveries(before, 1)
    });
    assert_eq!(gone.await.unwrap(), 1);
    let after = states(&mut scene.browser).await;
    assert!(!after.contains(&"已确认退出".to_owned()), "{after:?}");
    assert_eq!(after.len(), 2);
}
