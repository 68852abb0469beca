//! `DPoP` (RFC 9449): tokens that serve their key alone.

use e2e::dpop::DpopKey;
use e2e::jwt::part;
use e2e::platform::Method;
use e2e::story::Scene;
use e2e::{PlatformOrder, Provider};
use idp_core::platform::SenderConstraint;
use serde_json::{Value, json};

/// A platform that must bind its tokens, signed in at, with its key.
async fn binding(method: Method) -> (Scene, DpopKey) {
    let mut order = PlatformOrder::refreshing();
    order.method = method;
    order.tokens.sender_constraint = SenderConstraint::Dpop;
    let scene = Scene::ordering(order).await;
    let key = DpopKey::generate(&Provider::shared().issuer);
    (scene, key)
}

async fn received(scene: &mut Scene, key: &mut DpopKey) -> Value {
    let (code, asking) = scene.code().await;
    let answer = key.send(&scene.platform.redeem(&code, &asking)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    answer.json()
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_bound_token_opens_userinfo_with_the_proof_of_its_key_and_in_no_other_way() {
    let (mut scene, mut key) = binding(Method::Basic).await;
    let tokens = received(&mut scene, &mut key).await;
    assert_eq!(tokens["token_type"], "DPoP");
    assert_eq!(part(access(&tokens), 1)["cnf"], json!({ "jkt": key.jkt() }));
    let proof = key.sign(&key.userinfo_proof(access(&tokens)));
    let platform = &scene.platform;
    let answer = platform
        .userinfo_by("DPoP", access(&tokens), std::slice::from_ref(&proof))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert!(!answer.header("dpop-nonce").is_empty());

    // The same proof once more, as a bearer's, with another key, without.
    let mut other = DpopKey::generate(&platform.issuer);
    other.nonce.clone_from(&key.nonce);
    let fresh = || key.sign(&key.userinfo_proof(access(&tokens)));
    let foreign = other.sign(&other.userinfo_proof(access(&tokens)));
    for (scheme, proofs, error) in [
        ("DPoP", vec![proof], "invalid_dpop_proof"),
        ("DPoP", vec![], "invalid_dpop_proof"),
        ("DPoP", vec![fresh(), fresh()], "invalid_dpop_proof"),
        ("DPoP", vec![foreign], "invalid_token"),
        ("Bearer", vec![fresh()], "invalid_token"),
        ("Bearer", vec![], "invalid_token"),
    ] {
        let answer = platform.userinfo_by(scheme, access(&tokens), &proofs).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, error),
            "{scheme} {}",
            proofs.len()
        );
        let challenges = answer.headers_named("www-authenticate");
        assert!(
            challenges
                .iter()
                .any(|c| c.starts_with("DPoP ") && c.contains("algs=\"ES256 PS256\"")),
            "{challenges:?}"
        );
    }
}

