//! The audit trail: appended only, in order, and without secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use e2e::browser::set;
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Browser, KeyKind, Order, Provider, world};
use idp_core::audit::AuditKind;
use idp_core::key_lock::Thumbprint;
use serde_json::json;

#[tokio::test]
async fn not_even_by_sql_is_a_line_altered_or_deleted() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    let before = provider.audit().await;
    let file = provider.folder.join("idp.db");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let attacks = [
        "UPDATE audit SET reason = 'nothing happened'",
        "UPDATE audit SET sequence = sequence + 100",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE sequence = 1",
        "INSERT OR REPLACE INTO audit (sequence, at, kind) VALUES (1, 0, 'logout')",
        "UPDATE consent_records SET outcome = 'granted'",
        "DELETE FROM consent_records",
    ];
    for attack in attacks {
        assert!(connection.batch_execute(attack).is_err(), "{attack}");
    }
    assert_eq!(provider.audit().await, before);
}

#[tokio::test]
async fn numbers_grow_by_one_and_time_does_not_run_back() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    for _ in 0..3 {
        scene.receive().await;
    }
    let trail = provider.audit().await;
    assert!(trail.len() > 10);
    for pair in trail.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        assert!(pair[1].event.at >= pair[0].event.at);
    }
}

#[tokio::test]
async fn no_line_holds_a_secret() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    scene
        .platform
        .redeem(&tokens.code, &tokens.asking)
        .send()
        .await;
    let mut wrong = scene.platform.redeem("guessed-code", &tokens.asking);
    wrong.basic = Some((scene.platform.id.clone(), "guessed-secret".to_owned()));
    wrong.send().await;
    let trail = format!("{:?}", provider.audit().await);
    let secrets = [
        scene.platform.secret.as_str(),
        scene.browser.session().unwrap(),
        tokens.access(),
        tokens.id(),
        &tokens.code,
        &tokens.asking.verifier,
        &tokens.asking.state,
        "guessed-secret",
        "guessed-code",
    ];
    for secret in secrets {
        assert!(!trail.contains(secret), "{secret} is in the trail");
    }
}

#[tokio::test]
async fn a_certificate_refused_when_it_was_read_is_written_down() {
    let provider = Provider::shared();
    let mut browser = Browser::new(provider).speaking("en");
    let page = browser.open("/bind").await;
    let foreign = world().foreign.lock(&Order::enterprise(KeyKind::P256));
    let body = json!({ "certificate": STANDARD.encode(foreign.certificate.der()) });
    let read = browser.post_json(&page, "/bind/certificate", &body).await;
    let problem = &read.json()["problem"];
    assert_eq!(problem["code"], "foreign-ca");
    let incident = problem["incident"].as_str().unwrap();
    let kind = AuditKind::CertificateRefused;
    provider.expect_incident(incident, kind, "foreign-ca").await;
    let event = provider.audit_of_incident(incident).await.unwrap();
    let thumbprint = Thumbprint(foreign.certificate.thumbprint_sha256()).to_text();
    assert_eq!(event.detail, Some(thumbprint));
    assert!(event.remote_address.is_some());

    for body in [
        json!({ "certificate": "AAAA" }),
        json!({ "certificate": "?" }),
        json!({}),
        json!([1]),
    ] {
        let read = browser.post_json(&page, "/bind/certificate", &body).await;
        assert_eq!(
            (read.status, read.error().as_str()),
            (400, "certificate-unreadable")
        );
        let said = read.json();
        let message = said["message"].as_str().unwrap();
        assert!(message.is_ascii() && message.ends_with('.'), "{message}");
        let incident = said["incident"].as_str().unwrap();
        provider
            .expect_incident(incident, kind, "certificate-unreadable")
            .await;
    }
}

#[tokio::test]
async fn fields_that_can_not_be_read_are_named_in_the_trail_and_what_was_typed_is_not() {
    let provider = Provider::start(|_| ());
    let lock = new_lock();
    let mut typed = binding_form("91350100M000100Y4A");
    set(&mut typed, "phone", "SECRET-NUMBER");
    let end = provider.audit_end().await;
    let answer = Browser::new(&provider).bind_with(&lock, &typed).await;
    assert_eq!(answer.status, 422);
    let trail = provider.audit_after(end).await;
    assert_eq!(trail.len(), 1, "{trail:?}");
    let event = &trail[0].event;
    assert_eq!(event.kind, AuditKind::BindingRefused);
    assert_eq!(event.reason.as_deref(), Some("fields-invalid"));
    let detail = event.detail.as_deref().unwrap();
    assert_eq!(
        detail,
        "credit_code: bad-credit-code, phone: phone-malformed"
    );
}

#[tokio::test]
async fn a_refused_request_names_the_platform_where_it_is_known() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let bad = scene
        .platform
        .ask()
        .with("redirect_uri", "https://evil.example/");
    let page = scene.browser.open(&bad.path()).await;
    assert_eq!(page.problem(), "redirect-uri-mismatch");
    let event = provider.audit_of_incident(&page.incident()).await.unwrap();
    assert_eq!(
        event.platform_id,
        Some(scene.platform.registration.id.clone())
    );
    let told = scene.platform.ask().without("code_challenge");
    scene.browser.open(&told.path()).await;
    let kind = AuditKind::AuthorizationRefused;
    assert_eq!(
        provider.count_of_platform(&scene.platform.id, kind).await,
        2
    );
    let unknown = scene.platform.ask().with("client_id", "nobody");
    let page = scene.browser.open(&unknown.path()).await;
    let event = provider.audit_of_incident(&page.incident()).await.unwrap();
    assert_eq!(event.platform_id, None);
}

#[tokio::test]
async fn reading_public_pages_leaves_no_line() {
    let provider = Provider::start(|_| ());
    let mut browser = Browser::new(&provider);
    let end = provider.audit_end().await;
    for path in [
        "/",
        "/login",
        "/bind",
        "/platforms",
        "/help",
        "/nowhere",
        "/consent",
    ] {
        browser.open(path).await;
    }
    assert_eq!(provider.audit_end().await, end);
}
