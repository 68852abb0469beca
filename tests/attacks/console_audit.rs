//! The audit pages for whoever may not read them, addresses nobody of ours made, and events whose words are formulas.

use e2e::Provider;
use e2e::browser::{csrf_token, set};
use e2e::operator::Worker;
use e2e::story::Scene;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::operator::Role;
use idp_core::store::StoreError;

#[tokio::test]
async fn the_trail_is_auditors_alone_and_lists_of_people_are_supports_too() {
    let provider = Provider::shared();
    for role in Role::ALL {
        let mut worker = Worker::on_duty(provider, &[role]).await;
        let menu = worker.browser.open("/console").await;
        let audits = role == Role::Auditor;
        let sees = audits || role == Role::Support;
        for (path, id, may) in [
            ("/console/audit", "#console-nav-audit", audits),
            ("/console/audit/1", "#console-nav-audit", audits),
            ("/console/sign-ins", "#console-nav-sign-ins", sees),
            ("/console/consents", "#console-nav-consents", sees),
            ("/console/key-locks", "#console-nav-key-locks", sees),
        ] {
            let page = worker.browser.open(path).await;
            assert_eq!(page.status, if may { 200 } else { 403 }, "{role:?} {path}");
            assert_eq!(menu.has(id), may, "{role:?} {path}");
        }
        let fields = [
            ("csrf_token", csrf_token(&menu)),
            ("format", "csv".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        let answer = worker.browser.post("/console/audit/export", &fields).await;
        assert_eq!(answer.status, if audits { 200 } else { 403 }, "{role:?}");
        let kinds = worker.kinds(provider).await;
        assert_eq!(
            kinds.contains(&AuditKind::AuditExported),
            audits,
            "{role:?}"
        );
        let mut forged = fields.to_vec();
        set(&mut forged, "csrf_token", "forged");
        let answer = worker.browser.post("/console/audit/export", &forged).await;
        assert_eq!(answer.status, 403, "{role:?}");
    }
}

#[tokio::test]
async fn what_nobody_of_ours_typed_is_refused_or_finds_nothing() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    for path in [
        "/console/audit?from=yesterday",
        "/console/audit?kind=everything",
        "/console/audit?page=AAAA",
        "/console/audit?reason=a%00b",
        "/console/sign-ins?state=everything",
        "/console/sign-ins?from=1e9",
        "/console/sign-ins?page=../..",
        "/console/consents?outcome=everything",
        "/console/consents?page=%00",
        "/console/key-locks?days=0",
        "/console/key-locks?days=3661",
        "/console/key-locks?days=-1",
        "/console/key-locks?page=../..",
    ] {
        let page = auditor.browser.open(path).await;
        assert_eq!(
            (page.status, page.problem().as_str()),
            (400, "request-invalid"),
            "{path}"
        );
    }
    for path in [
        "/console/audit/0",
        "/console/audit/-1",
        "/console/audit/x",
        "/console/audit/1/2",
    ] {
        assert_eq!(auditor.browser.open(path).await.status, 404, "{path}");
    }
    let code = scene.lock.credit_code();
    for hostile in ["'%20OR%20'1'='1", "%22%3E%3Cscript%3E", "%25%25"] {
        for field in [
            "platform", "session", "consent", "lock", "operator", "address",
        ] {
            let path = format!("/console/audit?enterprise={code}&{field}={hostile}");
            let page = auditor.browser.open(&path).await;
            assert!(page.has("#no-events"), "{path}: {}", page.summary());
            assert!(!page.body.contains("\"><script>"), "{path}");
        }
    }
}

#[tokio::test]
async fn an_exported_event_is_no_formula_and_no_second_line() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let id = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap()
        .id;
    let cx = provider.state.cx();
    let hostile = [
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "＝1+1",
        "a\r\n1,2,3,\"forged\"",
    ];
    let written = provider.state.database.write(move |store| {
        for words in hostile {
            store.append_audit(&AuditEvent {
                enterprise_id: Some(id.clone()),
                reason: Some(words.to_owned()),
                ..AuditEvent::new(&cx, AuditKind::EnterpriseCorrected)
            })?;
        }
        Ok::<_, StoreError>(())
    });
    written.await.unwrap();
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    let query = format!(
        "enterprise={}&kind=enterprise.corrected",
        scene.lock.credit_code()
    );
    let page = auditor
        .browser
        .open(&format!("/console/audit?{query}"))
        .await;
    let file = auditor
        .send(&page, "#export-form", &[("format", "csv")])
        .await;
    let text = file.body.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let column = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "reason")
        .unwrap();
    let cells: Vec<_> = reader
        .records()
        .map(|row| row.unwrap()[column].to_owned())
        .collect();
    let expected = hostile
        .iter()
        .rev()
        .map(|words| match words.chars().next() {
            Some('a') => (*words).to_owned(),
            _ => format!("'{words}"),
        });
    assert_eq!(cells, expected.collect::<Vec<_>>());
}
