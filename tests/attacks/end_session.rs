//! Signing out as an open redirect, by a forged ID token, or behind a person's back.

use e2e::jwt::{AssertionKey, part};
use e2e::listener::Listener;
use e2e::story::Scene;
use e2e::{Answer, Browser, Platform};
use idp_core::audit::AuditKind;
use serde_json::json;

use crate::flows::back_channel::{entered, provider};
use crate::flows::end_session::{Asking, asking, bye, is_signed_in};

/// A page with this code and its event; nobody is led anywhere, nobody is signed out.
async fn expect_refused(scene: &mut Scene, asking: &Asking, code: &str, what: &str) {
    let answer = scene.browser.open(&asking.path()).await;
    assert_eq!(answer.status, 400, "{what}: {}", answer.summary());
    assert_eq!(answer.problem(), code, "{what}");
    assert!(leads_nowhere(&answer), "{what}: {}", answer.body);
    provider()
        .expect_incident(&answer.incident(), AuditKind::LogoutRefused, code)
        .await;
    assert!(
        is_signed_in(&mut scene.browser, &scene.platform).await,
        "{what}"
    );
    // By POST the same.
    let posted = scene.browser.post("/oauth2/logout", &asking.0).await;
    assert_eq!((posted.status, posted.problem().as_str()), (400, code));
}

fn leads_nowhere(answer: &Answer) -> bool {
    let away = answer.attributes("main a", "href");
    answer.header("location").is_empty() && away.iter().all(|to| to.starts_with('/'))
}

#[tokio::test]
async fn only_a_registered_address_to_the_character_is_led_to() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let other = Platform::order(provider(), listener.order()).await;
    let good = bye(&scene.platform);
    let id = &scene.platform.id;
    let bent = [
        format!("{good}/"),
        format!("{good}?"),
        format!("{good}#"),
        format!("{good}?foo=bar"),
        format!("{good}%20"),
        format!(" {good}"),
        format!("{good}\n"),
        good.to_uppercase(),
        good.replace("https", "http"),
        good.replace(".example", ".example:443"),
        good.replace(".example", ".example.evil.test"),
        format!("https://{id}.example@evil.test/bye"),
        format!("https://{id}.example/x/../bye"),
        format!("https://{id}.example/callback"),
        "//evil.test".to_owned(),
        "https://evil.test".to_owned(),
        "javascript:alert(1)".to_owned(),
        "/platforms".to_owned(),
        bye(&other),
    ];
    for uri in bent {
        let asking = Asking::default()
            .and("id_token_hint", tokens.id())
            .and("post_logout_redirect_uri", &uri)
            .and("state", "s");
        expect_refused(&mut scene, &asking, "logout-uri-mismatch", &uri).await;
    }
    assert_eq!(listener.told().len(), 0);
}

#[tokio::test]
async fn an_address_without_a_word_for_whom_it_is_leads_nowhere() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    let asking = Asking::default().and("post_logout_redirect_uri", &bye(&scene.platform));
    expect_refused(&mut scene, &asking, "logout-uri-mismatch", "nobody's").await;
    let unknown = asking.clone().and("client_id", "nobody");
    expect_refused(&mut scene, &unknown, "platform-unknown", "unknown").await;
}

#[tokio::test]
async fn a_hint_that_we_did_not_sign_says_nothing() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let (header, claims) = (part(tokens.id(), 0), part(tokens.id(), 1));
    let mut unsigned = header.clone();
    unsigned["alg"] = json!("none");
    let mut other_key = header.clone();
    other_key["alg"] = json!("ES256");
    let stranger = AssertionKey::generate(jsonwebtoken::Algorithm::ES256);
    let mut other_session = claims.clone();
    other_session["sid"] = json!("another");
    let [head, body, signature] = tokens.id().split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let mut broken = signature.to_owned();
    broken.replace_range(5..6, if &signature[5..6] == "A" { "B" } else { "A" });
    let bent_claims = e2e::jwt::compact(&header, &other_session, &[]);
    let bent_claims = bent_claims.trim_end_matches('.').to_owned();
    let hints = [
        ("alg none", e2e::jwt::compact(&unsigned, &claims, &[])),
        (
            "another's signature",
            stranger.signed_with(&other_key, &claims),
        ),
        ("changed signature", format!("{head}.{body}.{broken}")),
        ("no signature", format!("{head}.{body}.")),
        ("changed claims", format!("{bent_claims}.{signature}")),
        ("an access token", tokens.access().to_owned()),
        ("no token", "nonsense".to_owned()),
        ("five parts", format!("{}.a.b", tokens.id())),
    ];
    for (what, hint) in hints {
        let asking = Asking::default()
            .and("id_token_hint", &hint)
            .and("client_id", &scene.platform.id)
            .and("post_logout_redirect_uri", &bye(&scene.platform))
            .and("state", "s");
        expect_refused(&mut scene, &asking, "logout-hint-invalid", what).await;
    }
    // A logout token of ours is none either.
    let listener_scene = entered(&listener).await;
    let (mut told, _) = listener_scene;
    told.browser.sign_out().await;
    let logout_token = listener.told().pop().unwrap();
    let asking = Asking::default().and("id_token_hint", &logout_token);
    expect_refused(&mut scene, &asking, "logout-hint-invalid", "a logout token").await;
}

