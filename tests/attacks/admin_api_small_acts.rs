//! What the console does without a signature, over the admin API: by whose role it is, and by nothing else.

use e2e::Provider;
use e2e::admin_api::{Program, code};
use e2e::operator::Worker;
use e2e::story::Scene;
use idp_core::audit::AuditKind;
use idp_core::evidence::EVIDENCE_MAX;
use idp_core::operator::{Right, Role};
use reqwest::Method;
use serde_json::{Value, json};

/// Calls with the right each needs.
fn calls(of: &str) -> Vec<(Method, String, Right)> {
    let post = |path: &str, right| (Method::POST, path.to_owned(), right);
    let read = |path: String, right| (Method::GET, path, right);
    vec![
        post("/platforms/chifeng/look", Right::ChangePlatforms),
        post("/platforms/chifeng/maintenance", Right::ChangePlatforms),
        post("/maintenances/x/end", Right::ChangePlatforms),
        post("/deliveries/logouts/retry", Right::ChangePlatforms),
        post("/deliveries/notifications/retry", Right::ChangeEnterprises),
        post("/notices", Right::ChangeNotices),
        post("/notices/x/withdraw", Right::ChangeNotices),
        post(
            &format!("/enterprises/{of}/evidence"),
            Right::ChangeEnterprises,
        ),
        read(
            format!("/enterprises/{of}/personal-data?reason=x"),
            Right::ChangeEnterprises,
        ),
        read(
            format!("/enterprises/{of}/evidence/{}", "0".repeat(64)),
            Right::SeeEnterprises,
        ),
        read("/health".to_owned(), Right::SeePlatforms),
        read("/audit/1".to_owned(), Right::SeeAudit),
        read(
            "/audit/export?format=csv&kind=key.rotated".to_owned(),
            Right::SeeAudit,
        ),
    ]
}

