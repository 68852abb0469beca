//! Refresh tokens: used once, replaced, and the end of the grant where two hold one.

use std::time::Duration;

use e2e::browser::csrf_token;
use e2e::jwe::DecryptionKey;
use e2e::jwt::part;
use e2e::platform::Method;
use e2e::story::{Scene, Tokens};
use e2e::{Platform, PlatformOrder, Provider};
use idp_core::audit::AuditKind;
use idp_core::platform::{ClientKeys, ContentEncryption, KeyEncryption, TokenEncryption};
use protocol::scope::ScopeSet;
use serde_json::{Value, json};

async fn refreshing() -> (Scene, Tokens, String) {
    let mut scene = Scene::ordering(PlatformOrder::refreshing()).await;
    let tokens = scene.receive().await;
    let refresh = refresh_token(&tokens.response);
    (scene, tokens, refresh)
}

fn refresh_token(response: &Value) -> String {
    response["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_grant_and_a_new_refresh_token() {
    let (scene, first, refresh) = refreshing().await;
    let answer = scene.platform.refresh(&refresh).send().await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store"),
        "{}",
        answer.summary()
    );
    let second = answer.json();
    assert_ne!(refresh_token(&second), refresh);
    assert_ne!(second["access_token"], first.response["access_token"]);
    let (before, after) = (
        part(first.id(), 1),
        part(second["id_token"].as_str().unwrap(), 1),
    );
    for claim in ["iss", "sub", "aud", "auth_time", "sid", "acr"] {
        assert_eq!(after[claim], before[claim], "{claim}");
    }
    assert_eq!(after["nonce"], Value::Null);
    assert_eq!(
        part(second["access_token"].as_str().unwrap(), 1)["grant_id"],
        part(first.access(), 1)["grant_id"]
    );
    let info = scene
        .platform
        .userinfo(second["access_token"].as_str().unwrap())
        .await;
    assert_eq!(info.status, 200, "{}", info.summary());
}

#[tokio::test]
async fn a_platform_without_refresh_tokens_gets_none() {
    let mut scene = Scene::at(Provider::shared()).await;
    assert_eq!(scene.receive().await.response["refresh_token"], Value::Null);
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_and_gives_the_same_refresh_token() {
    let (scene, _, refresh) = refreshing().await;
    let first = scene.platform.refresh(&refresh).send().await.json();
    let again = scene.platform.refresh(&refresh).send().await.json();
    assert_eq!(refresh_token(&first), refresh_token(&again));
}

#[tokio::test]
async fn of_a_hundred_refreshes_at_once_one_puts_a_successor_there() {
    let (scene, _, refresh) = refreshing().await;
    let requests: Vec<_> = (0..100).map(|_| scene.platform.refresh(&refresh)).collect();
    let mut running = tokio::task::JoinSet::new();
    for request in requests {
        running.spawn(async move { request.send().await });
    }
    let mut successors = std::collections::BTreeSet::new();
    while let Some(answer) = running.join_next().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.summary());
        successors.insert(refresh_token(&answer.json()));
    }
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_ends_the_grant_with_everything_of_it() {
    let provider = Provider::start(|config| config.lifetimes.refresh_again = 1);
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, PlatformOrder::refreshing()).await;
    let first = scene.receive().await;
    let stolen = refresh_token(&first.response);
    let second = scene.platform.refresh(&stolen).send().await.json();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let answer = scene.platform.refresh(&stolen).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    let answer = scene.platform.refresh(&refresh_token(&second)).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    for access in [first.access(), second["access_token"].as_str().unwrap()] {
        assert_eq!(scene.platform.userinfo(access).await.status, 401);
    }
    let kind = AuditKind::RefreshTokenReused;
    let count = provider.count_of_platform(&scene.platform.id, kind).await;
    // Each return of the stolen one is an event.
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_token_whose_successor_went_on_is_not_answered_again() {
    let (scene, _, refresh) = refreshing().await;
    let second = scene.platform.refresh(&refresh).send().await.json();
    let third = scene
        .platform
        .refresh(&refresh_token(&second))
        .send()
        .await
        .json();
    // Within the window for a lost answer, but that answer was not lost: its token was used.
    let answer = scene.platform.refresh(&refresh).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    let answer = scene.platform.refresh(&refresh_token(&third)).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
}