#[tokio::test]
async fn nobody_uses_anothers_id_token_and_no_parameter_comes_twice() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    let other = Platform::order(provider(), listener.order()).await;
    let mixed = Asking::default()
        .and("id_token_hint", tokens.id())
        .and("client_id", &other.id)
        .and("post_logout_redirect_uri", &bye(&other));
    expect_refused(&mut scene, &mixed, "logout-client-mismatch", "mixed").await;
    let whole = asking(&scene.platform, &tokens).and("client_id", &scene.platform.id);
    for (name, value) in whole.0.clone() {
        let twice = whole.clone().and(&name, &value);
        expect_refused(&mut scene, &twice, "request-invalid", &name).await;
    }
    let long = Asking::default().and("state", &"s".repeat(5000));
    expect_refused(&mut scene, &long, "request-invalid", "long").await;
}

#[tokio::test]
async fn neither_a_link_nor_an_image_signs_a_person_out_behind_their_back() {
    let listener = Listener::start();
    let (mut scene, tokens) = entered(&listener).await;
    // A link, followed with the cookie: a question.
    for path in ["/logout", "/oauth2/logout", "/oauth2/logout?state=s"] {
        let page = scene.browser.open(path).await;
        assert!(page.has("#confirm-sign-out"), "{path}: {}", page.summary());
    }
    // An image or a form of another site: SameSite=Lax leaves the cookie out.
    let mut without = Browser::new(provider());
    without.open(&asking(&scene.platform, &tokens).path()).await;
    without.post("/oauth2/logout", &[]).await;
    assert!(is_signed_in(&mut scene.browser, &scene.platform).await);
    assert_eq!(listener.told().len(), 0);
    // The form of the question, sent from elsewhere or without its token.
    let page = scene.browser.open("/logout").await;
    let fields = page.fields("#confirm-sign-out-form");
    let mut elsewhere = (scene.browser.clone()).with_header("origin", "https://evil.example");
    assert_eq!(elsewhere.post("/logout", &fields).await.status, 403);
    let bare: Vec<_> = (fields.iter().filter(|(n, _)| n != "csrf_token"))
        .cloned()
        .collect();
    assert_eq!(scene.browser.post("/logout", &bare).await.status, 403);
    assert!(is_signed_in(&mut scene.browser, &scene.platform).await);
}

#[tokio::test]
async fn what_was_taken_from_a_platform_while_the_person_was_asked_is_not_led_to() {
    let listener = Listener::start();
    let (old, old_tokens) = entered(&listener).await;
    let mut scene = Scene::at(provider()).await;
    let page = scene
        .browser
        .open(&asking(&old.platform, &old_tokens).path())
        .await;
    let fields = page.fields("#confirm-sign-out-form");
    provider()
        .change_platform(&old.platform.id, |platform| {
            let client = platform.client.as_mut().unwrap();
            client.logout.post_logout_redirect_uris.clear();
        })
        .await;
    let answer = scene.browser.post("/logout", &fields).await;
    let page = scene.browser.follow(answer).await;
    assert!(
        page.has("#signed-out") && !page.has("#onward"),
        "{}",
        page.summary()
    );
}

#[tokio::test]
async fn a_guessed_name_shows_nobodys_platforms_and_text_stays_text() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    for path in ["/signed-out?of=guess", "/logout?request=guess"] {
        let page = Browser::new(provider()).go(path).await;
        assert!(page.has("#signed-out"), "{}", page.summary());
        assert!(!page.has("#signed-out-platforms") && !page.has("#onward"));
    }
    let name = "<script>alert(1)</script>";
    provider()
        .change_platform(&scene.platform.id, |platform| {
            name.clone_into(&mut platform.name_zh);
        })
        .await;
    let page = scene.browser.sign_out().await;
    assert!(!page.body.contains(name));
    assert_eq!(page.texts("#signed-out-platforms dt"), [name]);
}
