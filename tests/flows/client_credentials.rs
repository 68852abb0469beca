//! Tokens that a platform asks in its own name (RFC 6749 §4.4).

use e2e::dpop::DpopKey;
use e2e::jwt::part;
use e2e::platform::Method;
use e2e::{Platform, PlatformOrder, Provider, TokenRequest};
use idp_core::audit::AuditKind;
use idp_core::platform::PlatformState;
use protocol::scope::ScopeSet;
use serde_json::{Value, json};

const ARCHIVE: &str = "https://archive.example/";

fn order(method: Method) -> PlatformOrder {
    let mut order = PlatformOrder {
        method,
        ..PlatformOrder::default()
    };
    order.tokens.client_credentials = true;
    order.tokens.resources = vec![ARCHIVE.to_owned()];
    order
}

#[tokio::test]
async fn a_platform_gets_a_token_of_its_own_for_a_resource_it_may_name() {
    let provider = Provider::shared();
    for method in [
        Method::Basic,
        Method::PrivateKeyJwt(jsonwebtoken::Algorithm::ES256),
    ] {
        let platform = Platform::order(provider, order(method)).await;
        let answer = TokenRequest::own(&platform)
            .with("resource", ARCHIVE)
            .send()
            .await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        let response = answer.json();
        assert_eq!(
            (
                &response["token_type"],
                &response["id_token"],
                &response["refresh_token"]
            ),
            (&json!("Bearer"), &Value::Null, &Value::Null)
        );
        let access = response["access_token"].as_str().unwrap();
        let claims = part(access, 1);
        assert_eq!(
            (&claims["sub"], &claims["client_id"], &claims["aud"]),
            (&json!(platform.id), &json!(platform.id), &json!(ARCHIVE))
        );
        assert_eq!(claims["auth_time"], Value::Null);
        let told = TokenRequest::about(&platform, "/oauth2/introspect", access)
            .send()
            .await
            .json();
        assert_eq!(
            (&told["active"], &told["sub"]),
            (&json!(true), &json!(platform.id))
        );
        let answer = platform.userinfo(access).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, "invalid_token")
        );
        let kind = AuditKind::ClientCredentialsGranted;
        assert_eq!(provider.count_of_platform(&platform.id, kind).await, 1);
    }
}

#[tokio::test]
async fn nobody_gets_one_who_may_not_or_for_what_they_may_not() {
    let provider = Provider::shared();
    let allowed = Platform::order(provider, order(Method::Basic)).await;
    let without = Platform::connect(provider).await;
    let public = Platform::order(provider, order(Method::Public)).await;
    let asked = |platform| TokenRequest::own(platform).with("resource", ARCHIVE);
    for (request, error) in [
        (asked(&without), "unauthorized_client"),
        (asked(&public), "unauthorized_client"),
        (TokenRequest::own(&allowed), "invalid_target"),
        (
            TokenRequest::own(&allowed).with("resource", "https://other.example/"),
            "invalid_target",
        ),
        (
            asked(&allowed).and("resource", &provider.issuer),
            "invalid_target",
        ),
    ] {
        let answer = request.send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, error),
            "{}",
            answer.summary()
        );
    }
}

#[tokio::test]
async fn its_own_tokens_are_bound_to_its_key_too() {
    let provider = Provider::shared();
    let platform = Platform::order(provider, order(Method::Basic)).await;
    let mut key = DpopKey::generate(&provider.issuer);
    let answer = key
        .send(&TokenRequest::own(&platform).with("resource", ARCHIVE))
        .await;
    assert_eq!(answer.json()["token_type"], "DPoP", "{}", answer.summary());
    let claims = part(answer.json()["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["cnf"]["jkt"], key.jkt());
}

/// A platform that serves the archive, and is asked what a token is worth there.
async fn archive(provider: &Provider) -> Platform {
    let mut serving = PlatformOrder::default();
    serving.tokens.serves = vec![ARCHIVE.to_owned()];
    Platform::order(provider, serving).await
}

#[tokio::test]
async fn a_scope_is_one_that_is_registered_and_is_answered() {
    let provider = Provider::shared();
    let mut order = order(Method::Basic);
    order.scopes = ScopeSet::of_known_words("openid enterprise");
    let platform = Platform::order(provider, order).await;
    let ask = async |scope: &str| {
        let asked = TokenRequest::own(&platform).with("resource", ARCHIVE);
        asked.and("scope", scope).send().await
    };
    let answer = ask("enterprise").await;
    assert_eq!(answer.json()["scope"], "enterprise", "{}", answer.summary());
    let access = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(part(&access, 1)["scope"], "enterprise");
    assert_eq!(platform.userinfo(&access).await.status, 401);
    for scope in [
        "contact",
        "enterprise contact",
        "nobody-knows",
        "enterprise nobody-knows",
    ] {
        let answer = ask(scope).await;
        let refused = (answer.status, answer.error());
        assert_eq!(refused, (400, "invalid_scope".to_owned()), "{scope}");
    }
}

#[tokio::test]
async fn its_own_token_is_worth_nothing_once_it_gave_that_up_and_no_other_can() {
    let provider = Provider::shared();
    let platform = Platform::order(provider, order(Method::Basic)).await;
    let archive = archive(provider).await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let answer = TokenRequest::own(&platform).with("resource", ARCHIVE);
        let answer = answer.send().await.json();
        tokens.push(answer["access_token"].as_str().unwrap().to_owned());
    }
    let give_up = async |client: &Platform, token: &str| {
        let asked = TokenRequest::about(client, "/oauth2/revoke", token);
        assert_eq!(asked.send().await.status, 200);
    };
    let look = async |token: &str| {
        let mut told = Vec::new();
        for client in [&platform, &archive] {
            let asked = TokenRequest::about(client, "/oauth2/introspect", token);
            told.push(asked.send().await.json()["active"].as_bool().unwrap());
        }
        told
    };
    give_up(&archive, &tokens[0]).await;
    assert_eq!(look(&tokens[0]).await, [true, true]);
    for _ in 0..2 {
        give_up(&platform, &tokens[0]).await;
        assert_eq!(look(&tokens[0]).await, [false, false]);
    }
    assert_eq!(look(&tokens[1]).await, [true, true], "another stays");
    let kind = AuditKind::OwnTokenRevoked;
    assert_eq!(provider.count_of_platform(&platform.id, kind).await, 1);
}

#[tokio::test]
async fn its_own_tokens_are_worth_nothing_once_it_is_suspended() {
    let provider = Provider::shared();
    let platform = Platform::order(provider, order(Method::Basic)).await;
    let archive = archive(provider).await;
    let answer = TokenRequest::own(&platform).with("resource", ARCHIVE);
    let answer = answer.send().await.json();
    let token = answer["access_token"].as_str().unwrap();
    let look = async || {
        let asked = TokenRequest::about(&archive, "/oauth2/introspect", token);
        asked.send().await.json()["active"].clone()
    };
    assert_eq!(look().await, json!(true));
    provider
        .change_platform(&platform.id, |stored| {
            stored.state = PlatformState::Suspended;
        })
        .await;
    assert_eq!(look().await, json!(false));
}
