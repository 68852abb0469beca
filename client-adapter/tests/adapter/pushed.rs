//! Pushed authorization requests: nothing but a name passes through the browser.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use client_adapter::{
    Adapter, AdapterSettings, Advice, ClientAuthentication, PrivateKeyJwt, PushFault,
    PushedRequests, SigningAlgorithm, StartError, StartLogin,
};

use crate::fake_provider::{CLIENT_ID, CLIENT_SECRET, FakeProvider, Wrong};
use crate::{key_pem, login, part, settings};

fn pushing(provider: &FakeProvider, authentication: ClientAuthentication) -> AdapterSettings {
    let mut settings = settings(provider);
    settings.client_authentication = authentication;
    settings.pushed_requests = PushedRequests::Always;
    settings
}

#[actix_web::test]
async fn what_is_asked_goes_to_the_provider_and_a_name_through_the_browser() {
    let provider = FakeProvider::start(Wrong::default());
    let basic = ClientAuthentication::ClientSecretBasic(CLIENT_SECRET.into());
    let adapter = Adapter::discover(pushing(&provider, basic)).await.unwrap();
    let (url, _) = adapter.start_login(StartLogin::default()).await.unwrap();
    let names: Vec<_> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(names, ["client_id", "request_uri"]);

    login(&adapter, &provider).await.unwrap();
    let pushed = provider.seen("/oauth2/par").pop().unwrap();
    assert!(pushed.authorization.unwrap().starts_with("Basic "));
    assert_eq!(pushed.form["client_id"], CLIENT_ID);
    assert_eq!(pushed.form["code_challenge_method"], "S256");
    assert!(!pushed.form.contains_key("client_secret"));
}

#[actix_web::test]
async fn every_kind_of_client_proves_itself_when_it_pushes() {
    let provider = FakeProvider::start(Wrong::default());
    let post = ClientAuthentication::ClientSecretPost(CLIENT_SECRET.into());
    let adapter = Adapter::discover(pushing(&provider, post)).await.unwrap();
    login(&adapter, &provider).await.unwrap();
    let pushed = provider.seen("/oauth2/par").pop().unwrap();
    assert_eq!(pushed.form["client_secret"], CLIENT_SECRET);
    assert_eq!(pushed.authorization, None);

    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let signing = ClientAuthentication::PrivateKeyJwt(PrivateKeyJwt {
        key_id: "platform-1".to_owned(),
        algorithm: SigningAlgorithm::Es256,
        private_key_pem: key_pem(&key).into(),
    });
    let adapter = Adapter::discover(pushing(&provider, signing))
        .await
        .unwrap();
    login(&adapter, &provider).await.unwrap();
    let pushed = provider.seen("/oauth2/par").pop().unwrap();
    let redeemed = provider.seen("/oauth2/token").pop().unwrap();
    let jti = |form: &std::collections::HashMap<String, String>| {
        let claims = part(&form["client_assertion"], 1);
        assert_eq!(claims["aud"], provider.issuer());
        claims["jti"].clone()
    };
    // An assertion serves once.
    assert_ne!(jti(&pushed.form), jti(&redeemed.form));

    let public = pushing(&provider, ClientAuthentication::Public);
    let adapter = Adapter::discover(public).await.unwrap();
    login(&adapter, &provider).await.unwrap();
    let pushed = provider.seen("/oauth2/par").pop().unwrap();
    assert!(!pushed.form.contains_key("client_secret") && pushed.authorization.is_none());
}

#[actix_web::test]
async fn a_provider_that_requires_it_gets_it() {
    let provider = FakeProvider::start(Wrong {
        discovery: |d| d["require_pushed_authorization_requests"] = true.into(),
        ..Wrong::default()
    });
    let adapter = Adapter::discover(settings(&provider)).await.unwrap();
    login(&adapter, &provider).await.unwrap();
    assert_eq!(provider.seen("/oauth2/par").len(), 1);
}

#[actix_web::test]
async fn a_push_that_is_refused_says_what_to_do() {
    type Row = (u16, &'static str, fn(&PushFault) -> bool, Advice);
    let json = |error: &str| format!(r#"{{"error":"{error}","error_description":"why \n not"}}"#);
    let rows: [(String, Row); 8] = [
        (
            json("invalid_client"),
            (
                401,
                "application/json",
                |f| matches!(f, PushFault::ClientRefused),
                Advice::CallSupport,
            ),
        ),
        (
            json("invalid_scope"),
            (
                400,
                "application/json",
                |f| matches!(f, PushFault::Refused(text) if text == "invalid_scope: why  not"),
                Advice::CallSupport,
            ),
        ),
        (
            json("temporarily_unavailable"),
            (
                400,
                "application/json",
                |f| matches!(f, PushFault::Busy),
                Advice::StartAgain,
            ),
        ),
        (
            json("slow_down"),
            (
                429,
                "application/json",
                |f| matches!(f, PushFault::Busy),
                Advice::StartAgain,
            ),
        ),
        (
            "<html>".to_owned(),
            (
                503,
                "text/html",
                |f| matches!(f, PushFault::Busy),
                Advice::StartAgain,
            ),
        ),
        (
            "<html>".to_owned(),
            (
                500,
                "text/html",
                |f| matches!(f, PushFault::Malformed),
                Advice::CallSupport,
            ),
        ),
        (
            "{}".to_owned(),
            (
                201,
                "application/json",
                |f| matches!(f, PushFault::Malformed),
                Advice::CallSupport,
            ),
        ),
        (
            " ".repeat(2_000_000),
            (
                201,
                "application/json",
                |f| matches!(f, PushFault::Unreachable(_)),
                Advice::StartAgain,
            ),
        ),
    ];
    for (body, (status, content_type, is_expected, advice)) in rows {
        let provider = FakeProvider::start(Wrong {
            push_answer: Some((status, content_type, body)),
            ..Wrong::default()
        });
        let basic = ClientAuthentication::ClientSecretBasic(CLIENT_SECRET.into());
        let adapter = Adapter::discover(pushing(&provider, basic)).await.unwrap();
        let error = adapter
            .start_login(StartLogin::default())
            .await
            .unwrap_err();
        assert_eq!(error.advice(), advice, "{error:?}");
        match error {
            StartError::Push(fault) => assert!(is_expected(&fault), "{fault:?}"),
            other => panic!("{other:?}"),
        }
        provider.stop().await;
    }
}
