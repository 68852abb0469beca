//! The token endpoint: each way in which a platform proves itself.

use e2e::jwt::{Assertion, part, verified};
use e2e::platform::Method;
use e2e::story::Scene;
use e2e::{Platform, PlatformOrder, Provider};
use idp_core::audit::AuditKind;
use jsonwebtoken::Algorithm;
use serde_json::json;

async fn scene_with(method: Method) -> Scene {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        method,
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    scene
}

#[tokio::test]
async fn every_way_of_client_authentication_in_the_document_is_taken() {
    let methods = [
        Method::Basic,
        Method::Post,
        Method::PrivateKeyJwt(Algorithm::ES256),
        Method::PrivateKeyJwt(Algorithm::RS256),
        Method::PrivateKeyJwt(Algorithm::PS256),
        Method::Public,
    ];
    for method in methods {
        let mut scene = scene_with(method).await;
        let tokens = scene.receive().await;
        let info = scene.platform.userinfo(tokens.access()).await;
        assert_eq!(info.status, 200, "{method:?}");
    }
}

#[tokio::test]
async fn a_secret_is_good_by_header_and_by_body() {
    // The registration is the same; RFC 6749 §2.3.1 lets the client choose.
    let mut scene = scene_with(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let mut request = scene.platform.redeem(&code, &asking);
    request.basic = None;
    let request = request
        .with("client_id", &scene.platform.id)
        .with("client_secret", &scene.platform.secret);
    assert_eq!(request.send().await.status, 200);
}

#[tokio::test]
async fn an_assertion_may_name_the_token_endpoint_or_the_issuer_among_others() {
    let provider = Provider::shared();
    let audiences = [
        json!(provider.at("/oauth2/token")),
        json!([provider.issuer, "https://elsewhere.example"]),
    ];
    for audience in audiences {
        let mut scene = scene_with(Method::PrivateKeyJwt(Algorithm::ES256)).await;
        let (code, asking) = scene.code().await;
        let assertion = Assertion::of(&scene.platform.id, &provider.issuer);
        let signed = assertion
            .with("aud", audience)
            .signed(scene.platform.key.as_ref().unwrap());
        let request = scene
            .platform
            .redeem(&code, &asking)
            .with_assertion(&signed);
        assert_eq!(request.send().await.status, 200);
    }
}

#[tokio::test]
async fn the_answer_is_json_that_no_cache_keeps() {
    let mut scene = scene_with(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let answer = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 600);
    assert_eq!(body["scope"], "openid enterprise certificate contact");
    assert!(body.get("refresh_token").is_none());
    let events = Provider::shared()
        .audit_of_platform(&scene.platform.id)
        .await;
    let kinds: Vec<AuditKind> = events.iter().map(|event| event.kind).collect();
    let expected = [
        AuditKind::PlatformAdded,
        AuditKind::ConsentGranted,
        AuditKind::CodeIssued,
        AuditKind::CodeRedeemed,
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn requests_without_their_parts_are_refused_in_the_words_of_the_standard() {
    let mut scene = scene_with(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let whole = || scene.platform.redeem(&code, &asking);
    let mut nobody = whole();
    nobody.basic = None;
    let refused = [
        (whole().without("grant_type"), 400, "invalid_request"),
        (
            whole().with("grant_type", "password"),
            400,
            "unsupported_grant_type",
        ),
        (
            whole().with("grant_type", "password"),
            400,
            "unsupported_grant_type",
        ),
        (whole().without("code"), 400, "invalid_request"),
        (whole().with("code", "nonsense"), 400, "invalid_grant"),
        (nobody, 401, "invalid_client"),
    ];
    for (request, status, error) in refused {
        let answer = request.send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (status, error),
            "{request:?}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(status == 401, !answer.header("www-authenticate").is_empty());
    }
    // None of these touched the code.
    assert_eq!(whole().send().await.status, 200);
}

#[tokio::test]
async fn the_endpoint_takes_posts_alone() {
    let platform = Platform::connect(Provider::shared()).await;
    assert_eq!(platform.fetch("/oauth2/token").await.status, 405);
}

#[tokio::test]
async fn a_code_outlives_its_session_by_a_minute_at_most() {
    let provider = Provider::start(|config| config.lifetimes.code = 1);
    let mut scene = Scene::at(&provider).await;
    let (code, asking) = scene.code().await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let answer = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
}

#[tokio::test]
async fn a_clients_id_token_is_signed_as_it_asked() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        id_token_alg: idp_core::platform::JwsAlgorithm::Rs256,
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    let tokens = scene.receive().await;
    assert_eq!(part(tokens.id(), 0)["alg"], "RS256");
    let jwks = scene.platform.fetch("/oauth2/jwks").await.json();
    assert!(verified(tokens.id(), &jwks, &provider.issuer, &scene.platform.id).is_some());
}

#[tokio::test]
async fn a_refusal_carries_the_number_under_which_the_trail_knows_it() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let mut stranger = scene.platform.redeem(&tokens.code, &tokens.asking);
    stranger.basic = Some((scene.platform.id.clone(), "guessed".to_owned()));
    let unknown_code = scene.platform.redeem("unknown", &tokens.asking);
    let replay = scene.platform.redeem(&tokens.code, &tokens.asking);
    for (request, kind) in [
        (stranger, AuditKind::TokenRefused),
        (unknown_code, AuditKind::TokenRefused),
        (replay, AuditKind::CodeReplayed),
    ] {
        let answer = request.send().await;
        assert!(answer.status >= 400, "{}", answer.summary());
        let number = answer.header("x-request-id");
        let written = provider.audit_of_incident(number).await;
        assert_eq!(
            written.map(|event| event.kind),
            Some(kind),
            "{}",
            answer.summary()
        );
    }
}

#[tokio::test]
async fn a_wrong_method_and_too_large_a_body_are_told_in_json() {
    let provider = Provider::shared();
    let client = e2e::browser::client();
    let large = "x".repeat(70 * 1024);
    let wrong = client.get(provider.at("/oauth2/token"));
    let put = client.put(provider.at("/oauth2/userinfo"));
    let too_large = client.post(provider.at("/oauth2/token")).body(large);
    for (request, status) in [(wrong, 405), (put, 405), (too_large, 413)] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert!(answer.headers().contains_key("x-request-id"));
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["error"], "invalid_request");
    }
}
