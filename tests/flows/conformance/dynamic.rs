//! The dynamic plan: every module registers its own platform (OpenID Connect Registration 1.0).

use std::sync::OnceLock;

use e2e::jwt::{Assertion, AssertionKey, part, verified};
use e2e::platform::Method;
use e2e::publisher::Publisher;
use e2e::registration::terms;
use e2e::{Browser, Platform, Provider};
use idp::signing::{Keeper, ensure_keys, rotate_now};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::tester::{Mode, Tester, id_token};

/// One that platforms register at, and that reaches what they publish on this machine.
fn provider() -> &'static Provider {
    static SHARED: OnceLock<Provider> = OnceLock::new();
    SHARED.get_or_init(|| {
        Provider::start(|config| {
            config.registration.enabled = true;
            config.outbound.allow_loopback = true;
        })
    })
}

/// What each module's description begins with.
fn described() -> Value {
    json!({ "redirect_uris": ["https://tester.example/callback"], "contacts": ["tester@example.com"] })
}

async fn registered(extra: Value) -> (Value, Platform) {
    let mut metadata = described();
    for (name, value) in extra.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    let mut terms = terms();
    // The plan's platforms send no code challenge.
    terms.pkce_optional = true;
    let told = provider().registered(terms, &metadata).await;
    let platform = provider().platform_of(&told).await;
    (told, platform)
}

async fn tester(extra: Value) -> (Value, Tester) {
    let (told, platform) = registered(extra).await;
    let tester = Tester::at(provider(), platform, Mode::Query).await;
    (told, tester)
}

async fn refused(extra: Value) -> String {
    let mut metadata = described();
    for (name, value) in extra.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    let (token, _) = provider().issue(terms(), 1).await;
    let answer = provider().register(&token, &metadata).await;
    assert_eq!(answer.status, 400, "{}", answer.summary());
    answer.error()
}

#[tokio::test]
async fn oidcc_discovery_with_registration() {
    let mut browser = Browser::new(provider());
    let metadata = browser
        .open("/.well-known/openid-configuration")
        .await
        .json();
    let there = format!("{}/oauth2/register", provider().issuer);
    assert_eq!(metadata["registration_endpoint"], there);
}

#[tokio::test]
async fn oidcc_server_registered() {
    let (told, mut tester) = tester(json!({})).await;
    assert!(told["client_id"].is_string() && told["client_secret"].is_string());
    let asking = tester.ask();
    tester.happy(&asking).await;
}

/// The checks of every module look at the algorithm that is registered: RS256 where none is named.
#[tokio::test]
async fn oidcc_idtoken_rs256() {
    let (told, mut tester) = tester(json!({})).await;
    assert_eq!(told["id_token_signed_response_alg"], "RS256");
    let asking = tester.ask();
    tester.happy(&asking).await;
}

#[tokio::test]
async fn oidcc_idtoken_unsigned_registered() {
    let wish = json!({ "id_token_signed_response_alg": "none" });
    assert_eq!(refused(wish).await, "invalid_client_metadata");
}

#[tokio::test]
async fn oidcc_userinfo_rs256() {
    let (told, mut tester) = tester(json!({ "userinfo_signed_response_alg": "RS256" })).await;
    assert_eq!(told["userinfo_signed_response_alg"], "RS256");
    let asking = tester.ask();
    let (_, callback) = tester.authorize(&asking).await;
    let response = tester.redeem(&callback, &asking).send().await.json();
    tester.check_tokens(&response, &asking).await;
    let access = response["access_token"].as_str().unwrap();
    let answer = tester.platform.userinfo(access).await;
    assert_eq!(answer.header("content-type"), "application/jwt");
    assert_eq!(part(&answer.body, 0)["alg"], "RS256");
    let jwks = tester.platform.fetch("/oauth2/jwks").await.json();
    let signed = e2e::jwt::verified_with(
        &answer.body,
        &jwks,
        (&provider().issuer, &tester.platform.id),
        &["iss", "aud", "sub"],
    );
    assert_eq!(signed.unwrap()["sub"], id_token(&response)["sub"]);
}

#[tokio::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    let (_, mut tester) = tester(json!({})).await;
    let asking = tester.ask().without("redirect_uri");
    let page = tester.browser.go(&asking.path()).await;
    assert_eq!((page.status, page.location()), (400, None));
}

#[tokio::test]
async fn oidcc_redirect_uri_query() {
    let uri = "https://tester.example/callback?foo=bar";
    let (_, mut tester) = tester(json!({ "redirect_uris": [uri] })).await;
    let asking = tester.ask();
    // The tester looks for the query in the answer.
    tester.happy(&asking).await;
    for other in [
        "https://tester.example/callback?bar=foo",
        "https://tester.example/callback?foo=bar&foo=bar",
        "https://tester.example/callback",
    ] {
        let asking = tester.ask().with("redirect_uri", other);
        let page = tester.browser.go(&asking.path()).await;
        assert_eq!((page.status, page.location()), (400, None), "{other}");
    }
}

#[tokio::test]
async fn oidcc_redirect_uri_regfrag() {
    let wish = json!({ "redirect_uris": ["https://tester.example/callback#foobar"] });
    assert_eq!(refused(wish).await, "invalid_redirect_uri");
}

