//! FAPI 2.0 Security Profile: what must work, a test for each module of the certification plan, under the module's name.

use std::collections::HashSet;

use e2e::fapi2::{Fapi2, came_back, opened, request_uri};
use e2e::jwt::{now, part, verified};
use e2e::{Answer, PlatformOrder};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[tokio::test]
async fn discovery_end_point_verification() {
    let fapi2 = Fapi2::new().await;
    let document = fapi2
        .platform()
        .fetch("/.well-known/openid-configuration")
        .await
        .json();
    let has = |name: &str, word: &str| {
        let words = document[name].as_array().unwrap();
        words.iter().any(|said| said == word)
    };
    assert_eq!(document["issuer"], fapi2.platform().issuer.as_str());
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(
        document["authorization_response_iss_parameter_supported"],
        true
    );
    assert!(document["pushed_authorization_request_endpoint"].is_string());
    assert!(has(
        "token_endpoint_auth_methods_supported",
        "private_key_jwt"
    ));
    for signed in [
        "token_endpoint_auth_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
    ] {
        assert!(has(signed, "PS256") && has(signed, "ES256"), "{signed}");
    }
    assert_eq!(
        document["dpop_signing_alg_values_supported"],
        json!(["ES256", "PS256"])
    );
    assert!(has("grant_types_supported", "refresh_token"));
    assert_eq!(document["response_types_supported"], json!(["code"]));
}

/// Two clients, one after the other, as the plan has it; every claim and every parameter.
#[tokio::test]
async fn happy_flow() {
    let mut seen = HashSet::new();
    for algorithm in [Algorithm::ES256, Algorithm::PS256] {
        let mut fapi2 = Fapi2::ordering(PlatformOrder::fapi2(algorithm)).await;
        let asking = fapi2.ask();
        let pushed = fapi2.push(&asking).await;
        let body = pushed.json();
        assert!((5..=600).contains(&body["expires_in"].as_u64().unwrap()));
        assert!(request_uri(&pushed).len() >= 50);
        let answer = fapi2.arrive(&pushed).await;
        let back = came_back(&answer);
        assert_eq!(back["iss"], fapi2.platform().issuer);
        assert_eq!(back["state"], asking.state);
        assert_eq!(back.len(), 3, "{back:?}");
        let tokens = fapi2.redeem(&back["code"], &asking).await;
        assert_eq!(
            (tokens.status, tokens.header("cache-control")),
            (200, "no-store")
        );
        let tokens = tokens.json();
        assert_eq!(tokens["token_type"], "DPoP");
        assert!(tokens["expires_in"].as_u64().unwrap() > 0);
        let secrets = [
            &back["code"],
            text(&tokens, "access_token"),
            text(&tokens, "refresh_token"),
        ];
        for secret in secrets {
            assert!(secret.len() >= 43 && seen.insert(secret.to_owned()));
        }
        let id_token = text(&tokens, "id_token");
        let alg = format!("{algorithm:?}");
        assert_eq!(part(id_token, 0)["alg"], alg.as_str());
        let jwks = fapi2.platform().fetch("/oauth2/jwks").await.json();
        let (issuer, id) = (&fapi2.platform().issuer, &fapi2.platform().id);
        let claims = verified(id_token, &jwks, issuer, id).unwrap();
        assert_eq!(claims["nonce"], asking.nonce.as_str());
        assert!(claims["at_hash"].is_string() && claims["auth_time"].is_i64());
        assert_eq!(claims.get("name"), None);
        let info = fapi2.userinfo(text(&tokens, "access_token"), |_| ()).await;
        assert_eq!(info.status, 200, "{}", info.summary());
        assert_eq!(info.json()["sub"], claims["sub"]);
    }
}

#[tokio::test]
async fn user_rejects_authentication() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let pushed = fapi2.push(&asking).await;
    let by = fapi2.platform().ask_by(&request_uri(&pushed));
    let page = fapi2.scene.browser.go(&by.path()).await;
    let answer = fapi2.scene.browser.decide(&page, "refuse").await;
    let back = came_back(&answer);
    assert_eq!(back["error"], "access_denied");
    assert_eq!(
        (&back["state"], &back["iss"]),
        (&asking.state, &fapi2.platform().issuer)
    );
    assert_eq!(back.get("code"), None);
}

#[tokio::test]
async fn ensure_authorization_request_without_state_success() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask().without("state");
    let back = came_back(&fapi2.arrived(&asking).await);
    assert_eq!(back.get("state"), None);
    assert_eq!(fapi2.redeem(&back["code"], &asking).await.status, 200);
}

