//! Pushed authorization requests (RFC 9126).

use e2e::jwt::request_object;
use e2e::story::Scene;
use e2e::{Browser, Platform, PlatformOrder, Provider};
use idp_core::platform::{ConsentPolicy, RequestRules};

#[tokio::test]
async fn a_pushed_request_goes_through_once_may_be_looked_at_again_and_belongs_to_its_platform() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask();
    let pushed = scene.platform.push(&asking).send().await;
    assert_eq!(
        (pushed.status, pushed.header("cache-control")),
        (201, "no-store"),
        "{}",
        pushed.summary()
    );
    let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    assert!(
        name.starts_with("urn:ietf:params:oauth:request_uri:"),
        "{name}"
    );
    assert_eq!(pushed.json()["expires_in"], 90);

    let other = Platform::connect(provider).await;
    let answer = scene.browser.open(&other.ask_by(&name).path()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-unusable")
    );

    let by_name = scene.platform.ask_by(&name);
    for _ in 0..2 {
        let page = scene.browser.go(&by_name.path()).await;
        assert!(page.has("#consent-form"), "{}", page.summary());
    }
    let answer = scene.browser.arrive(&scene.lock, &by_name).await;
    assert_eq!(answer.parameter("state"), Some(asking.state.clone()));
    scene.redeemed(&answer, &asking).await;

    let answer = scene.browser.open(&by_name.path()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-unusable")
    );
}

#[tokio::test]
async fn of_two_pages_of_one_pushed_request_one_is_answered() {
    let mut scene = Scene::at(Provider::shared()).await;
    let asking = scene.platform.ask();
    let pushed = scene.platform.push(&asking).send().await.json();
    let by_name = scene
        .platform
        .ask_by(pushed["request_uri"].as_str().unwrap());
    let first = scene.browser.go(&by_name.path()).await;
    let second = scene.browser.go(&by_name.path()).await;
    let answer = scene.browser.decide(&first, "grant").await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
    let answer = scene.browser.decide(&second, "grant").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-expired")
    );
}

#[tokio::test]
async fn a_push_is_refused_with_what_is_wrong() {
    let scene = Scene::ordering(PlatformOrder::default()).await;
    let ask = || scene.platform.ask();
    let wrong = [
        (
            ask().with("redirect_uri", "https://evil.example/"),
            "invalid_request",
        ),
        (ask().with("request_uri", "urn:x"), "invalid_request"),
        (ask().with("request_uri", ""), "invalid_request"),
        (ask().without("code_challenge"), "invalid_request"),
        (
            ask().with("code_challenge_method", "plain"),
            "invalid_request",
        ),
        (
            ask().with("response_type", "code id_token"),
            "unsupported_response_type",
        ),
        (ask().with("scope", "email"), "invalid_scope"),
        (ask().and("scope", "openid"), "invalid_request"),
        (ask().with("request", "nonsense"), "invalid_request_object"),
        (
            ask().with("resource", "https://unknown.example"),
            "invalid_target",
        ),
    ];
    for (asking, error) in wrong {
        let answer = scene.platform.push(&asking).send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, error),
            "{}",
            answer.summary()
        );
    }
    let mut push = scene.platform.push(&ask());
    push.basic = Some((scene.platform.id.clone(), "wrong".to_owned()));
    let answer = push.send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_client")
    );
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"token\"");
    let answer = scene.platform.fetch("/oauth2/par").await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (405, "invalid_request")
    );
}

#[tokio::test]
async fn a_platform_that_must_push_or_sign_can_not_do_otherwise() {
    let pushing = Scene::ordering(PlatformOrder {
        requests: RequestRules {
            pushed_only: true,
            ..RequestRules::default()
        },
        ..PlatformOrder::default()
    })
    .await;
    let answer = Browser::new(Provider::shared())
        .open(&pushing.platform.ask().path())
        .await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request")
    );
    assert_eq!(
        pushing
            .platform
            .push(&pushing.platform.ask())
            .send()
            .await
            .status,
        201
    );

    let mut order = PlatformOrder::signing();
    order.requests.signed_only = true;
    let signing = Scene::ordering(order).await;
    let asking = signing.platform.ask();
    let answer = Browser::new(Provider::shared()).open(&asking.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request")
    );
    assert_eq!(
        signing.platform.push(&asking).send().await.error(),
        "invalid_request"
    );
    let key = signing.platform.key.as_ref().unwrap();
    let signed = request_object(key, &signing.platform, &asking, |_| ());
    let push = signing
        .platform
        .push(&asking.with("request", &signed))
        .send()
        .await;
    assert_eq!(push.status, 201, "{}", push.summary());
}

/// One that first met the sign-in page is answered once too, where the consent stands and nobody is asked.
#[tokio::test]
async fn a_pushed_request_that_went_by_the_sign_in_page_is_answered_once() {
    let provider = Provider::shared();
    let order = PlatformOrder {
        consent: ConsentPolicy::RememberDays(1),
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    scene.receive().await;
    let asking = scene.platform.ask();
    let pushed = scene.platform.push(&asking).send().await;
    let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let by_name = scene.platform.ask_by(&name);
    let mut browser = Browser::new(provider);
    let answer = browser.arrive(&scene.lock, &by_name).await;
    scene.redeemed(&answer, &asking).await;
    let again = browser.open(&by_name.path()).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (400, "request-unusable")
    );
}
