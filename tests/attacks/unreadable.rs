//! Text that is none: a NUL, which one of the two databases takes nowhere. Named in a request it names nothing; it is
//! answered and written down as what is unknown, on either database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::browser::client;
use e2e::servers;
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Browser, Provider};
use idp_core::audit::AuditKind;

#[tokio::test]
async fn a_nul_names_nothing_on_sqlite() {
    names_nothing(Provider::shared()).await;
}

#[tokio::test]
async fn a_nul_names_nothing_on_postgresql() {
    let Some(postgres) = servers::postgres(&[], &[]) else {
        return;
    };
    let provider = Provider::start(|config| config.database.url.clone_from(&postgres.url));
    names_nothing(&provider).await;
}

async fn names_nothing(provider: &Provider) {
    strangers(provider).await;
    clients(provider).await;
    let mut browser = Scene::at(provider).await.browser;
    for (path, status) in [
        ("/consent?platform=%00", 404),
        ("/account/sessions?ended=%00", 200),
        ("/account/locks?done=removed&lock=%00", 200),
        ("/account/locks/remove?lock=%00", 404),
        ("/account/locks/promote?lock=%00", 404),
        ("/account/consents/revoke?platform=%00", 404),
        ("/platforms?refused=%00", 200),
    ] {
        let answer = browser.open(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.summary());
    }
    for (path, field, refusal, kind) in [
        (
            "/account/sessions/end",
            "session",
            "session-unknown",
            AuditKind::AccountRefused,
        ),
        (
            "/account/consents/revoke",
            "platform",
            "consent-not-in-force",
            AuditKind::AccountRefused,
        ),
        (
            "/account/locks/remove",
            "lock",
            "lock-unknown",
            AuditKind::LockChangeRefused,
        ),
        (
            "/account/locks/promote",
            "lock",
            "lock-unknown",
            AuditKind::LockChangeRefused,
        ),
    ] {
        let answer = browser.post_own(path, &[(field, "a\0b")]).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, refusal),
            "{path}: {}",
            answer.summary()
        );
        provider
            .expect_incident(&answer.incident(), kind, refusal)
            .await;
    }
}

async fn strangers(provider: &Provider) {
    let mut browser = Browser::new(provider);
    for (path, status) in [
        ("/login?platform=%00", 200),
        ("/login?request=%00", 400),
        ("/login?refused=%00", 200),
        ("/consent?platform=%00", 404),
    ] {
        let answer = browser.open(path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.summary());
    }
    let path = "/oauth2/authorize?client_id=%00&response_type=code";
    let answer = browser.open(path).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "platform-unknown")
    );
    let kind = AuditKind::AuthorizationRefused;
    provider
        .expect_incident(&answer.incident(), kind, "platform-unknown")
        .await;
    // What is typed is shown as a field's mistake, as any character that can't be seen.
    let lock = new_lock();
    for field in ["address", "binder_name", "ca_platform", "region_code"] {
        let mut typed = binding_form(&lock.credit_code());
        e2e::browser::set(&mut typed, field, "a\0b");
        let answer = browser.bind_with(&lock, &typed).await;
        assert!(
            (400..500).contains(&answer.status),
            "{field}: {}",
            answer.summary()
        );
    }
}

/// By form, by header and in an assertion.
async fn clients(provider: &Provider) {
    let token = provider.at("/oauth2/token");
    let code = [("grant_type", "authorization_code"), ("code", "a\0b")];
    let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"a\u0000b"}"#);
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#);
    let assertion = format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([1; 64]));
    let jwt_bearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let asserted = [
        ("client_assertion", assertion.as_str()),
        ("client_assertion_type", jwt_bearer),
    ];
    let requests = [
        client()
            .post(&token)
            .form(&[("client_id", "a\0b"), code[0]]),
        client()
            .post(&token)
            .basic_auth("a\0b", Some("c"))
            .form(&code),
        client()
            .post(&token)
            .basic_auth("a%00b", Some("c"))
            .form(&code),
        client()
            .post(&token)
            .form(&[code[0], asserted[0], asserted[1]]),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert_eq!(status, 401, "{body}");
        assert!(body.contains("invalid_client"), "{body}");
    }
}
