//! Tokens bound to the platform's key: proofs, nonces, and no way down to a bearer's token.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_adapter::{
    Adapter, AdapterSettings, DiscoveryFault, DpopKey, LoginError, SenderConstraint, SetUpError,
    StartLogin, TokenFault,
};

use crate::fake_provider::{FakeProvider, Wrong, now};
use crate::{key_pem, login, part, settings};

fn bound(provider: &FakeProvider, key: DpopKey) -> AdapterSettings {
    let mut settings = settings(provider);
    settings.sender_constraint = SenderConstraint::Dpop(key);
    settings
}

#[actix_web::test]
async fn every_request_proves_the_key_for_itself_alone() {
    let provider = FakeProvider::start(Wrong::default());
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let key = DpopKey::from_pem(&key_pem(&pair).into()).unwrap();
    let adapter = Adapter::discover(bound(&provider, key.clone()))
        .await
        .unwrap();
    let (url, _) = adapter.start_login(StartLogin::default()).await.unwrap();
    let jkt = url
        .query_pairs()
        .find(|(name, _)| name == "dpop_jkt")
        .unwrap();
    assert_eq!(jkt.1, key.thumbprint());

    let signed_in = login(&adapter, &provider).await.unwrap();
    let token = provider.seen("/oauth2/token").pop().unwrap().proof.unwrap();
    let told = provider.seen("/oauth2/userinfo").pop().unwrap();
    let access_token = signed_in.tokens.access_token.reveal();
    assert_eq!(told.authorization.unwrap(), format!("DPoP {access_token}"));
    let told = told.proof.unwrap();
    for (proof, method, path) in [(&token, "POST", "token"), (&told, "GET", "userinfo")] {
        let (input, signature) = proof.rsplit_once('.').unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())
            .verify(
                input.as_bytes(),
                &BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap(),
            )
            .unwrap();
        let header = part(proof, 0);
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(header["alg"], "ES256");
        let mut names: Vec<_> = header["jwk"].as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["crv", "kty", "x", "y"]);
        let claims = part(proof, 1);
        assert_eq!(claims["htm"], method);
        assert_eq!(
            claims["htu"],
            format!("{}/oauth2/{path}", provider.issuer())
        );
        assert!((now() - 5..=now()).contains(&claims["iat"].as_i64().unwrap()));
        assert_eq!(claims["jti"].as_str().unwrap().len(), 43);
    }
    assert_ne!(part(&token, 1)["jti"], part(&told, 1)["jti"]);
    assert!(part(&token, 1).get("ath").is_none());
    let ath = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, access_token.as_bytes()));
    assert_eq!(part(&told, 1)["ath"], ath);
}

#[actix_web::test]
async fn a_nonce_is_fetched_once_and_used_from_then_on() {
    let provider = FakeProvider::start(Wrong {
        nonce: Some("first"),
        ..Wrong::default()
    });
    let key = DpopKey::generate().unwrap();
    let adapter = Adapter::discover(bound(&provider, key)).await.unwrap();
    let requests = || {
        (
            provider.seen("/oauth2/token").len(),
            provider.seen("/oauth2/userinfo").len(),
        )
    };
    login(&adapter, &provider).await.unwrap();
    assert_eq!(requests(), (2, 1));
    login(&adapter, &provider).await.unwrap();
    assert_eq!(requests(), (3, 2));

    // A nonce that userinfo finds too old is replaced there, too.
    provider.change(Wrong {
        nonce: Some("second"),
        ..Wrong::default()
    });
    login(&adapter, &provider).await.unwrap();
    assert_eq!(requests(), (5, 3));
}

#[actix_web::test]
async fn a_provider_that_is_never_content_is_not_asked_for_ever() {
    // The answer always brings the nonce that just came, and always refuses it.
    let provider = FakeProvider::start(Wrong {
        token: Some((
            400,
            "application/json",
            r#"{"error":"use_dpop_nonce"}"#.to_owned(),
        )),
        ..Wrong::default()
    });
    let key = DpopKey::generate().unwrap();
    let adapter = Adapter::discover(bound(&provider, key)).await.unwrap();
    let error = login(&adapter, &provider).await.unwrap_err();
    assert!(
        matches!(&error, LoginError::Token(TokenFault::Refused(code)) if code == "use_dpop_nonce"),
        "{error:?}"
    );
    assert!(provider.seen("/oauth2/token").len() <= 2);
}

#[actix_web::test]
async fn a_bearers_token_in_place_of_a_bound_one_is_refused() {
    let provider = FakeProvider::start(Wrong {
        answer: |answer| answer["token_type"] = "Bearer".into(),
        ..Wrong::default()
    });
    let key = DpopKey::generate().unwrap();
    let adapter = Adapter::discover(bound(&provider, key)).await.unwrap();
    let error = login(&adapter, &provider).await.unwrap_err();
    assert!(
        matches!(error, LoginError::Token(TokenFault::Type)),
        "{error:?}"
    );
    assert!(provider.seen("/oauth2/userinfo").is_empty());
}

#[actix_web::test]
async fn a_provider_that_binds_no_tokens_is_refused_at_the_start() {
    let provider = FakeProvider::start(Wrong {
        discovery: |d| d["dpop_signing_alg_values_supported"] = serde_json::json!(["RS256"]),
        ..Wrong::default()
    });
    let key = DpopKey::generate().unwrap();
    match Adapter::discover(bound(&provider, key)).await {
        Err(SetUpError::Provider(DiscoveryFault::NoDpop)) => {}
        other => panic!("{other:?}"),
    }
}
