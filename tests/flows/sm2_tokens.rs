//! Tokens signed with SM2, where an operator switched that on for a platform that must use national algorithms.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client_adapter::{Adapter, AdapterSettings, ClientAuthentication, StartLogin};
use e2e::jwt::{part, verified};
use e2e::sm2::{Key, order};
use e2e::story::Scene;
use e2e::{Platform, Provider, scratch};
use idp::serve::KEY_WATCH;
use idp::signing::{Keeper, ensure_keys, replace_all, rotate_now};
use idp_core::directory::Act;
use idp_core::platform::PlatformState;
use serde_json::{Value, json};

/// Who tries an emergency.
const DRILL: Act<'_> = Act {
    operator_id: None,
    by: "Wang Wu",
    reason: Some("drill"),
};

fn switched_on() -> Provider {
    Provider::start(|config| config.signing_keys.sm2 = true)
}

async fn jwks(platform: &Platform) -> Value {
    platform.fetch("/oauth2/jwks").await.json()
}

/// The key of the set that this token names.
fn key_of(token: &str, jwks: &Value) -> Key {
    let kid = &part(token, 0)["kid"];
    let mut keys = jwks["keys"].as_array().unwrap().iter();
    Key::of_jwk(keys.find(|key| key["kid"] == *kid).unwrap())
}

#[tokio::test]
async fn a_platform_registered_for_sm2_gets_id_tokens_that_openssl_verifies() {
    let provider = switched_on();
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, order()).await;
    let tokens = scene.receive().await;
    assert_eq!(part(tokens.id(), 0)["alg"], "x-SM2-SM3");
    assert_eq!(part(tokens.access(), 0)["alg"], "ES256");
    let jwks = jwks(&scene.platform).await;
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 4);
    let key = key_of(tokens.id(), &jwks);
    assert!(key.verifies(tokens.id()));
    let (signed, signature) = tokens.id().rsplit_once('.').unwrap();
    assert!(!key.verifies(&format!("{signed}A.{signature}")));

    let half = &pki::sm2::sm3(tokens.access().as_bytes())[..16];
    let claims = part(tokens.id(), 1);
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(half));
    assert_eq!(claims["aud"], scene.platform.id.as_str());
    // Userinfo by the same key, as something else.
    let answer = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(part(&answer.body, 0)["typ"], "userinfo+jwt");
    assert!(key.verifies(&answer.body));
    // The provider knows its own.
    let silent = scene.platform.ask().with("prompt", "none");
    let asking = silent.with("id_token_hint", tokens.id());
    let answer = scene.browser.open(&asking.path()).await;
    let error = answer.parameter("error");
    assert_eq!(error.as_deref(), Some("consent_required"));
    let discovery = "/.well-known/openid-configuration";
    let document = scene.platform.fetch(discovery).await.json();
    for what in ["id_token", "userinfo", "introspection"] {
        let said = &document[format!("{what}_signing_alg_values_supported")];
        assert_eq!(*said, json!(["ES256", "PS256", "RS256", "x-SM2-SM3"]));
    }
}

#[tokio::test]
async fn an_sm2_key_is_followed_by_a_successor_and_goes_in_an_emergency() {
    let provider = switched_on();
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, order()).await;
    let first = scene.receive().await;
    let state = &provider.state;
    let keeper = Keeper::load(&state.config).unwrap();
    let cx = state.cx();
    let made = rotate_now(&state.database, &keeper, &cx, cx.now, "drill").await;
    assert_eq!(made.unwrap().len(), 4);
    ensure_keys(&state.database, |_| Ok(keeper), &state.keys, &cx)
        .await
        .unwrap();
    let second = scene.receive().await;
    assert_ne!(part(first.id(), 0)["kid"], part(second.id(), 0)["kid"]);
    let both = jwks(&scene.platform).await;
    for tokens in [&first, &second] {
        assert!(key_of(tokens.id(), &both).verifies(tokens.id()));
    }
    let keeper = Keeper::load(&state.config).unwrap();
    let replaced = replace_all(&state.database, &keeper, &state.cx(), DRILL).await;
    let replaced = replaced.unwrap();
    assert_eq!((replaced.withdrawn.len(), replaced.made.len()), (8, 4));
    tokio::time::sleep(KEY_WATCH + std::time::Duration::from_secs(1)).await;
    let third = scene.receive().await;
    let left = jwks(&scene.platform).await;
    assert_eq!(left["keys"].as_array().unwrap().len(), 4);
    assert!(key_of(third.id(), &left).verifies(third.id()));
    let hint = scene.platform.ask().with("id_token_hint", second.id());
    let refused = scene.browser.open(&hint.path()).await;
    let error = refused.parameter("error");
    assert_eq!(error.as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn platforms_that_know_no_sm2_pass_over_its_key() {
    let provider = switched_on();
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    let jwks = jwks(&scene.platform).await;
    assert!(jwks.to_string().contains("x-SM2"), "{jwks}");
    // By jsonwebtoken, which reads the whole set.
    let audience = &scene.platform.id;
    assert!(verified(tokens.id(), &jwks, &provider.issuer, audience).is_some());
    // By the adapter.
    let secret = ClientAuthentication::ClientSecretBasic(scene.platform.secret.clone().into());
    let back = scene.platform.client().redirect_uris[0].parse().unwrap();
    let settings = AdapterSettings::new(&provider.issuer, audience, secret, back);
    let adapter = Adapter::discover(settings).await.unwrap();
    let started = adapter.start_login(StartLogin::default()).await;
    let (url, pending) = started.unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let mut page = scene.browser.go(&path).await;
    if page.has("#consent-form") {
        page = scene.browser.decide(&page, "grant").await;
    }
    let answer: url::Url = page.location().unwrap().parse().unwrap();
    let query = client_adapter::CallbackQuery::parse(answer.query().unwrap()).unwrap();
    let signed_in = adapter.finish_login(query, pending).await.unwrap();
    assert_eq!(signed_in.enterprise.unwrap().name, scene.lock.holder);
}

#[tokio::test]
async fn nothing_tells_of_sm2_where_it_is_not_switched_on() {
    let platform = Platform::connect(Provider::shared()).await;
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks"] {
        let body = platform.fetch(path).await.body;
        assert!(!body.contains("SM2"), "{path}: {body}");
    }
}

#[tokio::test]
async fn switched_off_again_its_key_is_out_and_nobody_may_need_it() {
    let folder = scratch::folder("sm2-off");
    let start = |sm2: bool| {
        Provider::try_start(|config| {
            config.state_dir.clone_from(&folder);
            config.signing_keys.sm2 = sm2;
        })
    };
    let provider = start(true).unwrap_or_else(|error| panic!("{error}"));
    let platform = Platform::order(&provider, order()).await;
    drop(provider);
    let refused = start(false).err().expect("it started").to_string();
    assert!(
        refused.contains(&platform.id) && refused.contains("signing_keys.sm2"),
        "{refused}"
    );
    let provider = start(true).unwrap_or_else(|error| panic!("{error}"));
    let stop = |platform: &mut idp_core::platform::Platform| {
        platform.state = PlatformState::Suspended;
    };
    provider.change_platform(&platform.id, stop).await;
    drop(provider);
    let provider = start(false).unwrap_or_else(|error| panic!("{error}"));
    let other = Platform::connect(&provider).await;
    let keys = jwks(&other).await;
    assert_eq!(keys["keys"].as_array().unwrap().len(), 3);
    assert!(!keys.to_string().contains("SM2"), "{keys}");
}
