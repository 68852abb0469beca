//! Which providers and settings the adapter works with.

use std::net::TcpListener;

use client_adapter::{
    Adapter, AdapterSettings, ClientAuthentication, DiscoveryFault, PrivateKeyJwt, SetUpError,
    SettingsError, SigningAlgorithm, StartError, StartLogin,
};

use crate::fake_provider::{FakeProvider, Wrong};
use crate::settings;

type Row = (
    &'static str,
    fn(&mut serde_json::Value),
    fn(&DiscoveryFault) -> bool,
);

macro_rules! row {
    ($what:expr, $change:expr, $fault:pat) => {
        ($what, $change, |fault| matches!(fault, $fault))
    };
}

#[actix_web::test]
async fn providers_that_cannot_be_trusted_are_refused_at_discovery() {
    use DiscoveryFault as F;
    let rows: Vec<Row> = vec![
        row!(
            "another issuer",
            |d| d["issuer"] = "https://evil.example".into(),
            F::WrongIssuer
        ),
        row!(
            "no PKCE",
            |d| d["code_challenge_methods_supported"] = serde_json::json!(["plain"]),
            F::NoPkce
        ),
        row!(
            "no iss parameter",
            |d| d["authorization_response_iss_parameter_supported"] = false.into(),
            F::NoIssuerParameter
        ),
        row!(
            "HMAC only",
            |d| d["id_token_signing_alg_values_supported"] = serde_json::json!(["HS256", "none"]),
            F::NoUsableAlgorithm
        ),
        row!(
            "http to elsewhere",
            |d| d["token_endpoint"] = "http://evil.example/token".into(),
            F::Insecure("token_endpoint")
        ),
        row!(
            "script as a page",
            |d| d["authorization_endpoint"] = "javascript:alert(1)".into(),
            F::Insecure("authorization_endpoint")
        ),
        row!(
            "no token endpoint",
            |d| {
                d.as_object_mut().unwrap().remove("token_endpoint");
            },
            F::Missing("token_endpoint")
        ),
        row!(
            "pushing is required, but nowhere",
            |d| {
                d["require_pushed_authorization_requests"] = true.into();
                d.as_object_mut()
                    .unwrap()
                    .remove("pushed_authorization_request_endpoint");
            },
            F::Missing("pushed_authorization_request_endpoint")
        ),
        row!(
            "pushing to elsewhere by http",
            |d| d["pushed_authorization_request_endpoint"] = "http://evil.example/par".into(),
            F::Insecure("pushed_authorization_request_endpoint")
        ),
        row!(
            "signing out elsewhere by http",
            |d| d["end_session_endpoint"] = "http://evil.example/logout".into(),
            F::Insecure("end_session_endpoint")
        ),
        row!(
            "no keys",
            |d| d["jwks_uri"] = format!("{}/nothing", d["issuer"].as_str().unwrap()).into(),
            F::Status(404)
        ),
        row!("nonsense", |d| *d = serde_json::json!([]), F::Malformed),
    ];
    for (what, change, is_expected) in rows {
        let provider = FakeProvider::start(Wrong {
            discovery: change,
            ..Wrong::default()
        });
        match Adapter::discover(settings(&provider)).await {
            Err(SetUpError::Provider(fault)) => assert!(is_expected(&fault), "{what}: {fault:?}"),
            other => panic!("{what}: {other:?}"),
        }
        provider.stop().await;
    }
}

#[actix_web::test]
async fn a_platform_may_start_before_its_provider() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let settings = AdapterSettings::new(
        format!("http://{address}"),
        "chifeng",
        ClientAuthentication::Public,
        "http://127.0.0.1:9/auth/callback".parse().unwrap(),
    );
    let adapter = Adapter::new(settings).unwrap();
    let error = adapter
        .start_login(StartLogin::default())
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        StartError::Provider(DiscoveryFault::Unreachable(_))
    ));
    let _provider = FakeProvider::start_on(TcpListener::bind(address).unwrap(), Wrong::default());
    // A second later it is asked again.
    actix_web::rt::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert!(adapter.start_login(StartLogin::default()).await.is_ok());
}

#[test]
fn settings_that_cannot_work_are_refused_without_the_network() {
    let make = |issuer: &str, redirect_uri: &str, client_id: &str| {
        Adapter::new(AdapterSettings::new(
            issuer,
            client_id,
            ClientAuthentication::Public,
            redirect_uri.parse().unwrap(),
        ))
        .map(|_| ())
    };
    let (idp, callback) = ("https://idp.example", "https://p.example/auth/callback");
    assert!(make(idp, callback, "p").is_ok());
    assert!(make("http://[::1]:1", "http://localhost:1/cb", "p").is_ok());
    assert!(matches!(
        make("idp", callback, "p"),
        Err(SettingsError::IssuerIsNoUrl(_))
    ));
    assert!(matches!(
        make("http://idp.example", callback, "p"),
        Err(SettingsError::IssuerIsNotHttps)
    ));
    assert!(matches!(
        make("https://idp.example?x", callback, "p"),
        Err(SettingsError::IssuerHasQuery)
    ));
    for redirect_uri in ["http://p.example/cb", "https://p.example/cb#x"] {
        assert!(matches!(
            make(idp, redirect_uri, "p"),
            Err(SettingsError::RedirectUri)
        ));
    }
    assert!(matches!(
        make(idp, callback, ""),
        Err(SettingsError::NoClientId)
    ));
}

#[test]
fn a_private_key_that_cannot_be_read_is_found_at_the_start() {
    let key = PrivateKeyJwt {
        key_id: "k".to_owned(),
        algorithm: SigningAlgorithm::Es256,
        private_key_pem: "no key".into(),
    };
    assert!(!format!("{key:?}").contains("no key"));
    let made = Adapter::new(AdapterSettings::new(
        "https://idp.example",
        "p",
        ClientAuthentication::PrivateKeyJwt(key),
        "https://p.example/auth/callback".parse().unwrap(),
    ));
    assert!(matches!(made, Err(SettingsError::PrivateKey(_))));
}