#[tokio::test]
async fn ensure_authorization_request_without_nonce_success() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask().without("nonce");
    let tokens = fapi2.tokens(&asking).await;
    assert_eq!(part(text(&tokens, "id_token"), 1).get("nonce"), None);
}

async fn echoes_nonce(length: usize) {
    let mut fapi2 = Fapi2::new().await;
    let nonce = "n".repeat(length);
    let asking = fapi2.ask().with("nonce", &nonce);
    let tokens = fapi2.tokens(&asking).await;
    assert_eq!(part(text(&tokens, "id_token"), 1)["nonce"], nonce.as_str());
}

#[tokio::test]
async fn ensure_authorization_request_with_64_char_nonce_success() {
    echoes_nonce(64).await;
}

#[tokio::test]
async fn ensure_authorization_request_with_long_nonce() {
    echoes_nonce(384).await;
}

#[tokio::test]
async fn ensure_authorization_request_with_long_state() {
    let mut fapi2 = Fapi2::new().await;
    let state = "s".repeat(384);
    let asking = fapi2.ask().with("state", &state);
    assert_eq!(came_back(&fapi2.arrived(&asking).await)["state"], state);
}

#[tokio::test]
async fn ensure_other_scope_order_succeeds() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask().with("scope", "contact enterprise openid");
    let tokens = fapi2.tokens(&asking).await;
    let mut scopes: Vec<_> = text(&tokens, "scope").split(' ').collect();
    scopes.sort_unstable();
    assert_eq!(scopes, ["contact", "enterprise", "openid"]);
}

#[tokio::test]
async fn test_claims_parameter_identity_claims() {
    let mut fapi2 = Fapi2::new().await;
    let claims = json!({ "userinfo": { "name": { "essential": true }, "nobody_knows": null },
        "id_token": { "credit_code": null } });
    let asking = fapi2
        .ask()
        .with("scope", "openid")
        .with("claims", &claims.to_string());
    let tokens = fapi2.tokens(&asking).await;
    let told = part(text(&tokens, "id_token"), 1);
    assert_eq!(told["credit_code"], fapi2.scene.lock.credit_code());
    assert_eq!(told.get("name"), None);
    let info = fapi2.userinfo(text(&tokens, "access_token"), |_| ()).await;
    assert_eq!(info.json()["name"], fapi2.scene.lock.holder);
    assert_eq!(info.json().get("credit_code"), None);
}

#[tokio::test]
async fn test_essential_acr_sca_claim() {
    let mut fapi2 = Fapi2::new().await;
    let asks = |acr: &str| {
        let claims = json!({ "id_token": { "acr": { "essential": true, "values": [acr] } } });
        claims.to_string()
    };
    let document = fapi2
        .platform()
        .fetch("/.well-known/openid-configuration")
        .await;
    let acr = document.json()["acr_values_supported"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let asking = fapi2.ask().with("claims", &asks(&acr));
    let tokens = fapi2.tokens(&asking).await;
    assert_eq!(part(text(&tokens, "id_token"), 1)["acr"], acr.as_str());
    // What nobody here gives is not passed over.
    let strange = fapi2
        .ask()
        .with("claims", &asks("urn:openbanking:psd2:sca"));
    let refused = fapi2.push(&strange).await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (400, "unmet_authentication_requirements")
    );
}

#[tokio::test]
async fn access_token_type_header_case_sensitivity() {
    let mut fapi2 = Fapi2::new().await;
    let access = fapi2.access_token().await;
    for scheme in ["DPoP", "dpop", "DPOP", "dPoP"] {
        let proof = fapi2.key.sign(&fapi2.key.userinfo_proof(&access));
        let info = fapi2
            .platform()
            .userinfo_by(scheme, &access, &[proof])
            .await;
        assert_eq!(info.status, 200, "{scheme}: {}", info.summary());
    }
}

/// The same token again and again, not replaced (§5.3.2.1), for its client and with any proof of its key.
#[tokio::test]
async fn refresh_token() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let tokens = fapi2.tokens(&asking).await;
    let refresh = text(&tokens, "refresh_token");
    for _ in 0..3 {
        let request = fapi2.platform().refresh(refresh);
        let answer = fapi2.key.send(&request).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        let again = answer.json();
        assert_eq!(again["refresh_token"], refresh);
        assert_eq!(again["token_type"], "DPoP");
        let (before, after) = (
            part(text(&tokens, "id_token"), 1),
            part(text(&again, "id_token"), 1),
        );
        for claim in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(before[claim], after[claim], "{claim}");
        }
        let info = fapi2.userinfo(text(&again, "access_token"), |_| ()).await;
        assert_eq!(info.status, 200);
    }
    let other = Fapi2::new().await;
    let stolen = other.platform().refresh(refresh);
    let refused = fapi2.key.send(&stolen).await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (400, "invalid_grant")
    );
    let unbound = fapi2.platform().refresh(refresh).send().await;
    assert_eq!(
        (unbound.status, unbound.error().as_str()),
        (400, "invalid_dpop_proof")
    );
}

