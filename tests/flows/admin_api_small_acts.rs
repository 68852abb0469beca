//! What the console does without a signature, over the admin API: papers handed in, deliveries tried again, a look at a platform,
//! maintenance, announcements, proposals taken back, files given out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::admin_api::{Program, code};
use e2e::jwt::now;
use e2e::operator::Worker;
use e2e::publisher::Publisher;
use e2e::story::{Scene, new_lock};
use e2e::{Platform, Provider};
use idp::clock::rfc3339;
use idp_core::audit::AuditKind;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::id::{LogoutDeliveryId, NotificationId, PlatformId, SessionId};
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::notification::{Channel, Happening, Notification};
use idp_core::operator::Role;
use idp_core::timestamp::Timestamp;
use serde_json::{Value, json};

use super::admin_api::client_of;

const PAPER: &[u8] = b"%PDF-1.7 a notice of approval";

/// So many seconds from now, as requests say it.
fn later(seconds: i64) -> String {
    rfc3339(Timestamp::from_unix_seconds(now() + seconds))
}

/// Posts what must be done.
async fn done(program: &Program, path: &str, body: &Value) -> Value {
    let answer = program.post(path, body).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

#[tokio::test]
async fn an_enterprise_is_renamed_with_a_paper_that_a_program_hands_in() {
    let provider = Provider::with_api();
    let scene = Scene::at(provider).await;
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let of = format!("/enterprises/{}", scene.lock.credit_code());
    let path = format!("{of}/evidence?name=%E6%A0%B8%E5%87%86.pdf");
    let answer = program.hand_in(&path, PAPER).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let handed_in = answer.json();
    assert_eq!(handed_in["expires_in"], 600);
    let evidence = &handed_in["evidence"];
    assert_eq!(evidence["name"], "核准.pdf");
    assert_eq!(evidence["media_type"], "application/pdf");
    assert_eq!(evidence["octets"], PAPER.len());
    let sha256 = evidence["sha256"].as_str().unwrap();

    let act = json!({
        "act": "enterprise",
        "credit_code": scene.lock.credit_code(),
        "what": { "do": "rename", "new_name": "新名有限公司", "evidence": evidence },
        "reason": "核准通知书〔2026〕9号",
    });
    let answer = program.do_signed(&act, &worker.lock).await;
    assert_eq!(
        answer.json(),
        json!({ "done": "made" }),
        "{}",
        answer.summary()
    );
    let shown = program.read(&of).await;
    assert_eq!(shown["name"], "新名有限公司");
    assert_eq!(shown["renames"][0]["evidence_sha256"], sha256);
    let file = program.get(&format!("{of}/evidence/{sha256}")).await;
    assert_eq!(file.body.as_bytes(), PAPER);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    let disposition = file.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename*=UTF-8''"),
        "{disposition}"
    );
    // It was spent.
    let again = program.do_signed(&act, &worker.lock).await;
    assert_eq!((again.status, &*code(&again)), (409, "evidence-gone"));
}

/// Something for two platforms and an enterprise that did not arrive.
async fn given_up(provider: &Provider, scene: &Scene) {
    let (enterprise, now) = (
        provider.enterprise_of(&scene.lock).await,
        provider.state.cx().now,
    );
    let telling = |n: usize| LogoutDelivery {
        id: LogoutDeliveryId::from_text(format!("telling-{n}")),
        platform_id: PlatformId::from_text(&scene.platform.id),
        enterprise_id: enterprise.clone(),
        session_id: SessionId::from_text("a-session"),
        created_at: now,
        tried_since: now,
        attempts: 9,
        state: DeliveryState::GivenUp(now),
        why: Some("answers 503".into()),
    };
    let written: Vec<_> = (0..3).map(telling).collect();
    let happening = Happening::Renamed {
        old_name: "旧".into(),
        new_name: "新".into(),
    };
    let id = NotificationId::from_text("notification-1");
    let notification = Notification {
        state: DeliveryState::Refused(now),
        ..Notification::of((id, now), &enterprise, Channel::Email, &happening)
    };
    let writing = provider.state.database.write(move |store| {
        for one in &written {
            store.insert_logout_delivery(one)?;
        }
        store.insert_notification(&notification)
    });
    writing.await.unwrap();
}

