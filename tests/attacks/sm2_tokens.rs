//! SM2 is nobody's way around a rule: it is an operator's to give, and its key is taken for no other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::{compact, part};
use e2e::registration::{described, terms};
use e2e::sm2::order;
use e2e::story::Scene;
use e2e::{Browser, Platform, Provider};
use serde_json::{Value, json};

fn signed(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let unsigned = compact(header, claims, &[]);
    let signed = unsigned.trim_end_matches('.');
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()))
    )
}

#[tokio::test]
async fn an_sm2_key_and_a_p256_key_are_never_taken_for_one_another() {
    let provider = Provider::start(|config| config.signing_keys.sm2 = true);
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, order()).await;
    let id_token = scene.receive().await.id().to_owned();
    let claims = part(&id_token, 1);
    let (sm2_kid, pkcs8) = provider.private_octets("x-SM2-SM3").await;
    let sm2 = pki::sm2::SigningKey::from_pkcs8_der(&pkcs8).unwrap();
    let by_sm2 = |text: &[u8]| sm2.sign_raw(text).unwrap();
    let p256 = provider.private_key("ES256").await;
    let p256_kid = p256.public()["kid"].clone();
    let by_p256 = |text: &[u8]| URL_SAFE_NO_PAD.decode(p256.signature(text)).unwrap();
    let header = |alg: &str, kid: &Value| json!({ "alg": alg, "kid": kid, "typ": "JWT" });
    let (sm2_kid, sm2_alg) = (json!(sm2_kid), "x-SM2-SM3");
    let right = header(sm2_alg, &sm2_kid);
    let takes = async |token: &str| {
        let asking = scene.platform.ask().with("id_token_hint", token);
        let answer = Browser::new(&provider).open(&asking.path()).await;
        match answer.parameter("error").as_deref() {
            None => true,
            Some("invalid_request") => false,
            other => panic!("{other:?}"),
        }
    };
    // What is right is taken: the rules below alone refuse.
    assert!(takes(&signed(&right, &claims, by_sm2)).await);
    for (why, token) in [
        (
            "ES256 by the SM2 key",
            signed(&header("ES256", &sm2_kid), &claims, by_sm2),
        ),
        (
            "ES256 with its kid",
            signed(&header("ES256", &sm2_kid), &claims, by_p256),
        ),
        (
            "SM2 with the kid of P-256",
            signed(&header(sm2_alg, &p256_kid), &claims, by_p256),
        ),
        (
            "SM2 by the key, kid of P-256",
            signed(&header(sm2_alg, &p256_kid), &claims, by_sm2),
        ),
        ("a P-256 signature as SM2", signed(&right, &claims, by_p256)),
        (
            "DER",
            signed(&right, &claims, |text| sm2.sign(text).unwrap()),
        ),
        ("empty", signed(&right, &claims, |_| Vec::new())),
        ("zeros", signed(&right, &claims, |_| vec![0; 64])),
        (
            "too long",
            signed(&right, &claims, |text| [by_sm2(text), vec![0]].concat()),
        ),
    ] {
        assert!(!takes(&token).await, "{why}");
    }
}

#[tokio::test]
async fn no_platform_gives_itself_sm2() {
    let provider = Provider::start(|config| {
        config.signing_keys.sm2 = true;
        config.registration.enabled = true;
    });
    let (token, _) = provider.issue(terms(), 9).await;
    for member in [
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
    ] {
        let mut metadata = described();
        metadata[member] = json!("x-SM2-SM3");
        let answer = provider.register(&token, &metadata).await;
        assert_eq!(answer.status, 400, "{}", answer.summary());
        assert_eq!(answer.error(), "invalid_client_metadata");
    }
    assert_eq!(provider.register(&token, &described()).await.status, 201);
}
