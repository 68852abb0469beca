//! 个人信息: what is held of the people behind an enterprise is told, erased where nothing speaks for keeping it, and in no event.

use std::time::Duration;

use e2e::account::information_form;
use e2e::browser::set;
use e2e::source::root;
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Browser, Provider};
use idp::counting::{COUNTS_KEPT, count_up};
use idp::forgetting::{SETTLED_FOR, forget};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::evidence::Evidence;
use idp_core::figures::Hour;
use idp_core::operate::{
    Erased, OperateError, OperateRefusal, Order, TRACES_KEPT, erase, export, lock_lost,
    note_export, rename,
};
use idp_core::store::StoreError;

fn order() -> Order {
    Order::new("值班员", "asked for by letter 12").unwrap()
}

#[tokio::test]
async fn no_event_names_a_person_a_telephone_an_address_or_a_name_that_was_typed() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    // Typed right, typed wrong, changed, refused.
    let stranger = new_lock();
    let mut typed = binding_form(&stranger.credit_code());
    set(&mut typed, "phone", "call 0476-1112222 please");
    set(&mut typed, "legal_representative", "");
    set(&mut typed, "binder_name", "呼格吉勒图\u{202e}");
    Browser::new(&provider).bind_with(&stranger, &typed).await;
    let page = scene.browser.open("/account").await;
    let mut form = information_form(&page);
    set(&mut form, "phone", "0476-9993333");
    set(&mut form, "address", "赤峰市松山区玉龙大街9号");
    scene.browser.post("/account", &form).await;
    let code = scene.lock.credit_code();
    let lock_id = provider.lock_id(&scene.lock).await;
    let renamed = provider.operate(&scene.lock, move |store, cx, code, order| {
        let evidence = Evidence {
            name: "其其格身份证.pdf".into(),
            content: b"scan".to_vec(),
        };
        rename(store, cx, code, "赤峰新名称有限公司", (&evidence, order))
    });
    renamed.await.unwrap();
    Browser::new(&provider).try_sign_in(&scene.lock).await;
    let lost = provider.operate(&scene.lock, move |store, cx, code, order| {
        lock_lost(store, cx, code, (&lock_id, order))
    });
    lost.await.unwrap();
    let erased = provider.operate(&scene.lock, |store, cx, code, order| {
        erase(store, cx, code, (true, order))
    });
    erased.await.unwrap();
    let trail = provider.audit().await;
    let kinds: Vec<_> = trail.iter().map(|entry| entry.event.kind).collect();
    for kind in [
        AuditKind::BindingRefused,
        AuditKind::EnterpriseChanged,
        AuditKind::EnterpriseRenamed,
        AuditKind::PersonalDataErased,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} did not happen: {kinds:?}");
    }
    let trail = format!("{trail:?}");
    for personal in [
        "其其格",
        "巴特尔",
        "呼格吉勒图",
        "0476",
        "8881234",
        "1112222",
        "9993333",
        "赤峰",
        "钢铁街",
        "玉龙大街",
        "身份证",
        &code,
    ] {
        assert!(!trail.contains(personal), "{personal} is in the trail");
    }
}

#[tokio::test]
async fn what_is_held_of_people_is_told_whole() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let told = provider.operate(&scene.lock, |store, cx, code, order| {
        note_export(store, cx, code, order)?;
        export(store, code)
    });
    let told = told.await.unwrap();
    let enterprise = &told["enterprise"];
    assert_eq!(enterprise["legal_representative"], "其其格");
    assert_eq!(enterprise["phone"], "0476-8881234");
    assert_eq!(enterprise["address"], "赤峰市红山区钢铁街1号");
    assert_eq!(told["locks"][0]["bound_by"], "巴特尔");
    assert!(told["locks"][0]["certificate"].as_str().unwrap().len() > 100);
    let sign_ins = told["sign_ins"].as_array().unwrap();
    assert!(
        sign_ins
            .iter()
            .all(|sign_in| sign_in["remote_address"].is_string())
    );
    assert!(
        !told["addresses_in_the_audit_trail"]
            .as_object()
            .unwrap()
            .is_empty()
    );
    let id = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap()
        .id;
    let trail = provider.audit().await;
    let noted = trail.iter().find(|entry| {
        entry.event.kind == AuditKind::PersonalDataExported
            && entry.event.enterprise_id.as_ref() == Some(&id)
    });
    assert_eq!(noted.unwrap().event.detail.as_deref(), Some("by 审核员"));
}