#[tokio::test]
async fn a_proof_that_is_not_what_it_must_be_is_refused() {
    let (mut scene, mut key) = binding(Method::Basic).await;
    let tokens = received(&mut scene, &mut key).await;
    let good = || key.userinfo_proof(access(&tokens));
    let claim = |name: &str, value: Value| {
        let mut proof = good();
        proof.claims[name] = value;
        proof
    };
    let header = |name: &str, value: Value| {
        let mut proof = good();
        proof.header[name] = value;
        proof
    };
    let without = |name: &str| {
        let mut proof = good();
        proof.claims.as_object_mut().unwrap().remove(name);
        proof
    };
    let issuer = &scene.platform.issuer;
    let mut secret = good().header["jwk"].clone();
    secret["d"] = json!("AA");
    let bad = [
        claim("htm", json!("POST")),
        claim("htu", json!(format!("{issuer}/oauth2/token"))),
        claim("htu", json!("https://other.example/oauth2/userinfo")),
        claim("htu", json!(format!("{issuer}/oauth2/userinfo?x=1"))),
        claim("iat", json!(now_and(3600))),
        claim("iat", json!(now_and(-3600))),
        claim("iat", json!("now")),
        claim("ath", json!("AAAA")),
        claim("jti", json!("")),
        claim("jti", json!("j".repeat(300))),
        without("jti"),
        without("htm"),
        without("htu"),
        without("iat"),
        without("ath"),
        header("typ", json!("JWT")),
        header("typ", Value::Null),
        header("alg", json!("none")),
        header("alg", json!("HS256")),
        header("alg", json!("RS256")),
        header("jwk", Value::Null),
        header("jwk", secret),
        header("jwk", json!({ "kty": "oct", "k": "AAAA" })),
        header("crit", json!(["exp"])),
    ];
    for (i, proof) in bad.iter().enumerate() {
        let answer = scene
            .platform
            .userinfo_by("DPoP", access(&tokens), &[key.sign(proof)])
            .await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, "invalid_dpop_proof"),
            "{i}: {}",
            answer.summary()
        );
    }
    let broken = key.sign(&good());
    let broken = format!("{}AAAA", &broken[..broken.len() - 4]);
    for text in [broken.as_str(), "nonsense", ""] {
        let answer = scene
            .platform
            .userinfo_by("DPoP", access(&tokens), &[text.to_owned()])
            .await;
        assert_eq!(answer.status, 401, "{text}");
    }
    for proof in [claim("nonce", json!("old")), without("nonce")] {
        let answer = scene
            .platform
            .userinfo_by("DPoP", access(&tokens), &[key.sign(&proof)])
            .await;
        assert_eq!(answer.error(), "use_dpop_nonce");
    }
    let upper = issuer.replace("http://", "HTTP://");
    for proof in [
        claim("iat", json!(now_and(-10))),
        claim("iat", json!(now_and(10))),
        claim("htu", json!(format!("{upper}/oauth2/userinfo"))),
        claim("extra", json!(1)),
        header("extra", json!(1)),
    ] {
        let answer = scene
            .platform
            .userinfo_by("DPoP", access(&tokens), &[key.sign(&proof)])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
    }
}

fn now_and(seconds: i64) -> i64 {
    e2e::jwt::now() + seconds
}

#[tokio::test]
async fn a_platform_whose_tokens_are_bound_gets_none_without_a_proof() {
    let (mut scene, _) = binding(Method::Basic).await;
    let (code, asking) = scene.code().await;
    let answer = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_dpop_proof")
    );
}

#[tokio::test]
async fn a_code_for_a_key_is_redeemed_with_that_key_alone() {
    let mut scene = Scene::at(Provider::shared()).await;
    let issuer = scene.platform.issuer.clone();
    let (mut mine, mut other) = (DpopKey::generate(&issuer), DpopKey::generate(&issuer));
    let asking = scene.platform.ask().with("dpop_jkt", &mine.jkt());
    for pushed in [false, true] {
        let by = if pushed {
            // The proof at the push binds the code, though the request says nothing of a key.
            let answer = mine
                .send(&scene.platform.push(&asking.clone().without("dpop_jkt")))
                .await;
            assert_eq!(answer.status, 201, "{}", answer.summary());
            scene
                .platform
                .ask_by(answer.json()["request_uri"].as_str().unwrap())
        } else {
            asking.clone()
        };
        for (key, status) in [(&mut other, 400), (&mut mine, 200)] {
            let by = if pushed && status == 200 {
                let answer = key.send(&scene.platform.push(&asking)).await;
                scene
                    .platform
                    .ask_by(answer.json()["request_uri"].as_str().unwrap())
            } else {
                by.clone()
            };
            let answer = scene.browser.arrive(&scene.lock, &by).await;
            let code = answer
                .parameter("code")
                .unwrap_or_else(|| panic!("{}", answer.summary()));
            let answer = key.send(&scene.platform.redeem(&code, &asking)).await;
            assert_eq!(answer.status, status, "{}", answer.summary());
        }
    }
    let answer = other.send(&scene.platform.push(&asking)).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_dpop_proof")
    );
}

#[tokio::test]
async fn a_public_platforms_refresh_token_is_bound_to_its_key() {
    let (mut scene, mut key) = binding(Method::Public).await;
    let tokens = received(&mut scene, &mut key).await;
    let refresh = scene
        .platform
        .refresh(tokens["refresh_token"].as_str().unwrap());
    let mut other = DpopKey::generate(&scene.platform.issuer);
    let answer = other.send(&refresh).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_dpop_proof")
    );
    let answer = key.send(&refresh).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(part(access(&answer.json()), 1)["cnf"]["jkt"], key.jkt());
}