#[tokio::test]
async fn what_did_not_arrive_is_tried_again_one_by_one_or_all_of_a_stage() {
    let provider = Provider::start(|config| config.api.enabled = true);
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    given_up(&provider, &scene).await;
    let registrar = Worker::new(&provider, &[Role::Registrar]).await;
    let program = registrar.program(&provider).await;
    let one = json!({ "id": "telling-1" });
    assert_eq!(
        done(&program, "/deliveries/logouts/retry", &one).await["retried"],
        1
    );
    let none = json!({ "id": "telling-9" });
    assert_eq!(
        done(&program, "/deliveries/logouts/retry", &none).await["retried"],
        0
    );
    let all = json!({ "stage": DeliveryStage::GivenUp.as_str() });
    let retried = done(&program, "/deliveries/logouts/retry", &all).await;
    let retried = retried["retried"].as_u64().unwrap();
    // The first one may have been given up anew meanwhile.
    assert!((2..=3).contains(&retried), "{retried}");
    let kinds = registrar.kinds(&provider).await;
    let noted = kinds
        .iter()
        .filter(|kind| **kind == AuditKind::LogoutRetried);
    assert_eq!(noted.count(), 1 + usize::try_from(retried).unwrap());

    let support = Worker::new(&provider, &[Role::Support]).await;
    let program = support.program(&provider).await;
    let all = json!({ "stage": "refused" });
    assert_eq!(
        done(&program, "/deliveries/notifications/retry", &all).await["retried"],
        1
    );
    let kinds = support.kinds(&provider).await;
    assert!(kinds.contains(&AuditKind::NotificationRetried), "{kinds:?}");
}

#[tokio::test]
async fn a_platform_is_looked_at_now_and_its_maintenance_announced_and_ended() {
    let provider = Provider::start(|config| {
        config.api.enabled = true;
        config.outbound.allow_loopback = true;
    });
    let answer = b"HTTP/1.1 503 Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let site = Publisher::start(Box::new(|_| Some(answer.to_vec())));
    let platform = Platform::connect(&provider).await;
    let url = site.url.clone();
    provider
        .change_platform(&platform.id, |stored| {
            let client = stored.client.as_mut().unwrap();
            client.redirect_uris = vec![format!("{url}/cb")];
            client.initiate_login_uri = None;
        })
        .await;
    let worker = Worker::new(&provider, &[Role::Registrar]).await;
    let program = worker.program(&provider).await;
    let of = format!("/platforms/{}", platform.id);
    assert_eq!(
        program.read(&format!("{of}/health")).await["endpoints"],
        json!([])
    );
    let looked = done(&program, &format!("{of}/look"), &json!({})).await;
    assert!(looked["endpoints"][0]["reason"].is_string(), "{looked}");
    let all = program.read("/health").await;
    assert_eq!(all["items"][0]["platform"], platform.id.as_str());

    let planned = json!({
        "until": later(3600),
        "text_zh": "升级",
        "text_en": "Upgrade",
    });
    let announced = done(&program, &format!("{of}/maintenance"), &planned).await;
    assert_eq!(announced["is_on"], true);
    assert_eq!(announced["announced_by"], worker.name.as_str());
    let health = program.read(&format!("{of}/health")).await;
    assert_eq!(health["maintenances"], json!([announced]));
    let end = format!("/maintenances/{}/end", announced["id"].as_str().unwrap());
    let ended = done(&program, &end, &json!({})).await;
    assert!(ended["ended_at"].is_string(), "{ended}");
    let again = program.post(&end, &json!({})).await;
    assert_eq!((again.status, &*code(&again)), (409, "change-nothing"));
    let kinds = worker.kinds(&provider).await;
    for kind in [AuditKind::MaintenanceAnnounced, AuditKind::MaintenanceEnded] {
        assert!(kinds.contains(&kind), "{kind:?}: {kinds:?}");
    }
}