#[tokio::test]
async fn personal_data_is_erased_once_no_lock_is_in_force_and_the_enterprise_stays_known() {
    let provider = Provider::start(|_| ());
    let scene = Scene::at(&provider).await;
    let code = scene.lock.credit_code();
    let before = provider.enterprise(&code).await.unwrap();
    let early = provider.operate(&scene.lock, |store, cx, code, order| {
        erase(store, cx, code, (false, order))
    });
    let refused = early.await.unwrap_err();
    assert!(matches!(
        refused,
        OperateError::Refused(OperateRefusal::InUse(_))
    ));
    assert_eq!(provider.enterprise(&code).await.unwrap(), before);
    let lock_id = provider.lock_id(&scene.lock).await;
    let done = provider.operate(&scene.lock, move |store, cx, code, order| {
        let evidence = Evidence {
            name: "paper.pdf".into(),
            content: b"scan".to_vec(),
        };
        rename(store, cx, code, "改了名的有限公司", (&evidence, order))?;
        lock_lost(store, cx, code, (&lock_id, order))
    });
    done.await.unwrap();
    let first = provider.operate(&scene.lock, |store, cx, code, order| {
        erase(store, cx, code, (false, order))
    });
    let first = first.await.unwrap();
    // The sign-in is too new for its address to go.
    assert_eq!(
        first,
        Erased {
            binders: 1,
            traces: 0,
            evidence: 0
        }
    );
    let after = provider.enterprise(&code).await.unwrap();
    assert_eq!(
        (
            after.phone,
            after.address,
            after.legal_representative.as_str()
        ),
        (None, None, "")
    );
    assert_eq!(
        (after.id.clone(), after.name.as_str()),
        (before.id, "改了名的有限公司")
    );
    let mut later = provider.state.cx();
    later.now = later.now + TRACES_KEPT + Duration::from_hours(1);
    let named = after.credit_code.clone();
    let second = provider
        .state
        .database
        .write(move |store| erase(store, &later, &named, (true, &order())));
    let second = second.await.unwrap();
    assert_eq!((second.binders, second.evidence), (0, 1));
    assert!(second.traces >= 1);
    let (id, named) = (after.id, after.credit_code.clone());
    let held = provider.state.database.read(move |store| {
        let renames = store.list_enterprise_renames(&id)?;
        let paper = store.find_rename_evidence(&id, &renames[0].evidence_sha256)?;
        Ok::<_, StoreError>((renames, paper, store.list_sessions(&id, 10)?))
    });
    let (renames, paper, sessions) = held.await.unwrap();
    assert_eq!(
        (
            renames[0].evidence_name.as_str(),
            renames[0].evidence_sha256.len()
        ),
        ("", 64)
    );
    assert_eq!(paper, Some(Vec::new()));
    assert!(
        sessions
            .iter()
            .all(|s| s.remote_address.is_none() && s.user_agent.is_none())
    );
    let cx = provider.state.cx();
    let again = provider
        .state
        .database
        .write(move |store| erase(store, &cx, &named, (true, &order())));
    assert!(matches!(
        again.await,
        Err(OperateError::Refused(OperateRefusal::Nothing(_)))
    ));
}

/// The default that docs/DATA-PROTECTION.md gives for what a row says.
fn days_told(of: &str) -> u64 {
    let page = std::fs::read_to_string(root().join("docs/DATA-PROTECTION.md")).unwrap();
    let row = page
        .lines()
        .find(|line| line.starts_with('|') && line.contains(of) && line.ends_with(" days |"));
    let row = row.unwrap_or_else(|| panic!("no time is given for {of}"));
    let words: Vec<_> = row.split_whitespace().collect();
    words[words.len() - 3].parse().unwrap()
}

#[tokio::test]
async fn times_in_the_documents_are_the_defaults_and_what_housekeeping_does() {
    let day = Duration::from_hours(24);
    let days = |time: Duration| time.as_secs() / day.as_secs();
    assert_eq!(days_told("audit_hours"), days(COUNTS_KEPT));
    assert_eq!(days_told("logout_deliveries"), days(SETTLED_FOR));
    assert_eq!(days_told("whatever anybody asks"), days(TRACES_KEPT));
    let provider = Provider::start(|_| ());
    let kept = days_told("sign_ins.kept_days");
    assert_eq!(kept, u64::from(provider.state.config.sign_ins.kept_days));
    let scene = Scene::at(&provider).await;
    let now = provider.state.cx().now;
    let kept = day * u32::try_from(kept).unwrap();
    assert_eq!(forget(&provider.state, now + kept - day).await.unwrap(), 0);
    assert!(forget(&provider.state, now + kept + day).await.unwrap() >= 1);
    let id = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap()
        .id;
    let left = provider
        .state
        .database
        .read(move |store| store.list_sessions(&id, 10));
    assert_eq!(left.await.unwrap(), []);
    assert!(count_up(&provider.state, now).await.unwrap() > 0);
    let past = now + COUNTS_KEPT + day;
    let mut later = provider.state.cx();
    later.now = past;
    let event = AuditEvent::new(&later, AuditKind::LoggedOut);
    let wrote = provider
        .state
        .database
        .write(move |store| store.append_audit(&event));
    wrote.await.unwrap();
    count_up(&provider.state, past).await.unwrap();
    let old = provider
        .state
        .database
        .read(move |store| store.sum_by_hour(AuditKind::LoginSucceeded, Hour(0)));
    assert_eq!(old.await.unwrap(), []);
}