#[tokio::test]
async fn a_refresh_token_serves_its_client_alone_and_another_client_ends_nothing() {
    let provider = Provider::shared();
    let (scene, _, refresh) = refreshing().await;
    let other = Platform::order(provider, PlatformOrder::refreshing()).await;
    let answer = other.refresh(&refresh).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    let mut wrong = scene.platform.refresh(&refresh);
    wrong.basic = Some((scene.platform.id.clone(), "wrong".to_owned()));
    assert_eq!(wrong.send().await.status, 401);
    assert_eq!(scene.platform.refresh(&refresh).send().await.status, 200);
    for nonsense in ["", "nonsense"] {
        let answer = scene.platform.refresh(nonsense).send().await;
        assert_eq!(answer.status, 400, "{}", answer.summary());
    }
}

#[tokio::test]
async fn a_refresh_gives_less_where_less_is_asked_and_never_more() {
    let mut order = PlatformOrder::refreshing();
    order.scopes = ScopeSet::of_known_words("openid enterprise contact");
    let mut scene = Scene::ordering(order).await;
    let asking = scene.platform.ask().with("scope", "openid enterprise");
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let refresh = refresh_token(&scene.redeemed(&answer, &asking).await);
    let more = scene
        .platform
        .refresh(&refresh)
        .with("scope", "openid contact")
        .send()
        .await;
    assert_eq!((more.status, more.error().as_str()), (400, "invalid_scope"));
    let less = scene
        .platform
        .refresh(&refresh)
        .with("scope", "openid")
        .send()
        .await
        .json();
    assert_eq!(less["scope"], "openid");
    let info = scene
        .platform
        .userinfo(less["access_token"].as_str().unwrap())
        .await
        .json();
    assert_eq!(info.as_object().unwrap().len(), 1, "{info}");
    let all = scene
        .platform
        .refresh(&refresh_token(&less))
        .send()
        .await
        .json();
    assert_eq!(all["scope"], "openid enterprise");
}

#[tokio::test]
async fn refreshing_ends_with_the_sign_in_and_with_the_consent() {
    for method in [Method::Basic, Method::Public] {
        let mut order = PlatformOrder::refreshing();
        order.method = method;
        let mut scene = Scene::ordering(order).await;

        let refresh = refresh_token(&scene.receive().await.response);
        let page = scene.browser.go("/certificate").await;
        let token = ("csrf_token".to_owned(), csrf_token(&page));
        scene.browser.post("/logout", &[token]).await;
        let answer = scene.platform.refresh(&refresh).send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_grant")
        );

        scene.browser.sign_in(&scene.lock).await;
        let refresh = refresh_token(&scene.receive().await.response);
        let page = scene.browser.go(&scene.platform.ask().path()).await;
        scene.browser.decide(&page, "refuse").await;
        let answer = scene.platform.refresh(&refresh).send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_grant")
        );
    }
}

#[tokio::test]
async fn a_refresh_that_could_not_be_answered_is_no_theft_when_it_is_asked_again_later() {
    let provider = Provider::start(|config| config.lifetimes.refresh_again = 1);
    let mut scene = Scene::at(&provider).await;
    let good = json!({ "keys": [DecryptionKey::generate().jwk()] });
    let mut order = PlatformOrder::refreshing();
    order.keys = Some(good.clone());
    order.tokens.id_token_encryption = Some(TokenEncryption {
        alg: KeyEncryption::RsaOaep256,
        enc: ContentEncryption::A256Gcm,
    });
    scene.platform = Platform::order(&provider, order).await;
    let first = scene.receive().await;
    let refresh = refresh_token(&first.response);
    // A key that looks like one and takes nothing: found out when the tokens are made, after the use was noted.
    let put = async |keys: Value| {
        let change = |platform: &mut idp_core::platform::Platform| {
            platform.client.as_mut().unwrap().keys = Some(ClientKeys::Jwks(keys));
        };
        provider.change_platform(&scene.platform.id, change).await;
    };
    put(json!({ "keys": [{ "kty": "RSA", "use": "enc", "n": "AA", "e": "AQAB" }] })).await;
    let failed = scene.platform.refresh(&refresh).send().await;
    assert_eq!(failed.status, 400, "{}", failed.summary());
    assert!(failed.body.contains("encrypted"), "{}", failed.summary());
    tokio::time::sleep(Duration::from_secs(2)).await;
    put(good).await;
    let second = scene.platform.refresh(&refresh).send().await;
    assert_eq!(second.status, 200, "{}", second.summary());
    let third = scene.platform.refresh(&refresh_token(&second.json()));
    assert_eq!(third.send().await.status, 200);
    // From here on it is as always: what comes back after that was stolen.
    let stolen = scene.platform.refresh(&refresh).send().await;
    assert_eq!(stolen.error(), "invalid_grant");
    let kind = AuditKind::RefreshTokenReused;
    let count = provider.count_of_platform(&scene.platform.id, kind).await;
    assert_eq!(count, 1);
}
