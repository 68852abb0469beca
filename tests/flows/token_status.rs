//! Introspection (RFC 7662, RFC 9701) and revocation (RFC 7009).

use e2e::jwt::{part, verified_with};
use e2e::platform::Method;
use e2e::story::Scene;
use e2e::{Answer, Platform, PlatformOrder, Provider, TokenRequest};
use idp_core::audit::AuditKind;
use idp_core::platform::TokenRules;
use serde_json::{Value, json};

fn ask(platform: &Platform, path: &'static str, token: &str) -> TokenRequest {
    TokenRequest::about(platform, path, token)
}

async fn look(platform: &Platform, token: &str) -> Value {
    let answer = ask(platform, "/oauth2/introspect", token).send().await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store"),
        "{}",
        answer.summary()
    );
    answer.json()
}

async fn give_up(platform: &Platform, token: &str) -> Answer {
    ask(platform, "/oauth2/revoke", token).send().await
}

async fn scene() -> (Scene, String, String) {
    let mut scene = Scene::ordering(PlatformOrder::refreshing()).await;
    let tokens = scene.receive().await.response;
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (scene, text("access_token"), text("refresh_token"))
}

#[tokio::test]
async fn a_platform_learns_of_its_own_tokens_what_they_are_worth() {
    let (scene, access, refresh) = scene().await;
    let claims = part(&access, 1);
    let told = look(&scene.platform, &access).await;
    for claim in [
        "iss",
        "client_id",
        "sub",
        "scope",
        "exp",
        "iat",
        "aud",
        "jti",
        "auth_time",
        "acr",
    ] {
        assert_eq!(told[claim], claims[claim], "{claim}");
    }
    assert_eq!(
        (&told["active"], &told["token_type"]),
        (&json!(true), &json!("Bearer"))
    );
    let told = look(&scene.platform, &refresh).await;
    assert_eq!(
        (&told["active"], &told["sub"]),
        (&json!(true), &claims["sub"])
    );
    assert_eq!(told["token_type"], Value::Null);
}

#[tokio::test]
async fn of_others_tokens_and_of_none_it_learns_the_same_nothing() {
    let provider = Provider::shared();
    let (_scene, access, refresh) = scene().await;
    let other = Platform::order(provider, PlatformOrder::refreshing()).await;
    let nothing = json!({ "active": false });
    for token in [
        access.as_str(),
        refresh.as_str(),
        "nonsense",
        &format!("{access}x"),
    ] {
        assert_eq!(look(&other, token).await, nothing);
    }
    // What was given up by another stays.
    for token in [&access, &refresh] {
        assert_eq!(give_up(&other, token).await.status, 200);
    }
    assert_eq!(other.userinfo(&access).await.status, 200);
}

#[tokio::test]
async fn who_serves_a_resource_learns_of_every_token_for_it_and_of_no_other() {
    const ARCHIVE: &str = "https://archive.example/";
    let provider = Provider::shared();
    let mut scene = Scene::ordering(PlatformOrder {
        tokens: TokenRules {
            resources: vec![ARCHIVE.to_owned()],
            ..TokenRules::default()
        },
        ..PlatformOrder::default()
    })
    .await;
    let archive = Platform::order(
        provider,
        PlatformOrder {
            tokens: TokenRules {
                serves: vec![ARCHIVE.to_owned()],
                ..TokenRules::default()
            },
            ..PlatformOrder::default()
        },
    )
    .await;
    let asking = scene.platform.ask().with("resource", ARCHIVE);
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let tokens = scene.redeemed(&answer, &asking).await;
    let told = look(&archive, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(
        (&told["active"], &told["aud"]),
        (&json!(true), &json!(ARCHIVE))
    );
    let plain = scene.receive().await;
    assert_eq!(look(&archive, plain.access()).await["active"], false);
}

#[tokio::test]
async fn what_is_given_up_is_of_no_use_whichever_token_it_was() {
    for index in [0, 1] {
        let provider = Provider::shared();
        let (scene, access, refresh) = scene().await;
        let token = [&access, &refresh][index];
        let answer = give_up(&scene.platform, token).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        assert_eq!(scene.platform.userinfo(&access).await.status, 401);
        assert_eq!(scene.platform.refresh(&refresh).send().await.status, 400);
        for token in [&access, &refresh] {
            assert_eq!(
                look(&scene.platform, token).await,
                json!({ "active": false })
            );
        }
        // Once more, and a token that never was: RFC 7009 §2.2.
        for token in [token, "nonsense"] {
            assert_eq!(give_up(&scene.platform, token).await.status, 200);
        }
        let kind = AuditKind::GrantRevoked;
        assert_eq!(
            provider.count_of_platform(&scene.platform.id, kind).await,
            1
        );
    }
}

#[tokio::test]
async fn a_used_refresh_token_is_told_to_be_of_no_use_and_giving_it_up_ends_its_grant() {
    let (scene, _, refresh) = scene().await;
    let next = scene.platform.refresh(&refresh).send().await.json();
    assert_eq!(look(&scene.platform, &refresh).await["active"], false);
    give_up(&scene.platform, &refresh).await;
    let next = next["refresh_token"].as_str().unwrap();
    assert_eq!(scene.platform.refresh(next).send().await.status, 400);
}

#[tokio::test]
async fn an_answer_is_signed_for_who_asked_where_that_is_wanted() {
    let (scene, access, _) = scene().await;
    let jwks = scene.platform.fetch("/oauth2/jwks").await.json();
    let mut request = ask(&scene.platform, "/oauth2/introspect", &access);
    request.accept = Some("application/token-introspection+jwt".to_owned());
    let answer = request.send().await;
    assert_eq!(
        answer.header("content-type"),
        "application/token-introspection+jwt"
    );
    assert_eq!(part(&answer.body, 0)["typ"], "token-introspection+jwt");
    let us = (scene.platform.issuer.as_str(), scene.platform.id.as_str());
    let claims = verified_with(&answer.body, &jwks, us, &["iss", "aud"]).unwrap();
    assert_eq!(claims["token_introspection"]["active"], true);
    assert_eq!(
        claims["token_introspection"]["sub"],
        part(&access, 1)["sub"]
    );
}

#[tokio::test]
async fn nobody_asks_without_proof_of_who_they_are() {
    let (mut scene, access, _) = scene().await;
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let mut wrong = ask(&scene.platform, path, &access);
        wrong.basic = Some((scene.platform.id.clone(), "wrong".to_owned()));
        let answer = wrong.send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, "invalid_client"),
            "{path}"
        );
        let answer = ask(&scene.platform, path, &access)
            .without("token")
            .send()
            .await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_request"),
            "{path}"
        );
        let answer = ask(&scene.platform, path, &access)
            .and("token", "x")
            .send()
            .await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_request"),
            "{path}"
        );
    }
    let mut order = PlatformOrder::refreshing();
    order.method = Method::Public;
    scene.platform = Platform::order(Provider::shared(), order).await;
    let tokens = scene.receive().await;
    let answer = ask(&scene.platform, "/oauth2/introspect", tokens.access())
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_client")
    );
    assert_eq!(give_up(&scene.platform, tokens.access()).await.status, 200);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}
