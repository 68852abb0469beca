//! The authorization endpoint against look-alikes and pollution.

use e2e::story::Scene;
use e2e::{Browser, Platform, PlatformOrder, Provider};
use idp_core::audit::AuditKind;

#[tokio::test]
async fn only_the_registered_address_to_the_character_gets_an_answer() {
    let provider = Provider::shared();
    let order = PlatformOrder {
        redirect_uris: vec!["https://platform.example/callback".to_owned()],
        ..PlatformOrder::default()
    };
    let platform = Platform::order(provider, order).await;
    let look_alikes = [
        "https://platform.example/callback/",
        "https://platform.example/Callback",
        "https://PLATFORM.example/callback",
        "HTTPS://platform.example/callback",
        "http://platform.example/callback",
        "https://platform.example:443/callback",
        "https://platform.example:8443/callback",
        "https://platform.example/callback?x=1",
        "https://platform.example/callback?",
        "https://platform.example/callback#fragment",
        "https://platform.example/callback#",
        "https://platform.example/callback/../callback",
        "https://platform.example/./callback",
        "https://platform.example//callback",
        "https://platform.example/callback/..",
        "https://platform.example/%63allback",
        "https://platform.example/callback%00",
        "https://platform.example/callback%2f",
        "https://platform.example/callback\n",
        " https://platform.example/callback",
        "https://platform.example\\@evil.example/callback",
        "https://user@platform.example/callback",
        "https://platform.example@evil.example/callback",
        "https://platform.example.evil.example/callback",
        "https://evil.example/https://platform.example/callback",
        "https://platform.example./callback",
        "https://platform。example/callback",
        "//platform.example/callback",
        "javascript:alert(1)",
        "data:text/html,x",
    ];
    for address in look_alikes {
        let asking = platform.ask().with("redirect_uri", address);
        let answer = Browser::new(provider).open(&asking.path()).await;
        assert_eq!(answer.status, 400, "{address}: {}", answer.summary());
        assert_eq!(answer.problem(), "redirect-uri-mismatch", "{address}");
        assert_eq!(answer.header("location"), "", "{address}");
        let kind = AuditKind::AuthorizationRefused;
        provider
            .expect_incident(&answer.incident(), kind, "redirect-uri-mismatch")
            .await;
    }
}

#[tokio::test]
async fn an_address_of_another_platform_is_refused() {
    let provider = Provider::shared();
    let (one, other) = (
        Platform::connect(provider).await,
        Platform::connect(provider).await,
    );
    let asking = one
        .ask()
        .with("redirect_uri", &other.client().redirect_uris[0]);
    let answer = Browser::new(provider).open(&asking.path()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "redirect-uri-mismatch")
    );
}

#[tokio::test]
async fn a_loopback_address_is_compared_with_its_port() {
    let provider = Provider::shared();
    let order = PlatformOrder {
        redirect_uris: vec!["http://127.0.0.1:7001/callback".to_owned()],
        ..PlatformOrder::default()
    };
    let platform = Platform::order(provider, order).await;
    let asking = platform
        .ask()
        .with("redirect_uri", "http://127.0.0.1:7002/callback");
    let answer = Browser::new(provider).open(&asking.path()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "redirect-uri-mismatch")
    );
}

#[tokio::test]
async fn any_parameter_that_comes_twice_is_refused() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let names = [
        "response_type",
        "scope",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "response_mode",
        "prompt",
        "max_age",
        "login_hint",
        "ui_locales",
    ];
    for name in names {
        let value = platform.ask().parameter(name).unwrap_or("1").to_owned();
        let asking = platform
            .ask()
            .without(name)
            .and(name, &value)
            .and(name, &value);
        let answer = Browser::new(provider).open(&asking.path()).await;
        let error = answer.parameter("error");
        assert_eq!(
            error.as_deref(),
            Some("invalid_request"),
            "{name}: {}",
            answer.summary()
        );
    }
}

#[tokio::test]
async fn a_state_is_given_back_as_it_came_and_breaks_nothing() {
    let mut scene = Scene::at(Provider::shared()).await;
    let states = [
        "a b&c=d#e",
        "\r\nSet-Cookie: owned=1",
        "<script>alert(1)</script>",
        "&code=forged&iss=https://evil.example",
        "状态%00%0d",
    ];
    for state in states {
        let asking = scene
            .platform
            .ask()
            .with("state", state)
            .with("prompt", "none");
        let answer = scene.browser.open(&asking.path()).await;
        assert_eq!(answer.parameter("state").as_deref(), Some(state));
        assert_eq!(answer.parameter("code"), None);
        assert_eq!(answer.parameter("iss"), Some(scene.platform.issuer.clone()));
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_waiting_request_can_not_be_turned_to_another_platform() {
    // The consent page is bound to what waits, whatever the address bar says.
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let other = Platform::connect(provider).await;
    let page = scene.browser.open(&scene.platform.ask().path()).await;
    let path = format!("{}&platform={}", page.location().unwrap(), other.id);
    let consent = scene.browser.open(&path).await;
    let heading = consent.text("#consent-heading").unwrap();
    assert!(
        heading.contains(&scene.platform.registration.name_zh),
        "{heading}"
    );
    let answer = scene.browser.decide(&consent, "grant").await;
    assert!(
        answer
            .location()
            .unwrap()
            .starts_with(&scene.platform.client().redirect_uris[0])
    );
}
