//! RP-Initiated Logout 1.0: a platform sends a person to be signed out, and what the person meets.

use e2e::listener::Listener;
use e2e::story::{Scene, Tokens};
use e2e::{Answer, Browser, Platform, Provider};
use idp_core::audit::AuditKind;
use idp_core::id::SessionId;

use super::back_channel::{entered, provider};

/// What a platform asks.
#[derive(Clone, Default)]
pub struct Asking(pub Vec<(String, String)>);

impl Asking {
    /// With one more parameter.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Path and query.
    pub fn path(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.0);
        format!("/oauth2/logout?{}", query.finish())
    }
}

/// As it should be: the ID token, the registered address and a state.
pub fn asking(platform: &Platform, tokens: &Tokens) -> Asking {
    Asking::default()
        .and("id_token_hint", tokens.id())
        .and("post_logout_redirect_uri", &bye(platform))
        .and("state", "a state & more")
}

pub fn bye(platform: &Platform) -> String {
    format!("https://{}.example/bye", platform.id)
}

/// Whether somebody is signed in in this browser, as a platform sees it.
pub async fn is_signed_in(browser: &mut Browser, platform: &Platform) -> bool {
    let silent = platform.ask().with("prompt", "none");
    let answer = browser.open(&silent.path()).await;
    match answer.parameter("error").as_deref() {
        Some("login_required") => false,
        None | Some("consent_required") => true,
        other => panic!("{other:?}: {}", answer.summary()),
    }
}

/// Sends the form of the question.
async fn confirm(browser: &mut Browser, page: &Answer) -> Answer {
    assert!(page.has("#confirm-sign-out"), "{}", page.summary());
    let fields = page.fields("#confirm-sign-out-form");
    browser.post("/logout", &fields).await
}

#[tokio::test]
async fn with_the_id_token_of_this_session_the_person_is_signed_out_and_sent_back_with_the_state() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    assert!(is_signed_in(&mut scene.browser, &scene.platform).await);
    let answer = scene
        .browser
        .open(&asking(&scene.platform, &tokens).path())
        .await;
    let back = format!("{}?state=a+state+%26+more", bye(&scene.platform));
    assert_eq!(
        answer.location(),
        Some(back.as_str()),
        "{}",
        answer.summary()
    );
    // Told before the person goes on.
    assert_eq!(listener.told().len(), 1);
    assert!(scene.browser.session().is_none(), "the cookie stays");
    assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let events = provider().audit().await;
    let sid = e2e::jwt::part(tokens.id(), 1)["sid"].clone();
    let sid = SessionId::from_text(sid.as_str().unwrap());
    let of_session = events
        .iter()
        .filter(|e| e.event.session_id.as_ref() == Some(&sid));
    let kinds: Vec<_> = of_session.map(|e| e.event.kind).collect();
    assert!(kinds.contains(&AuditKind::LoggedOut) && kinds.contains(&AuditKind::LogoutConfirmed));
}

#[tokio::test]
async fn without_a_state_none_is_added_and_a_query_of_the_address_stays() {
    let listener = Listener::start();
    for (uri, with_state) in [
        ("bye", "bye?state=s"),
        ("out?from=yzt", "out?from=yzt&state=s"),
    ] {
        for state in [None, Some("s")] {
            let (mut scene, tokens) = entered(&listener).await;
            let at = |path: &str| format!("https://{}.example/{path}", scene.platform.id);
            let mut asking = Asking::default()
                .and("id_token_hint", tokens.id())
                .and("client_id", &scene.platform.id)
                .and("post_logout_redirect_uri", &at(uri));
            let mut expected = at(uri);
            if let Some(state) = state {
                asking = asking.and("state", state);
                expected = at(with_state);
            }
            let answer = scene.browser.open(&asking.path()).await;
            assert_eq!(answer.location(), Some(expected.as_str()));
        }
    }
}

#[tokio::test]
async fn an_id_token_that_ran_out_still_says_which_session_is_meant() {
    let provider = Provider::start(|config| {
        super::back_channel::telling(config);
        config.lifetimes.id_token = 1;
    });
    let listener = Listener::start();
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, listener.order()).await;
    let tokens = scene.receive().await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let answer = scene
        .browser
        .open(&asking(&scene.platform, &tokens).path())
        .await;
    let back = answer.location().unwrap_or_default();
    assert!(
        back.starts_with(&bye(&scene.platform)),
        "{}",
        answer.summary()
    );
}

#[tokio::test]
async fn a_post_from_the_platforms_own_site_comes_without_the_cookie_and_works_all_the_same() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let here = format!("https://{}.example", scene.platform.id);
    let mut cross_site = Browser::new(provider()).with_header("origin", &here);
    let answer = cross_site
        .post("/oauth2/logout", &asking(&scene.platform, &tokens).0)
        .await;
    let on = answer.location().unwrap().to_owned();
    assert!(on.starts_with("/logout?request="), "{on}");
    assert!(!on.contains(tokens.id()), "the ID token is in no address");
    // A browser sends its cookie with the GET that follows.
    let answer = scene.browser.open(&on).await;
    assert!(
        answer
            .location()
            .unwrap()
            .starts_with(&bye(&scene.platform))
    );
    assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
}

