//! What tokens are, as each platform registered: signed with which algorithm, under which `sub`, encrypted, and what
//! userinfo answers.

use e2e::jwe::DecryptionKey;
use e2e::jwt::{part, verified, verified_with};
use e2e::story::{Scene, Tokens};
use e2e::{Platform, PlatformOrder, Provider, TokenRequest};
use idp_core::id::{LogoutDeliveryId, SessionId};
use idp_core::logout_delivery::{DeliveryState, LogoutDelivery};
use idp_core::platform::{
    ContentEncryption, JwsAlgorithm, KeyEncryption, SubjectType, TokenEncryption,
};
use idp_core::tell_platforms::message;
use serde_json::{Value, json};

async fn jwks(platform: &Platform) -> Value {
    platform.fetch("/oauth2/jwks").await.json()
}

fn pairwise(sector: &str) -> PlatformOrder {
    let mut order = PlatformOrder::refreshing();
    order.tokens.subject_type = SubjectType::Pairwise {
        sector: sector.to_owned(),
    };
    order
}

async fn sub_at_userinfo(platform: &Platform, tokens: &Tokens) -> Value {
    platform.userinfo(tokens.access()).await.json()["sub"].clone()
}

#[tokio::test]
async fn a_platform_gets_its_id_tokens_in_the_algorithm_it_registered() {
    for algorithm in JwsAlgorithm::STANDARD {
        let mut scene = Scene::ordering(PlatformOrder {
            id_token_alg: algorithm,
            ..PlatformOrder::default()
        })
        .await;
        let tokens = scene.receive().await;
        let header = part(tokens.id(), 0);
        assert_eq!(header["alg"], algorithm.as_str());
        let keys = jwks(&scene.platform).await;
        let (issuer, audience) = (&scene.platform.issuer, &scene.platform.id);
        assert!(verified(tokens.id(), &keys, issuer, audience).is_some());
        // A key serves the algorithm that its JWK names, and no other.
        let named = keys["keys"].as_array().unwrap().iter();
        let mut named = named.filter(|key| key["kid"] == header["kid"]);
        assert_eq!(named.next().unwrap()["alg"], algorithm.as_str());
        assert!(named.next().is_none());
    }
}

#[tokio::test]
async fn userinfo_is_signed_for_the_platform_that_registered_for_it() {
    for algorithm in JwsAlgorithm::STANDARD {
        let mut order = PlatformOrder::default();
        order.tokens.userinfo_alg = Some(algorithm);
        let mut scene = Scene::ordering(order).await;
        let tokens = scene.receive().await;
        let answer = scene.platform.userinfo(tokens.access()).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        assert_eq!(answer.header("content-type"), "application/jwt");
        let header = part(&answer.body, 0);
        assert_eq!(
            (&header["alg"], &header["typ"]),
            (&json!(algorithm.as_str()), &json!("userinfo+jwt"))
        );
        let keys = jwks(&scene.platform).await;
        let between = (scene.platform.issuer.as_str(), scene.platform.id.as_str());
        let claims = verified_with(&answer.body, &keys, between, &["aud", "iss", "sub"]).unwrap();
        assert_eq!(claims["sub"], part(tokens.id(), 1)["sub"]);
        assert_eq!(claims["name"], scene.lock.holder);
        // It is no ID token.
        let asking = scene.platform.ask().with("id_token_hint", &answer.body);
        let refused = scene.browser.open(&asking.path()).await;
        assert_eq!(
            refused.parameter("error").as_deref(),
            Some("invalid_request")
        );
    }
}

#[tokio::test]
async fn what_two_sectors_hold_of_an_enterprise_can_not_be_laid_side_by_side() {
    let provider = Provider::shared();
    let mut scene = Scene::ordering(pairwise("one.example")).await;
    let neighbour = Platform::order(provider, pairwise("one.example")).await;
    let stranger = Platform::order(provider, pairwise("two.example")).await;
    let public = Platform::connect(provider).await;
    let (browser, lock) = (&mut scene.browser, &scene.lock);
    let mut subs = Vec::new();
    for platform in [&scene.platform, &neighbour, &stranger, &public] {
        let tokens = platform.receive(browser, lock).await;
        let sub = part(tokens.id(), 1)["sub"].clone();
        assert_eq!(part(tokens.access(), 1)["sub"], sub);
        assert_eq!(sub_at_userinfo(platform, &tokens).await, sub);
        let told = |token| TokenRequest::about(platform, "/oauth2/introspect", token);
        let active = told(tokens.access()).send().await.json();
        assert_eq!((&active["active"], &active["sub"]), (&json!(true), &sub));
        if let Some(refresh) = tokens.response["refresh_token"].as_str() {
            assert_eq!(told(refresh).send().await.json()["sub"], sub);
            let again = platform.refresh(refresh).send().await.json();
            assert_eq!(part(again["id_token"].as_str().unwrap(), 1)["sub"], sub);
        }
        subs.push(sub);
    }
    assert_eq!(subs[0], subs[1]);
    assert_ne!(subs[0], subs[2]);
    let enterprise = provider.enterprise(&lock.credit_code()).await.unwrap();
    assert_eq!(subs[3], enterprise.id.as_str());
    for sub in &subs[..3] {
        assert_ne!(*sub, subs[3]);
    }
}