#[tokio::test]
async fn an_announcement_is_put_up_and_taken_down() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Registrar]).await;
    let program = worker.program(provider).await;
    let said =
        json!({ "title_zh": "今晚维护", "title_en": "Maintenance tonight", "until": later(3600) });
    let put_up = done(&program, "/notices", &said).await;
    assert_eq!(put_up["is_shown"], true);
    let id = put_up["id"].as_str().unwrap();
    let listed = program.read("/notices?size=50").await;
    assert!(listed["items"].as_array().unwrap().contains(&put_up));
    let take_down = format!("/notices/{id}/withdraw");
    done(&program, &take_down, &json!({})).await;
    let again = program.post(&take_down, &json!({})).await;
    assert_eq!((again.status, &*code(&again)), (409, "notice-gone"));
    let kinds = worker.kinds(provider).await;
    assert!(kinds.ends_with(&[AuditKind::NoticePublished, AuditKind::NoticeWithdrawn]));
}

#[tokio::test]
async fn whoever_proposed_something_takes_it_back() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Trust]).await;
    let program = worker.program(provider).await;
    let propose = json!({
        "act": "propose",
        "change": {
            "change": "add-operator",
            "name": "萨仁",
            "roles": ["support"],
            "certificate": STANDARD.encode(new_lock().certificate.der()),
        },
        "reason": "新同事",
    });
    let proposed = program.do_signed(&propose, &worker.lock).await.json();
    let path = format!(
        "/proposals/{}/withdraw",
        proposed["proposal"].as_str().unwrap()
    );
    let other = Worker::new(provider, &[Role::Trust]).await;
    let refused = other.program(provider).await.post(&path, &json!({})).await;
    assert_eq!(
        (refused.status, &*code(&refused)),
        (409, "proposal-not-own")
    );
    let withdrawn = done(&program, &path, &json!({})).await;
    assert_eq!(withdrawn["state"], "withdrawn");
    let kinds = worker.kinds(provider).await;
    assert_eq!(kinds.last(), Some(&AuditKind::ChangeWithdrawn));
}

#[tokio::test]
async fn what_is_held_of_people_is_told_and_that_it_was_is_an_event() {
    let provider = Provider::with_api();
    let scene = Scene::at(provider).await;
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let of = format!("/enterprises/{}/personal-data", scene.lock.credit_code());
    let told = program
        .read(&format!("{of}?reason=%E6%9D%A5%E5%87%BD"))
        .await;
    assert_eq!(told["enterprise"]["credit_code"], scene.lock.credit_code());
    assert!(!told["sign_ins"].as_array().unwrap().is_empty());
    let trail = worker.trail(provider).await;
    let event = trail.last().unwrap();
    assert_eq!(event.kind, AuditKind::PersonalDataExported);
    assert_eq!(event.reason.as_deref(), Some("来函"));
    for (query, word) in [("", "reason-missing"), ("?reason=%20", "reason-missing")] {
        let refused = program.get(&format!("{of}{query}")).await;
        assert_eq!((refused.status, &*code(&refused)), (400, word), "{query}");
    }
    assert_eq!(worker.trail(provider).await.len(), trail.len());
}

