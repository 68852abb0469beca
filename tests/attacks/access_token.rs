//! Access tokens: tampered, foreign, expired, of another kind, in the wrong place.

use e2e::browser::client;
use e2e::jwt::{Assertion, AssertionKey, compact, part};
use e2e::story::{Scene, Tokens};
use e2e::{Answer, Provider};
use idp_core::audit::AuditKind;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

async fn refused(scene: &Scene, token: &str, what: &str) {
    let answer: Answer = scene.platform.userinfo(token).await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.summary());
    assert!(
        answer.header("www-authenticate").contains("invalid_token"),
        "{what}"
    );
    assert_eq!(answer.error(), "invalid_token", "{what}");
}

async fn received() -> (Scene, Tokens) {
    let mut scene = Scene::at(Provider::shared()).await;
    let tokens = scene.receive().await;
    (scene, tokens)
}

fn rejoined(token: &str, header: &Value, claims: &Value) -> String {
    let signature = token.rsplit('.').next().unwrap();
    let unsigned = compact(header, claims, &[]);
    format!("{unsigned}{signature}")
}

#[tokio::test]
async fn tampered_tokens_open_nothing() {
    let (scene, tokens) = received().await;
    let token = tokens.access();
    let (header, claims) = (part(token, 0), part(token, 1));
    let mut for_ever = claims.clone();
    for_ever["exp"] = json!(9_999_999_999_i64);
    let mut somebody = claims.clone();
    somebody["sub"] = json!("somebody-else");
    let mut other_grant = claims.clone();
    other_grant["grant_id"] = json!("00000000-0000-7000-8000-000000000000");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let none = json!({ "alg": "none", "typ": "at+jwt", "kid": header["kid"] });
    let tampered = [
        (rejoined(token, &header, &for_ever), "longer life"),
        (rejoined(token, &header, &somebody), "other subject"),
        (rejoined(token, &header, &other_grant), "other grant"),
        (compact(&none, &claims, &[]), "alg none"),
        (
            rejoined(token, &none, &claims),
            "alg none with the old signature",
        ),
        (format!("{signed}."), "no signature"),
        (signed.to_owned(), "two parts"),
        (format!("{token}."), "four parts"),
        (
            format!("{signed}.{}", &signature[..signature.len() - 2]),
            "cut signature",
        ),
        (
            format!("{signed}.{signature}{signature}"),
            "double signature",
        ),
        ("x".to_owned(), "x"),
        ("a".repeat(100_000 / 20), "long nonsense"),
    ];
    for (forged, what) in &tampered {
        refused(&scene, forged, what).await;
    }
    assert_eq!(scene.platform.userinfo(token).await.status, 200);
}

#[tokio::test]
async fn every_octet_of_a_token_counts() {
    let (scene, tokens) = received().await;
    let token = tokens.access().as_bytes();
    // The last octet of a part may carry unused bits; leave those alone.
    for position in (0..token.len() - 2).step_by(29) {
        let mut changed = token.to_vec();
        changed[position] = if changed[position] == b'A' {
            b'B'
        } else {
            b'A'
        };
        if token[position] == b'.' || token.get(position + 1) == Some(&b'.') {
            continue;
        }
        refused(
            &scene,
            std::str::from_utf8(&changed).unwrap(),
            &format!("octet {position}"),
        )
        .await;
    }
}

#[tokio::test]
async fn tokens_signed_by_others_open_nothing() {
    let (scene, tokens) = received().await;
    let claims = part(tokens.access(), 1);
    let stranger = AssertionKey::generate(Algorithm::ES256);
    let forged = Assertion(claims.clone()).signed(&stranger);
    refused(&scene, &forged, "a stranger's key").await;
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "jwk": stranger.public() });
    refused(
        &scene,
        &rejoined(&forged, &header, &claims),
        "a key of its own",
    )
    .await;

    // Another provider with other keys, the same rules.
    let elsewhere = Provider::start(|_| ());
    let mut other = Scene::at(&elsewhere).await;
    let foreign = other.receive().await;
    refused(&scene, foreign.access(), "another provider's token").await;
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let (scene, tokens) = received().await;
    refused(&scene, tokens.id(), "ID token").await;
    let mut header = part(tokens.id(), 0);
    header["typ"] = json!("at+jwt");
    let dressed = rejoined(tokens.id(), &header, &part(tokens.id(), 1));
    refused(&scene, &dressed, "ID token under another typ").await;
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let provider = Provider::start(|config| config.lifetimes.access_token = 4);
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    refused(&scene, tokens.access(), "expired").await;
}

#[tokio::test]
async fn a_token_in_the_query_or_in_two_places_is_refused() {
    let (scene, tokens) = received().await;
    let url = format!("{}/oauth2/userinfo", scene.platform.base);
    let token = tokens.access();
    let query = format!("{url}?access_token={token}");
    let attempts = [
        client().get(&query),
        client().get(&query).bearer_auth(token),
        client()
            .post(&url)
            .bearer_auth(token)
            .form(&[("access_token", token)]),
        client()
            .post(&url)
            .form(&[("access_token", token), ("access_token", token)]),
        client()
            .get(&url)
            .header("authorization", format!("Bearer {token}"))
            .header("authorization", format!("Bearer {token}")),
    ];
    for attempt in attempts {
        let answer = attempt.send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let challenge = answer.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(challenge.contains("invalid_request"), "{challenge}");
        let incident = answer.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["error"], "invalid_request");
        let written = Provider::shared().audit_of_incident(&incident).await;
        assert_eq!(written.unwrap().kind, AuditKind::UserinfoRefused);
    }
}

#[tokio::test]
async fn a_token_under_another_scheme_opens_nothing() {
    let (scene, tokens) = received().await;
    let url = format!("{}/oauth2/userinfo", scene.platform.base);
    for value in [
        format!("Basic {}", tokens.access()),
        format!("DPoP {}", tokens.access()),
        tokens.access().to_owned(),
        "Bearer".to_owned(),
        format!("Bearer  {} x", tokens.access()),
    ] {
        let answer = client()
            .get(&url)
            .header("authorization", &value)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401, "{}", &value[..10.min(value.len())]);
    }
}
