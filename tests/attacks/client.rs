//! Platforms that are not who they say.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::{Assertion, AssertionKey, compact, now};
use e2e::platform::Method;
use e2e::story::Scene;
use e2e::{Answer, Platform, PlatformOrder, Provider, TokenRequest};
use idp_core::audit::AuditKind;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
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

fn expect_invalid_client(answer: &Answer, what: &str) {
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_client"),
        "{what}"
    );
    assert!(answer.json().get("access_token").is_none());
}

#[tokio::test]
async fn wrong_secrets_are_refused_and_the_code_is_not_lost() {
    let provider = Provider::shared();
    let mut scene = scene_with(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let whole = || scene.platform.redeem(&code, &asking);
    let secret = &scene.platform.secret;
    let other = Platform::connect(provider).await;
    let secrets = [
        "",
        "wrong",
        &secret[..secret.len() - 1],
        &other.secret,
        &secret.to_uppercase(),
    ];
    for wrong in secrets {
        let mut request = whole();
        request.basic = Some((scene.platform.id.clone(), wrong.to_owned()));
        expect_invalid_client(&request.send().await, wrong);
    }
    let mut nobody = whole();
    nobody.basic = Some(("nobody".to_owned(), secret.clone()));
    expect_invalid_client(&nobody.send().await, "nobody");
    let refused = provider
        .count_of_platform(&scene.platform.id, AuditKind::TokenRefused)
        .await;
    assert_eq!(refused, secrets.len());
    assert_eq!(whole().send().await.status, 200);
}

#[tokio::test]
async fn a_confidential_client_can_not_come_without_its_proof() {
    for method in [Method::Basic, Method::PrivateKeyJwt(Algorithm::ES256)] {
        let mut scene = scene_with(method).await;
        let (code, asking) = scene.code().await;
        let mut request = scene.platform.redeem(&code, &asking);
        request.basic = None;
        let request = request
            .without("client_assertion")
            .without("client_assertion_type")
            .with("client_id", &scene.platform.id);
        expect_invalid_client(&request.send().await, "no proof");
    }
}

#[tokio::test]
async fn a_public_client_that_pretends_a_secret_is_refused() {
    let mut scene = scene_with(Method::Public).await;
    let (code, asking) = scene.code().await;
    let request = scene
        .platform
        .redeem(&code, &asking)
        .with("client_secret", "anything");
    expect_invalid_client(&request.send().await, "secret");
    let mut request = scene.platform.redeem(&code, &asking).without("client_id");
    request.basic = Some((scene.platform.id.clone(), "anything".to_owned()));
    expect_invalid_client(&request.send().await, "basic");
}

#[tokio::test]
async fn a_client_uses_its_own_method_alone() {
    // A key client with a secret, a secret client with an assertion.
    let mut scene = scene_with(Method::PrivateKeyJwt(Algorithm::ES256)).await;
    let (code, asking) = scene.code().await;
    let request = scene
        .platform
        .redeem(&code, &asking)
        .without("client_assertion")
        .without("client_assertion_type")
        .with("client_id", &scene.platform.id)
        .with("client_secret", &scene.platform.secret);
    expect_invalid_client(&request.send().await, "secret of a key client");

    let mut scene = scene_with(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let key = AssertionKey::generate(Algorithm::ES256);
    let signed = Assertion::of(&scene.platform.id, &scene.platform.issuer).signed(&key);
    let mut request = scene
        .platform
        .redeem(&code, &asking)
        .with_assertion(&signed);
    request.basic = None;
    expect_invalid_client(&request.send().await, "assertion of a secret client");
}

#[tokio::test]
async fn two_ways_at_once_are_refused() {
    let mut scene = scene_with(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let request = scene.platform.redeem(&code, &asking);
    let request = request.with("client_secret", &scene.platform.secret);
    let answer = request.send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_request")
    );
    let other = scene
        .platform
        .redeem(&code, &asking)
        .with("client_id", "another");
    assert_eq!(other.send().await.error(), "invalid_request");
}

struct KeyClient {
    scene: Scene,
    code: String,
    asking: e2e::Asking,
}

impl KeyClient {
    async fn new() -> Self {
        let mut scene = scene_with(Method::PrivateKeyJwt(Algorithm::RS256)).await;
        let (code, asking) = scene.code().await;
        Self {
            scene,
            code,
            asking,
        }
    }

    fn assertion(&self) -> Assertion {
        Assertion::of(&self.scene.platform.id, &self.scene.platform.issuer)
    }

    fn signed(&self, assertion: &Assertion) -> String {
        assertion.signed(self.scene.platform.key.as_ref().unwrap())
    }

    fn request(&self, assertion: &str) -> TokenRequest {
        self.scene
            .platform
            .redeem(&self.code, &self.asking)
            .with_assertion(assertion)
    }
}

#[tokio::test]
async fn an_assertion_serves_once() {
    let client = KeyClient::new().await;
    let signed = client.signed(&client.assertion());
    assert_eq!(client.request(&signed).send().await.status, 200);
    let replay = client.request(&signed).send().await;
    expect_invalid_client(&replay, "replay");
    let id = &client.scene.platform.id;
    let refused = Provider::shared()
        .count_of_platform(id, AuditKind::TokenRefused)
        .await;
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_hundred_uses_of_one_assertion_at_once_succeed_once() {
    let client = KeyClient::new().await;
    let signed = client.signed(&client.assertion());
    let tries = (0..100).map(|_| {
        let request = client.request(&signed).with("code", "none");
        tokio::spawn(async move { request.send().await.error() })
    });
    let mut passed = 0;
    for answer in tries.collect::<Vec<_>>() {
        // Whoever proved itself is told about the code.
        passed += usize::from(answer.await.unwrap() == "invalid_grant");
    }
    assert_eq!(passed, 1);
}

#[tokio::test]
async fn assertions_with_wrong_claims_are_refused_and_the_code_is_not_lost() {
    let client = KeyClient::new().await;
    let good = || client.assertion();
    let issuer = &client.scene.platform.issuer;
    let wrong = [
        good().with("aud", "https://evil.example"),
        good().with("aud", format!("{issuer}/")),
        good().with("aud", format!("{issuer}/oauth2/authorize")),
        good().with("aud", json!([])),
        good().without("aud"),
        good().with("iss", "somebody"),
        good().without("iss"),
        good().with("sub", "test-0"),
        good().without("sub"),
        good().with("exp", now() - 300),
        good().with("exp", now() + 24 * 3600),
        good().with("exp", "soon"),
        good().without("exp"),
        good().with("nbf", now() + 300),
        good().with("iat", now() + 300),
        good().without("jti"),
        good().with("jti", ""),
        good().with("jti", "j".repeat(257)),
    ];
    for assertion in &wrong {
        let answer = client.request(&client.signed(assertion)).send().await;
        expect_invalid_client(&answer, &assertion.0.to_string());
    }
    assert_eq!(
        client.request(&client.signed(&good())).send().await.status,
        200
    );
}

#[tokio::test]
async fn assertions_that_no_registered_key_signed_are_refused() {
    let client = KeyClient::new().await;
    let claims = client.assertion().0;
    let stranger = AssertionKey::generate(Algorithm::RS256);
    let public = client.scene.platform.key.as_ref().unwrap().public();
    let modulus = URL_SAFE_NO_PAD
        .decode(public["n"].as_str().unwrap())
        .unwrap();
    let hs256 = |secret: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("platform-key".to_owned());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    let signed = client.signed(&client.assertion());
    let (signed_part, _) = signed.rsplit_once('.').unwrap();
    let forged = [
        Assertion(claims.clone()).signed(&stranger),
        compact(&json!({ "alg": "none" }), &claims, &[]),
        compact(
            &json!({ "alg": "None", "kid": "platform-key" }),
            &claims,
            &[],
        ),
        compact(
            &json!({ "alg": "RS256", "kid": "platform-key" }),
            &claims,
            &[1; 256],
        ),
        compact(
            &json!({ "alg": "RS256", "kid": "other" }),
            &claims,
            &[1; 256],
        ),
        // The public key, which everybody has, as the secret of a symmetric algorithm.
        hs256(public.to_string().as_bytes()),
        hs256(&modulus),
        hs256(b""),
        // A key of its own in the header (RFC 7515 §4.1.3) is not a registered one.
        compact(
            &json!({ "alg": "RS256", "jwk": stranger.public() }),
            &claims,
            &[1; 256],
        ),
        format!("{signed_part}."),
        signed_part.to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(10_000),
    ];
    for assertion in &forged {
        let answer = client.request(assertion).send().await;
        let shown: String = assertion.chars().take(60).collect();
        expect_invalid_client(&answer, &shown);
    }
}

#[tokio::test]
async fn an_unknown_assertion_type_is_refused() {
    let client = KeyClient::new().await;
    let signed = client.signed(&client.assertion());
    let request = client
        .request(&signed)
        .with("client_assertion_type", "urn:something:else");
    assert_eq!(request.send().await.error(), "invalid_request");
}

#[tokio::test]
async fn an_assertion_with_a_critical_header_nobody_knows_is_refused() {
    let client = KeyClient::new().await;
    let key = client.scene.platform.key.as_ref().unwrap();
    let header = json!({
        "alg": "RS256",
        "kid": "platform-key",
        "crit": ["https://example/must-understand"],
        "https://example/must-understand": true,
    });
    // RFC 7515 §4.1.11: what is critical and not understood makes the JWS invalid.
    let signed = key.signed_with(&header, &client.assertion().0);
    expect_invalid_client(&client.request(&signed).send().await, "unknown crit");
    let plain = key.signed_with(&json!({ "alg": "RS256" }), &client.assertion().0);
    assert_eq!(client.request(&plain).send().await.status, 200);
}

/// Whoever asks learns nothing: neither which platforms there are, nor how they prove themselves, nor what was wrong.
#[tokio::test]
async fn an_unknown_platform_and_a_wrong_secret_are_answered_octet_for_octet_alike() {
    let provider = Provider::shared();
    let known = Platform::connect(provider).await;
    let other_way = Platform::order(provider, PlatformOrder::signing()).await;
    let suspended = Platform::connect(provider).await;
    let stop = |p: &mut idp_core::platform::Platform| {
        p.state = idp_core::platform::PlatformState::Suspended;
    };
    provider.change_platform(&suspended.id, stop).await;
    let answer = async |id: &str, secret: &str| {
        let mut request = TokenRequest::own(&known);
        request.basic = Some((id.to_owned(), secret.to_owned()));
        let answer = request.send().await;
        let headers = ["www-authenticate", "content-type", "cache-control"];
        let headers = headers.map(|name| answer.header(name).to_owned());
        (answer.status, headers, answer.body)
    };
    let wrong = answer(&known.id, "wrong").await;
    assert_eq!(wrong.0, 401);
    for (id, secret) in [
        ("nobody-at-all", "wrong"),
        (known.id.as_str(), ""),
        (other_way.id.as_str(), "wrong"),
        (suspended.id.as_str(), "wrong"),
    ] {
        assert_eq!(answer(id, secret).await, wrong, "{id}");
    }
    // Who has the secret learns why it does not serve.
    let stopped = answer(&suspended.id, &suspended.secret).await;
    assert_eq!(stopped.0, 400, "{stopped:?}");
    assert!(stopped.2.contains("unauthorized_client"), "{stopped:?}");
    assert!(
        stopped.2.contains("suspended by an operator"),
        "{stopped:?}"
    );
}