#[tokio::test]
async fn what_was_found_in_the_trail_is_given_out_as_a_file() {
    let provider = Provider::with_api();
    let registrar = Worker::new(provider, &[Role::Registrar]).await;
    registrar.program(provider).await;
    let auditor = Worker::new(provider, &[Role::Auditor]).await;
    let program = auditor.program(provider).await;
    let narrowed = format!("operator={}&from=2020-01-01T00:00:00Z", registrar.id);
    let csv = program
        .get(&format!("/audit/export?format=csv&{narrowed}"))
        .await;
    assert_eq!(csv.status, 200, "{}", csv.summary());
    assert_eq!(
        csv.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(csv.header("cache-control"), "no-store");
    let lines: Vec<_> = csv.body.lines().collect();
    assert_eq!(lines.len(), 2, "{}", csv.body);
    assert!(lines[1].contains(",operator.token-issued,"), "{}", lines[1]);
    let all = program
        .get(&format!(
            "/audit/export?format=jsonl&kind=operators&{narrowed}"
        ))
        .await;
    let event: Value = serde_json::from_str(all.body.trim_end()).unwrap();
    assert_eq!(event["operator"], registrar.id.as_str());
    let kinds = auditor.kinds(provider).await;
    assert_eq!(&kinds[1..], [AuditKind::AuditExported; 2]);

    let sequence = &event["sequence"];
    let shown = program.read(&format!("/audit/{sequence}")).await;
    assert_eq!(shown["kind"], "operator.token-issued");
    assert_eq!(shown["is_as_written"], true);
    assert!(shown.get("index").is_some());
    for nothing in ["0", "-1", "x", "9999999999"] {
        let absent = program.get(&format!("/audit/{nothing}")).await;
        assert_eq!(
            (absent.status, &*code(&absent)),
            (404, "not-found"),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn sign_ins_and_consents_are_listed_by_time() {
    let provider = Provider::with_api();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let of = scene.lock.credit_code();
    for list in ["sign-ins", "consents"] {
        for (time, is_there) in [
            (format!("from={}", later(-600)), true),
            (format!("from={}", later(600)), false),
            (format!("until={}", later(600)), true),
            (format!("until={}", later(-600)), false),
        ] {
            let found = program
                .read(&format!("/{list}?enterprise={of}&{time}"))
                .await;
            let items = found["items"].as_array().unwrap();
            assert_eq!(!items.is_empty(), is_there, "{list} {time}");
        }
        let bad = program.get(&format!("/{list}?from=yesterday")).await;
        assert_eq!((bad.status, &*code(&bad)), (400, "request-invalid"));
    }
}

#[tokio::test]
async fn the_command_line_s_client_hands_in_posts_and_copies_files() {
    let provider = Provider::with_api();
    let scene = Scene::at(provider).await;
    let worker = Worker::new(provider, &[Role::Support, Role::Registrar, Role::Auditor]).await;
    let client = client_of(provider, &worker.lock).await;
    let of = scene.lock.credit_code();
    let evidence = client
        .hand_in(&of, ("核准 & 通知.pdf", PAPER.to_vec()))
        .await
        .unwrap();
    assert_eq!(evidence["name"], "核准 & 通知.pdf");
    let act = json!({
        "act": "enterprise",
        "credit_code": of,
        "what": { "do": "rename", "new_name": "又名有限公司", "evidence": evidence },
        "reason": "核准通知书",
    });
    let asked = client.prepare(&act).await.unwrap();
    client.carry_out(&act, &asked).await.unwrap();
    let mut file = Vec::new();
    let path = format!(
        "enterprises/{of}/evidence/{}",
        evidence["sha256"].as_str().unwrap()
    );
    client.copy(&path, &mut file).await.unwrap();
    assert_eq!(file, PAPER);
    let mut events = Vec::new();
    let path = format!("audit/export?format=jsonl&operator={}", worker.id);
    client.copy(&path, &mut events).await.unwrap();
    let events = String::from_utf8(events).unwrap();
    assert!(events.contains("\"enterprise.renamed\""), "{events}");
    let said = json!({ "title_zh": "一", "title_en": "One" });
    let put_up = client.post("notices", &said).await.unwrap();
    assert_eq!(put_up["is_shown"], true);
    let refused = client
        .copy("audit/export?format=xlsx", &mut Vec::new())
        .await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.starts_with("request-invalid (400)"), "{refused}");
}
