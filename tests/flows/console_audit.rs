//! The console's audit pages: events found by what they name, one event with its place in the log, files of what was found; and the
//! sign-ins and consents of everybody.

use e2e::operator::Worker;
use e2e::story::{Scene, new_lock};
use e2e::{Answer, Browser, Provider};
use idp_core::audit::AuditKind;
use idp_core::operator::Role;

/// What the events of a page are called.
fn words(page: &Answer) -> Vec<String> {
    page.texts("#events td:nth-child(2)")
}

async fn search(worker: &mut Worker, query: &str) -> Answer {
    let path = format!("/console/audit?{query}");
    let page = worker.browser.open(&path).await;
    assert_eq!(page.status, 200, "{}", page.summary());
    page
}

#[tokio::test]
async fn an_auditor_finds_events_by_whatever_they_name() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let refused = Browser::new(provider).try_sign_in(&new_lock()).await;
    let code = scene.lock.credit_code();
    let lock = provider.lock_id(&scene.lock).await;
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    let incident = refused.incident();
    let found = search(&mut auditor, &format!("incident={incident}")).await;
    assert_eq!(words(&found).len(), 1, "{}", found.summary());
    let line = found.text("#events tbody tr").unwrap();
    // In words, with the machine word beside them.
    assert!(
        line.contains("登录被拒绝") && line.contains("(not-bound)"),
        "{line}"
    );

    let of_group = search(&mut auditor, &format!("enterprise={code}&kind=consents")).await;
    assert_eq!(words(&of_group), ["确认授权"]);
    let kind = format!("enterprise={code}&kind=login.succeeded");
    assert_eq!(words(&search(&mut auditor, &kind).await), ["登录成功"]);
    let by_lock = search(&mut auditor, &format!("lock={lock}&kind=locks")).await;
    assert!(words(&by_lock).contains(&"企业绑定第一把锁".to_owned()));
    let platform = format!("platform={}&kind=code.redeemed", scene.platform.id);
    assert_eq!(
        words(&search(&mut auditor, &platform).await),
        ["平台兑换授权码"]
    );
    let operator = format!("operator={}", auditor.id);
    assert!(words(&search(&mut auditor, &operator).await).contains(&"技术人员登录".to_owned()));
    for nothing in [
        format!("enterprise={code}&until=2020-01-01T00:00"),
        format!("enterprise={code}&from=2099-01-01"),
        "enterprise=911501000000000000".to_owned(),
    ] {
        assert!(
            search(&mut auditor, &nothing).await.has("#no-events"),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn an_event_is_shown_with_its_line_in_the_log_and_where_its_proof_is() {
    let provider = Provider::start(|_| ());
    Scene::at(&provider).await;
    let mut auditor = Worker::on_duty(&provider, &[Role::Auditor]).await;
    let list = search(&mut auditor, "kind=binding.succeeded").await;
    let href = list.attribute("#events tbody a", "href").unwrap();
    let mut page = auditor.browser.open(&href).await;
    // The log takes events a moment after they are written.
    for _ in 0..100 {
        if page.has("#proof") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        page = auditor.browser.open(&href).await;
    }
    let index = page.text("[data-fact=event-index]").unwrap();
    let proof = page.attribute("#proof", "href").unwrap();
    assert_eq!(proof, format!("/audit/proof/inclusion?index={index}"));
    assert!(!page.has("#altered"));
    assert_eq!(
        page.text("[data-fact=event-kind]").as_deref(),
        Some("binding.succeeded")
    );
}

#[tokio::test]
async fn what_was_found_is_exported_as_csv_and_as_json_lines_and_that_is_an_event() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let code = scene.lock.credit_code();
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    let query = format!("enterprise={code}&kind=login.succeeded");
    let page = search(&mut auditor, &query).await;
    let csv = auditor
        .send(&page, "#export-form", &[("format", "csv")])
        .await;
    assert_eq!(
        csv.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert!(csv.header("content-disposition").contains("attachment"));
    // The mark of UTF-8 is there for Excel; the client keeps it as the first character.
    let lines: Vec<_> = csv
        .body
        .trim_start_matches('\u{feff}')
        .split("\r\n")
        .collect();
    assert!(lines[0].starts_with("sequence,at,at_ms,kind,reason,operator,enterprise,lock,"));
    assert_eq!((lines.len(), lines[2]), (3, ""), "{}", csv.body);
    assert!(lines[1].contains(",login.succeeded,"));
    let jsonl = auditor
        .send(&page, "#export-form", &[("format", "jsonl")])
        .await;
    let event: serde_json::Value = serde_json::from_str(jsonl.body.trim_end()).unwrap();
    assert_eq!(event["kind"], "login.succeeded");
    assert!(lines[1].starts_with(&format!("{},", event["sequence"])));
    let trail = auditor.trail(provider).await;
    let exports = trail
        .iter()
        .filter(|event| event.kind == AuditKind::AuditExported);
    let told: Vec<_> = exports.map(|event| event.detail.clone().unwrap()).collect();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].starts_with(&format!("by {}: csv enterprise ", auditor.name)),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_long_export_goes_on_over_many_looks_and_keeps_its_order() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let id = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap()
        .id;
    let cx = provider.state.cx();
    let written = provider.state.database.write(move |store| {
        for number in 0..450 {
            store.append_audit(&idp_core::audit::AuditEvent {
                enterprise_id: Some(id.clone()),
                detail: Some(format!("number {number}")),
                ..idp_core::audit::AuditEvent::new(&cx, AuditKind::AccountRefused)
            })?;
        }
        Ok::<_, idp_core::store::StoreError>(())
    });
    written.await.unwrap();
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    let query = format!(
        "enterprise={}&kind=account.refused",
        scene.lock.credit_code()
    );
    let page = search(&mut auditor, &query).await;
    let file = auditor
        .send(&page, "#export-form", &[("format", "jsonl")])
        .await;
    let events: Vec<serde_json::Value> = file
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<_> = events
        .iter()
        .map(|event| event["detail"].as_str().unwrap())
        .collect();
    let expected: Vec<_> = (0..450)
        .rev()
        .map(|number| format!("number {number}"))
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn sign_ins_and_consents_of_everybody_are_listed_and_narrowed() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let code = scene.lock.credit_code();
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let live = format!("/console/sign-ins?enterprise={code}&state=live");
    let page = support.browser.open(&live).await;
    assert_eq!(page.texts("#sign-ins tbody tr").len(), 1);
    assert!(page.text("#sign-ins").unwrap().contains(&scene.lock.holder));
    let end = page.attribute("#sign-ins a[id^=end-]", "href").unwrap();
    support.act(&end, &[("reason", "来电申请")]).await;
    assert!(support.browser.open(&live).await.has("#no-sign-ins"));
    let past = format!("/console/sign-ins?enterprise={code}&state=past");
    assert!(
        support
            .browser
            .open(&past)
            .await
            .text("#sign-ins")
            .unwrap()
            .contains("技术人员终止")
    );
    let before = format!("/console/sign-ins?enterprise={code}&until=2020-01-01");
    assert!(support.browser.open(&before).await.has("#no-sign-ins"));

    let asked = format!(
        "/console/consents?enterprise={code}&platform={}",
        scene.platform.id
    );
    let page = support.browser.open(&asked).await;
    assert_eq!(page.texts("#consents tbody tr").len(), 1);
    for (narrowed, rows) in [
        ("outcome=granted", 1),
        ("outcome=refused", 0),
        ("from=2099-01-01", 0),
    ] {
        let page = support.browser.open(&format!("{asked}&{narrowed}")).await;
        assert_eq!(page.texts("#consents tbody tr").len(), rows, "{narrowed}");
    }
    let everybody = support.browser.open("/console/sign-ins").await;
    assert!(!everybody.texts("#sign-ins tbody tr").is_empty());
}