/// What the platform says of itself stands on the sign-in page.
#[tokio::test]
async fn oidcc_registration_logo_policy_and_tos_uri() {
    let uris = json!({
        "logo_uri": "https://tester.example/logo.png",
        "policy_uri": "https://tester.example/policy",
        "tos_uri": "https://tester.example/tos",
        "client_uri": "https://tester.example/",
    });
    let (told, mut tester) = tester(uris.clone()).await;
    let asking = tester.ask();
    let page = tester.browser.go(&asking.path()).await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    for (name, uri) in uris.as_object().unwrap() {
        assert_eq!(told[name], *uri);
    }
    for name in ["policy_uri", "tos_uri"] {
        let uri = uris[name].as_str().unwrap();
        assert!(page.body.contains(uri), "{name} is not shown");
    }
}

fn signing_metadata(publisher: &Publisher) -> Value {
    json!({
        "jwks_uri": publisher.url,
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["authorization_code", "refresh_token"],
    })
}

fn publish(publisher: &Publisher, keys: &[&AssertionKey]) {
    e2e::published::publish_at(publisher, keys);
}

/// `registration-jwks-uri` and `refresh-token-rp-key-rotation`: the keys behind the address count, a new one at once.
#[tokio::test]
async fn oidcc_refresh_token_rp_key_rotation() {
    let (first, second) = (
        AssertionKey::generate(Algorithm::RS256),
        AssertionKey::generate(Algorithm::RS256).named("its successor"),
    );
    let publisher = Publisher::of(Vec::new());
    publish(&publisher, &[&first]);
    let (told, mut tester) = tester(signing_metadata(&publisher)).await;
    assert_eq!(told["jwks_uri"], publisher.url);
    tester.platform.method = Method::PrivateKeyJwt(Algorithm::RS256);
    tester.platform.key = Some(first);
    let asking = tester.ask();
    let (_, tokens) = tester.happy(&asking).await;
    publish(&publisher, &[&second]);
    tester.platform.key = Some(second);
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let answer = tester.platform.refresh(refresh_token).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

#[tokio::test]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    let key = AssertionKey::generate(Algorithm::RS256);
    let publisher = Publisher::of(Vec::new());
    publish(&publisher, &[&key]);
    let (_, mut tester) = tester(signing_metadata(&publisher)).await;
    tester.platform.method = Method::PrivateKeyJwt(Algorithm::RS256);
    tester.platform.key = Some(key);
    let asking = tester.ask();
    let (_, callback) = tester.authorize(&asking).await;
    let assertion = Assertion::of(&tester.platform.id, &provider().issuer);
    let signed = assertion.signed(tester.platform.key.as_ref().unwrap());
    let request = tester.redeem(&callback, &asking).with_assertion(&signed);
    let answer = request.send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

/// `registration-sector-uri` and `-bad`.
#[tokio::test]
async fn oidcc_registration_sector_uri() {
    let publisher = Publisher::of(br#"["https://tester.example/callback"]"#.to_vec());
    let wish = json!({ "subject_type": "pairwise", "sector_identifier_uri": publisher.url });
    let (told, mut tester) = tester(wish.clone()).await;
    assert_eq!(told["sector_identifier_uri"], publisher.url);
    let asking = tester.ask();
    tester.happy(&asking).await;
    publisher.publish(br#"["https://tester.example/other"]"#.to_vec());
    assert_eq!(refused(wish).await, "invalid_client_metadata");
}

/// A new key is beside the old one, which still verifies what it signed.
#[tokio::test]
async fn oidcc_server_rotate_keys() {
    let provider = Provider::start(|_| ());
    let mut scene = e2e::story::Scene::at(&provider).await;
    let tokens = scene.receive().await;
    let before = scene.platform.fetch("/oauth2/jwks").await.json();
    let state = &provider.state;
    let master = Keeper::load(&state.config).unwrap();
    rotate_now(
        &state.database,
        &master,
        &state.cx(),
        state.cx().now,
        "drill",
    )
    .await
    .unwrap();
    ensure_keys(&state.database, |_| Ok(master), &state.keys, &state.cx())
        .await
        .unwrap();
    let after = scene.platform.fetch("/oauth2/jwks").await.json();
    let count = |jwks: &Value| jwks["keys"].as_array().unwrap().len();
    assert!(count(&after) > count(&before));
    let audience = &scene.platform.id;
    assert!(verified(tokens.id(), &after, &provider.issuer, audience).is_some());
    let newer = scene.receive().await;
    assert_ne!(part(newer.id(), 0)["kid"], part(tokens.id(), 0)["kid"]);
}

/// Third-party-initiated login: read back, and https alone.
#[tokio::test]
async fn oidcc_initiate_login_uri() {
    let uri = "https://tester.example/login";
    let (told, _) = registered(json!({ "initiate_login_uri": uri })).await;
    assert_eq!(told["initiate_login_uri"], uri);
    let plain = json!({ "initiate_login_uri": "http://tester.example/login" });
    assert_eq!(refused(plain).await, "invalid_client_metadata");
}