#[tokio::test]
async fn without_an_id_token_the_person_is_asked_and_then_shown_a_page() {
    let listener = Listener::start();
    for asking in [
        Asking::default(),
        Asking::default().and("state", "s"),
        Asking::default()
            .and("ui_locales", "en")
            .and("logout_hint", "x"),
    ] {
        let (mut scene, _) = entered(&listener).await;
        let before = listener.told().len();
        let page = scene.browser.open(&asking.path()).await;
        assert_eq!(page.status, 200);
        assert_eq!(
            page.text("#confirm-sign-out-enterprise").as_ref(),
            Some(&scene.lock.holder)
        );
        assert!(is_signed_in(&mut scene.browser, &scene.platform).await);
        let answer = confirm(&mut scene.browser, &page).await;
        let page = scene.browser.follow(answer).await;
        assert!(page.has("#signed-out") && !page.has("#onward"));
        assert_eq!(listener.told().len(), before + 1);
        assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
    }
}

#[tokio::test]
async fn who_is_named_by_client_id_alone_gets_a_question_and_a_link_and_no_redirect() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    let asking = Asking::default()
        .and("client_id", &scene.platform.id)
        .and("post_logout_redirect_uri", &bye(&scene.platform))
        .and("state", "s");
    let page = scene.browser.open(&asking.path()).await;
    let lead = page.text("#confirm-sign-out-lead").unwrap();
    assert!(
        lead.contains(&scene.platform.registration.name_zh),
        "{lead}"
    );
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("form-action 'self'"), "{policy}");
    let answer = confirm(&mut scene.browser, &page).await;
    let page = scene.browser.follow(answer).await;
    let onward = page.attribute("#onward", "href").unwrap();
    assert_eq!(onward, format!("{}?state=s", bye(&scene.platform)));
}

#[tokio::test]
async fn the_id_token_of_another_session_signs_nobody_out_unasked() {
    let listener = Listener::start();
    let (old, old_tokens) = entered(&listener).await;
    let mut scene = Scene::at(provider()).await;
    let asking = asking(&old.platform, &old_tokens);
    let page = scene.browser.open(&asking.path()).await;
    assert!(is_signed_in(&mut scene.browser, &scene.platform).await);
    let policy = page.header("content-security-policy");
    let origin = format!("form-action 'self' https://{}.example", old.platform.id);
    assert!(policy.ends_with(&origin), "{policy}");
    let answer = confirm(&mut scene.browser, &page).await;
    assert!(answer.location().unwrap().starts_with(&bye(&old.platform)));
    assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
    // Whose ID token it was is signed in all the same.
    let mut other = old.browser;
    assert!(is_signed_in(&mut other, &old.platform).await);
    assert_eq!(old.platform.userinfo(old_tokens.access()).await.status, 200);
}

#[tokio::test]
async fn after_a_step_up_the_id_token_of_before_still_names_this_browser() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    scene
        .browser
        .sign_in_again(&scene.platform, &scene.lock)
        .await;
    let answer = scene
        .browser
        .open(&asking(&scene.platform, &tokens).path())
        .await;
    assert!(answer.location().is_some(), "{}", answer.summary());
    assert!(!is_signed_in(&mut scene.browser, &scene.platform).await);
    assert_eq!(listener.told().len(), 1);
}

#[tokio::test]
async fn a_session_whose_time_is_over_still_ends_at_the_platforms() {
    let provider = Provider::start(|config| {
        super::back_channel::telling(config);
        config.lifetimes.session_absolute = 4;
    });
    let listener = Listener::start();
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, listener.order()).await;
    let tokens = scene.receive().await;
    let asking = asking(&scene.platform, &tokens);
    // A stranger's browser has no word in a session that is live.
    let mut stranger = Browser::new(&provider);
    let answer = stranger.open(&asking.path()).await;
    assert!(answer.location().is_some());
    assert_eq!(listener.told().len(), 0);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let answer = scene.browser.open(&asking.path()).await;
    assert!(answer.location().is_some(), "{}", answer.summary());
    assert_eq!(listener.told().len(), 1);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn nobody_signed_in_is_led_on_or_shown_that_nobody_is() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let asking = asking(&scene.platform, &tokens);
    scene.browser.open(&asking.path()).await;
    let again = scene.browser.open(&asking.path()).await;
    assert!(again.location().unwrap().starts_with(&bye(&scene.platform)));
    let page = scene.browser.go("/oauth2/logout").await;
    assert!(page.has("#signed-out"), "{}", page.summary());
    assert_eq!(listener.told().len(), 1);
}

#[tokio::test]
async fn the_question_can_be_declined_and_is_asked_in_both_languages() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    let page = scene.browser.open("/oauth2/logout").await;
    let other = page.attribute("#lang-en", "href").unwrap();
    let english = scene.browser.open(&other).await;
    assert_eq!(english.text("h1").as_deref(), Some("Sign out?"));
    assert!(english.has("#confirm-sign-out"));
    let stay = english.attribute("#stay", "href").unwrap();
    assert_eq!(scene.browser.open(&stay).await.status, 200);
    assert!(is_signed_in(&mut scene.browser, &scene.platform).await);
}