#[tokio::test]
async fn a_pairwise_subject_is_whom_a_request_expects() {
    let mut scene = Scene::ordering(pairwise("hint.example")).await;
    let tokens = scene.receive().await;
    let sub = part(tokens.id(), 1)["sub"].as_str().unwrap().to_owned();
    let silent = scene.platform.ask().with("prompt", "none");
    let claims = |sub: &str| json!({ "id_token": { "sub": { "value": sub } } }).to_string();
    let code = scene.lock.credit_code();
    let id = Provider::shared().enterprise(&code).await.unwrap().id;
    for (asking, error) in [
        (
            silent.clone().with("id_token_hint", tokens.id()),
            "consent_required",
        ),
        (
            silent.clone().with("claims", &claims(&sub)),
            "consent_required",
        ),
        // Who the enterprise is elsewhere, it is not here.
        (
            silent.with("claims", &claims(id.as_str())),
            "login_required",
        ),
    ] {
        let answer = scene.browser.open(&asking.path()).await;
        assert_eq!(
            answer.parameter("error").as_deref(),
            Some(error),
            "{}",
            answer.summary()
        );
    }
}

#[tokio::test]
async fn the_audit_trail_names_the_enterprise_and_not_the_pairwise_subject() {
    let mut scene = Scene::ordering(pairwise("trail.example")).await;
    let tokens = scene.receive().await;
    sub_at_userinfo(&scene.platform, &tokens).await;
    let provider = Provider::shared();
    let enterprise = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    let trail = provider.audit().await;
    let read = trail.iter().map(|entry| &entry.event).find(|event| {
        event.kind == idp_core::audit::AuditKind::UserinfoRead
            && event
                .platform_id
                .as_ref()
                .is_some_and(|id| id.as_str() == scene.platform.id)
    });
    assert_eq!(read.unwrap().enterprise_id.as_ref(), Some(&enterprise.id));
}

#[tokio::test]
async fn an_encrypted_id_token_is_for_its_platform_alone() {
    for (alg, enc) in [
        (KeyEncryption::RsaOaep256, ContentEncryption::A256Gcm),
        (KeyEncryption::RsaOaep256, ContentEncryption::A128CbcHs256),
    ] {
        let key = DecryptionKey::generate();
        let mut order = PlatformOrder::refreshing();
        order.keys = Some(json!({ "keys": [key.jwk()] }));
        order.tokens.id_token_encryption = Some(TokenEncryption { alg, enc });
        let mut scene = Scene::ordering(order).await;
        let tokens = scene.receive().await;
        let header = part(tokens.id(), 0);
        assert_eq!(
            (
                &header["alg"],
                &header["enc"],
                &header["cty"],
                &header["kid"]
            ),
            (
                &json!(alg.as_str()),
                &json!(enc.as_str()),
                &json!("JWT"),
                &json!("encryption")
            )
        );
        let keys = jwks(&scene.platform).await;
        let opened = key.open(tokens.id());
        let (issuer, audience) = (&scene.platform.issuer, &scene.platform.id);
        let claims = verified(&opened, &keys, issuer, audience).unwrap();
        assert_eq!(claims["nonce"], tokens.asking.nonce.as_str());
        let refresh = tokens.response["refresh_token"].as_str().unwrap();
        let again = scene.platform.refresh(refresh).send().await.json();
        let opened = key.open(again["id_token"].as_str().unwrap());
        assert!(verified(&opened, &keys, issuer, audience).is_some());
    }
}

#[tokio::test]
async fn a_platform_without_a_key_to_encrypt_to_gets_no_tokens() {
    let key = DecryptionKey::generate();
    let mut order = PlatformOrder {
        keys: Some(json!({ "keys": [key.jwk()] })),
        ..PlatformOrder::default()
    };
    order.tokens.id_token_encryption = Some(TokenEncryption {
        alg: KeyEncryption::RsaOaep256,
        enc: ContentEncryption::A256Gcm,
    });
    let mut scene = Scene::ordering(order).await;
    Provider::shared()
        .change_platform(&scene.platform.id, |platform| {
            platform.client.as_mut().unwrap().keys = None;
        })
        .await;
    let (code, asking) = scene.code().await;
    let answer = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_request"),
        "{}",
        answer.summary()
    );
    assert_eq!(answer.json().get("access_token"), None);
}

#[tokio::test]
async fn a_logout_token_names_the_enterprise_as_the_platform_knows_it() {
    let mut order = pairwise("out.example");
    order.logout.backchannel_uri = Some("https://{id}.example/out".to_owned());
    let mut scene = Scene::ordering(order).await;
    let tokens = scene.receive().await;
    let claims = part(tokens.id(), 1);
    let provider = Provider::shared();
    let code = scene.lock.credit_code();
    let cx = provider.state.cx();
    let delivery = LogoutDelivery {
        id: LogoutDeliveryId::from_text("test"),
        platform_id: scene.platform.registration.id.clone(),
        enterprise_id: provider.enterprise(&code).await.unwrap().id,
        session_id: SessionId::from_text(claims["sid"].as_str().unwrap()),
        created_at: cx.now,
        tried_since: cx.now,
        attempts: 1,
        state: DeliveryState::Waiting(cx.now),
        why: None,
    };
    let registration = &scene.platform.registration;
    let message = message(&cx, &*provider.state.keys, registration, &delivery);
    let (_, token) = message.unwrap().unwrap();
    for claim in ["sub", "sid", "iss", "aud"] {
        assert_eq!(part(&token, 1)[claim], claims[claim], "{claim}");
    }
}