#[tokio::test]
async fn no_other_role_does_it_and_no_token_for_less() {
    let provider = Provider::with_api();
    let scene = Scene::at(provider).await;
    let of = scene.lock.credit_code();
    for role in Role::ALL {
        let worker = Worker::new(provider, &[role]).await;
        let program = worker.program(provider).await;
        for (method, path, right) in calls(&of) {
            let answer = program.send(method, &path, None).await;
            if role.gives(right) {
                assert!(
                    ![401, 403].contains(&answer.status),
                    "{role:?} {}",
                    answer.summary()
                );
                continue;
            }
            assert_eq!(
                (answer.status, &*code(&answer)),
                (403, "api-scope-insufficient"),
                "{role:?} {path}"
            );
            let incident = answer.header("x-request-id");
            let event = provider.audit_of_incident(incident).await.unwrap();
            assert_eq!(event.kind, AuditKind::OperatorActRefused);
            assert_eq!(event.detail.as_deref(), Some(right.as_str()));
        }
    }
    // Roles give it, the token does not name it.
    let everything = Worker::new(provider, &Role::ALL).await;
    let answer = everything
        .ask_token(provider, Some("enterprises:read"))
        .await
        .json();
    let reader = Program::with(provider, answer["access_token"].as_str().unwrap());
    for (method, path, right) in calls(&of) {
        let answer = reader.send(method.clone(), &path, None).await;
        let is_open = right == Right::SeeEnterprises;
        assert_eq!(answer.status == 403, !is_open, "{}", answer.summary());
        let nobody = Program::with(provider, "").send(method, &path, None).await;
        assert_eq!(
            (nobody.status, &*code(&nobody)),
            (401, "api-token-missing"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_paper_waits_for_the_token_that_handed_it_in_and_is_not_too_large() {
    let provider = Provider::with_api();
    let scene = Scene::at(provider).await;
    let of = format!(
        "/enterprises/{}/evidence?name=a.pdf",
        scene.lock.credit_code()
    );
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let large = vec![b'a'; EVIDENCE_MAX + 1];
    for (content, status, word) in [
        (&b""[..], 400, "evidence-size"),
        (&large[..], 413, "too-large"),
    ] {
        let answer = program.hand_in(&of, content).await;
        assert_eq!((answer.status, &*code(&answer)), (status, word));
    }
    let nobody = format!("/enterprises/{}/evidence", e2e::lock::credit_code());
    let absent = program.hand_in(&nobody, b"a").await;
    assert_eq!(
        (absent.status, &*code(&absent)),
        (404, "enterprise-unknown")
    );
    // A stranger's megabytes are not read.
    let stranger = Program::with(provider, "").hand_in(&of, &large).await;
    assert_eq!(stranger.status, 401);

    let handed_in = program.hand_in(&of, b"a").await.json();
    let renaming = |evidence: &Value| {
        json!({
            "act": "enterprise",
            "credit_code": scene.lock.credit_code(),
            "what": { "do": "rename", "new_name": "冒名有限公司", "evidence": evidence },
            "reason": "来函",
        })
    };
    let mut other = handed_in["evidence"].clone();
    other["sha256"] = json!("0".repeat(64));
    let swapped = program.do_signed(&renaming(&other), &worker.lock).await;
    assert_eq!((swapped.status, &*code(&swapped)), (409, "evidence-gone"));
    // Another operator's.
    let colleague = Worker::new(provider, &[Role::Support]).await;
    let theirs = colleague.program(provider).await;
    let refused = theirs
        .do_signed(&renaming(&handed_in["evidence"]), &colleague.lock)
        .await;
    assert_eq!((refused.status, &*code(&refused)), (409, "evidence-gone"));
    // Another file took its place.
    program.hand_in(&of, b"b").await;
    let replaced = program
        .do_signed(&renaming(&handed_in["evidence"]), &worker.lock)
        .await;
    assert_eq!((replaced.status, &*code(&replaced)), (409, "evidence-gone"));
}

/// What is posted where, and how it is refused.
fn not_understood() -> Vec<(&'static str, Value, u16, &'static str)> {
    let good = json!({ "title_zh": "一", "title_en": "One" });
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    vec![
        ("/notices", json!({}), 400, "request-invalid"),
        (
            "/notices",
            with("force", json!(true)),
            400,
            "request-invalid",
        ),
        (
            "/notices",
            with("until", json!("tomorrow")),
            400,
            "request-invalid",
        ),
        (
            "/notices",
            with("until", json!("2020-01-01T00:00:00Z")),
            400,
            "notice-time",
        ),
        (
            "/notices",
            with("title_en", json!(" ")),
            400,
            "notice-title",
        ),
        (
            "/notices",
            with("text_zh", json!("只有中文")),
            400,
            "notice-text",
        ),
        ("/notices?size=1", good.clone(), 400, "request-invalid"),
        (
            "/deliveries/logouts/retry",
            json!({}),
            400,
            "request-invalid",
        ),
        (
            "/deliveries/logouts/retry",
            json!({ "id": "a", "stage": "refused" }),
            400,
            "request-invalid",
        ),
        (
            "/deliveries/logouts/retry",
            json!({ "stage": "all" }),
            400,
            "request-invalid",
        ),
        (
            "/deliveries/letters/retry",
            json!({ "id": "a" }),
            404,
            "not-found",
        ),
        (
            "/platforms/chifeng/maintenance",
            json!({ "until": "2020-01-01T00:00:00Z", "text_zh": "a", "text_en": "a" }),
            409,
            "platform-not-connected",
        ),
        (
            "/platforms/nowhere/look",
            json!({}),
            404,
            "platform-unknown",
        ),
        (
            "/platforms/chifeng/look",
            json!({}),
            409,
            "platform-not-connected",
        ),
        (
            "/maintenances/nowhere/end",
            json!({}),
            409,
            "maintenance-unknown",
        ),
        (
            "/proposals/nowhere/withdraw",
            json!({}),
            404,
            "proposal-unknown",
        ),
    ]
}

#[tokio::test]
async fn what_is_not_understood_is_refused_and_changes_nothing() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &Role::ALL).await;
    let program = worker.program(provider).await;
    for (path, body, status, word) in not_understood() {
        let answer = program.post(path, &body).await;
        assert_eq!(
            (answer.status, &*code(&answer)),
            (status, word),
            "{path} {body}"
        );
    }
    for path in [
        "/audit/export",
        "/audit/export?format=xlsx",
        "/audit/export?format=csv&page=x",
        "/audit/export?format=csv&kind=no.such",
    ] {
        let answer = program.get(path).await;
        assert_eq!(
            (answer.status, &*code(&answer)),
            (400, "request-invalid"),
            "{path}"
        );
    }
    assert_eq!(
        worker.kinds(provider).await,
        [AuditKind::OperatorTokenIssued]
    );
}