async fn with_claim(fapi2: &Fapi2, access: &str, name: &str, value: i64) -> Answer {
    fapi2
        .userinfo(access, |proof| proof.claims[name] = json!(value))
        .await
}

#[tokio::test]
async fn check_dpop_proof_nbf_exp() {
    let mut fapi2 = Fapi2::new().await;
    let access = fapi2.access_token().await;
    for (name, at, status) in [
        ("nbf", -5, 200),
        ("nbf", 8, 200),
        ("nbf", 3600, 401),
        ("exp", 60, 200),
        ("exp", -300, 401),
    ] {
        let answer = with_claim(&fapi2, &access, name, now() + at).await;
        assert_eq!(answer.status, status, "{name} {at}: {}", answer.summary());
    }
}

#[tokio::test]
async fn ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    let mut fapi2 = Fapi2::new().await;
    let access = fapi2.access_token().await;
    assert_eq!(
        with_claim(&fapi2, &access, "iat", now() - 10).await.status,
        200
    );
}

#[tokio::test]
async fn ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    let mut fapi2 = Fapi2::new().await;
    let access = fapi2.access_token().await;
    assert_eq!(
        with_claim(&fapi2, &access, "iat", now() + 10).await.status,
        200
    );
}

#[tokio::test]
async fn ensure_dpopproof_at_par_endpoint_binding_success() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let push = fapi2.scene.platform.push(&asking);
    let pushed = fapi2.key.send(&push).await;
    let answer = fapi2.arrive(&pushed).await;
    let code = answer.parameter("code").unwrap();
    assert_eq!(fapi2.redeem(&code, &asking).await.status, 200);
}

#[tokio::test]
async fn ensure_dpop_auth_code_binding_success() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask().with("dpop_jkt", &fapi2.key.jkt());
    let tokens = fapi2.tokens(&asking).await;
    let bound = &part(text(&tokens, "access_token"), 1)["cnf"]["jkt"];
    assert_eq!(*bound, fapi2.key.jkt());
}

/// The page is opened twice before anybody answers it (RFC 9126 §7.3).
#[tokio::test]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let pushed = fapi2.push(&asking).await;
    let by = fapi2.platform().ask_by(&request_uri(&pushed));
    for _ in 0..2 {
        let page = fapi2.scene.browser.go(&by.path()).await;
        assert!(page.has("#consent-form"), "{}", page.summary());
    }
    let code = fapi2.arrive(&pushed).await.parameter("code").unwrap();
    assert_eq!(fapi2.redeem(&code, &asking).await.status, 200);
}

#[tokio::test]
async fn par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted() {
    let fapi2 = Fapi2::new().await;
    let pushed = fapi2
        .push_proven(|proof| proof.with("nbf", now() + 8))
        .await;
    assert_eq!(pushed.status, 201, "{}", pushed.summary());
}

/// The browser brings `client_id` and `request_uri`, and nothing else.
#[tokio::test]
async fn par_without_duplicate_parameters() {
    let mut fapi2 = Fapi2::new().await;
    let asking = fapi2.ask();
    let pushed = fapi2.push(&asking).await;
    let by = fapi2.platform().ask_by(&request_uri(&pushed));
    let names: Vec<_> = by
        .parameters
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["client_id", "request_uri"]);
    assert!(fapi2.arrive(&pushed).await.parameter("code").is_some());
}

/// RFC 9126 §2.4 lets a provider take redirect URIs that were never registered; this one does not, which the plan allows.
#[tokio::test]
async fn plain_fapi_tolerate_unregistered_redirect_uri() {
    let fapi2 = Fapi2::new().await;
    let elsewhere = fapi2.ask().with("redirect_uri", "https://never.example/cb");
    let refused = fapi2.push(&elsewhere).await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (400, "invalid_request")
    );
    assert_eq!(refused.json().get("request_uri"), None);
    // The name of nothing leads nowhere.
    let nothing = fapi2
        .platform()
        .ask_by("urn:ietf:params:oauth:request_uri:none");
    let page = opened(&nothing).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (400, "request-unusable")
    );
}
