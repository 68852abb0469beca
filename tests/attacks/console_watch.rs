//! Whoever would watch or change at the console what is another role's, and forms and addresses that no page of ours makes.

use e2e::operator::Worker;
use e2e::story::Scene;
use e2e::{Platform, Provider};
use idp_core::audit::AuditKind;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::id::{LogoutDeliveryId, PlatformId, SessionId};
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::operator::Role;
use idp_core::store::StoreError;

/// A form: its address, its fields, and the one role that may send it.
type Change<'a> = (&'a str, &'a [(&'a str, &'a str)], Role);

#[tokio::test]
async fn each_place_is_its_roles_alone() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let health = format!("/console/platforms/{}/health", platform.id);
    let seen: [(&str, &[Role]); 5] = [
        ("/console/health", &[Role::Registrar, Role::Auditor]),
        (&health, &[Role::Registrar, Role::Auditor]),
        (
            "/console/registration-tokens",
            &[Role::Registrar, Role::Auditor],
        ),
        (
            "/console/deliveries?of=logouts",
            &[Role::Registrar, Role::Auditor],
        ),
        (
            "/console/deliveries?of=notifications",
            &[Role::Support, Role::Auditor],
        ),
    ];
    let maintenance = format!("/console/platforms/{}/maintenance", platform.id);
    let end = format!("{maintenance}/end");
    let changed: [Change<'_>; 7] = [
        (&health, &[], Role::Registrar),
        (&maintenance, &[("lasts", "1")], Role::Registrar),
        (&end, &[("maintenance", "x")], Role::Registrar),
        ("/console/registration-tokens", &[], Role::Registrar),
        (
            "/console/registration-tokens/revoke",
            &[("token", "x"), ("reason", "x")],
            Role::Registrar,
        ),
        (
            "/console/deliveries",
            &[("of", "logouts"), ("id", "x")],
            Role::Registrar,
        ),
        (
            "/console/deliveries",
            &[("of", "notifications"), ("id", "x")],
            Role::Support,
        ),
    ];
    for role in Role::ALL {
        let mut worker = Worker::on_duty(provider, &[role]).await;
        for (path, roles) in seen {
            let page = worker.browser.open(path).await;
            let expected = if roles.contains(&role) { 200 } else { 403 };
            assert_eq!(page.status, expected, "{role:?} {path}");
        }
        for (path, fields, by) in changed {
            if role == by {
                continue;
            }
            let answer = worker.post(path, fields).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (403, "operator-not-allowed"),
                "{role:?} {path}"
            );
            let kind = AuditKind::OperatorActRefused;
            provider
                .expect_incident(&answer.incident(), kind, "operator-not-allowed")
                .await;
        }
    }
}

#[tokio::test]
async fn what_arrived_or_is_on_its_way_is_not_sent_again() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    let enterprise = provider.enterprise_of(&scene.lock).await;
    let now = provider.state.cx().now;
    let arrived = LogoutDelivery {
        id: LogoutDeliveryId::from_text("arrived"),
        platform_id: PlatformId::from_text(&scene.platform.id),
        enterprise_id: enterprise,
        session_id: SessionId::from_text("a-session"),
        created_at: now,
        tried_since: now,
        attempts: 1,
        state: DeliveryState::Confirmed(now),
        why: None,
    };
    let (written, id) = (arrived.clone(), arrived.id.clone());
    let database = &provider.state.database;
    database
        .write(move |store| store.insert_logout_delivery(&written))
        .await
        .unwrap();
    let mut worker = Worker::on_duty(&provider, &[Role::Registrar]).await;
    for id in ["arrived", "' OR 1=1 --", "nothing"] {
        let fields = [("of", "logouts"), ("stage", "confirmed"), ("id", id)];
        let answer = worker.post("/console/deliveries", &fields).await;
        assert!(
            answer.location().unwrap().ends_with("retried=0"),
            "{}",
            answer.summary()
        );
    }
    let all = [("of", "logouts"), ("stage", "confirmed")];
    let answer = worker.post("/console/deliveries", &all).await;
    assert!(
        answer.location().unwrap().ends_with("retried=0"),
        "{}",
        answer.summary()
    );
    let found = database.read(move |store| {
        let found = store.find_logout_delivery(&id)?;
        Ok::<_, StoreError>(found.map(|one| one.state.parts().0))
    });
    assert_eq!(found.await.unwrap(), Some(DeliveryStage::Confirmed));
    assert!(
        !worker
            .kinds(&provider)
            .await
            .contains(&AuditKind::LogoutRetried)
    );
}

#[tokio::test]
async fn addresses_and_forms_that_nobody_offers_are_refused() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Registrar]).await;
    for path in [
        "/console/deliveries?of=everything",
        "/console/deliveries?stage=sent",
        "/console/deliveries?page=zzz",
        "/console/registration-tokens?page=%00",
        "/console/registration-tokens?page=YXVkaXQgYWZ0ZXIgMSB4",
    ] {
        let answer = worker.browser.open(path).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "request-invalid"),
            "{path}"
        );
    }
    for path in [
        "/console/platforms/nowhere/health",
        "/console/platforms/..%2f..%2fx/health",
    ] {
        let answer = worker.browser.open(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.summary());
    }
    let token = [
        ("uses", "1"),
        ("days", "1"),
        ("region_code", "150400"),
        ("zone", "eastern"),
        ("reason", "x"),
    ];
    for (fields, code) in [
        (vec![("scopes", "openid root")], "request-invalid"),
        (
            vec![("scopes", "enterprise")],
            "registration-token-no-openid",
        ),
        (
            vec![("scopes", "openid"), ("zone", "moon")],
            "request-invalid",
        ),
    ] {
        let kept = token
            .iter()
            .filter(|(name, _)| !fields.iter().any(|(n, _)| n == name));
        let all: Vec<_> = kept.copied().chain(fields.iter().copied()).collect();
        let answer = worker.post("/console/registration-tokens", &all).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, code),
            "{fields:?}"
        );
    }
    let platform = Platform::connect(provider).await;
    let path = format!("/console/platforms/{}/maintenance", platform.id);
    for (lasts, code) in [
        ("-1", "maintenance-time"),
        ("99999999999999999999", "maintenance-time"),
        ("721", "maintenance-time"),
        ("1", "maintenance-text"),
    ] {
        let fields = [
            ("begins", "0"),
            ("lasts", lasts),
            ("text_zh", if code == "maintenance-text" { "" } else { "x" }),
            ("text_en", "x"),
        ];
        let answer = worker.post(&path, &fields).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, code),
            "{lasts}"
        );
    }
    // The exact act is under the signature: more uses than were shown have another statement.
    let page = worker.browser.open("/console/registration-tokens").await;
    let typed = [
        ("region_code", "150400"),
        ("zone", "eastern"),
        ("scopes", "openid"),
        ("uses", "1"),
        ("days", "7"),
        ("reason", "x"),
    ];
    let review = worker.send(&page, "#token-form", &typed).await;
    let mut fields = review.fields("#challenge-form");
    for (name, value) in &mut fields {
        if name == "act" {
            *value = value.replace("\"uses\":1", "\"uses\":1000");
        }
    }
    let proof = e2e::proof::Challenge::of(&review).proof(&worker.lock);
    e2e::browser::set(&mut fields, "proof", &proof);
    let answer = worker.browser.post("/console/act", &fields).await;
    assert_eq!(answer.status, 403, "{}", answer.summary());
    assert!(!answer.has("#registration-token"));
}
