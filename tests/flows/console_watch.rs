//! The console watches: the dashboard by role, platforms looked at, maintenance, what did not arrive, registration tokens.

use e2e::operator::Worker;
use e2e::publisher::Publisher;
use e2e::registration::described;
use e2e::story::{Scene, new_lock};
use e2e::{Browser, Platform, Provider};
use idp::counting::count_up;
use idp_core::audit::AuditKind;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::id::{LogoutDeliveryId, NotificationId, PlatformId, SessionId};
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::notification::{Channel, Happening, Notification};
use idp_core::operator::Role;
use idp_core::platform_health::Maintenance;

fn answering(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn the_dashboard_draws_what_happened_and_shows_each_role_what_is_its_own() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    Browser::new(&provider).try_sign_in(&new_lock()).await;
    count_up(&provider.state, provider.state.cx().now)
        .await
        .unwrap();
    let own: [(Role, &[&str]); 4] = [
        (
            Role::Registrar,
            &["figure-platforms-down", "figure-logouts-given-up"],
        ),
        (
            Role::Support,
            &["figure-notifications-given-up", "figure-locks-ending-week"],
        ),
        (
            Role::Trust,
            &["figure-proposals", "figure-authorities-closed", "keys"],
        ),
        (
            Role::Auditor,
            &["figure-platforms-down", "figure-locks-ending-week", "keys"],
        ),
    ];
    for (role, shown) in own {
        let mut worker = Worker::on_duty(&provider, &[role]).await;
        let page = worker.browser.open("/console").await;
        for id in shown {
            assert!(page.has(&format!("#{id}")), "{role:?} {id}");
        }
        assert_eq!(
            page.has("#keys"),
            matches!(role, Role::Trust | Role::Auditor)
        );
        assert_eq!(
            page.has("#figure-locks-ending-week"),
            matches!(role, Role::Support | Role::Auditor)
        );
        // One hour has one column of the day's twenty-four; what nobody did has none of any height.
        let heights = page.attributes("#arrivals .plot-columns rect", "height");
        assert_eq!(heights.len(), 24);
        assert_eq!(heights.iter().filter(|height| *height != "0").count(), 1);
        assert!(
            page.text("#arrivals figcaption")
                .unwrap()
                .contains("合计 1")
        );
        let failures = page.text("#failures").unwrap();
        assert!(failures.contains("not-bound"), "{failures}");
    }
    let mut worker = Worker::on_duty(&provider, &[Role::Auditor]).await;
    let week = worker.browser.open("/console?days=7&lang=en").await;
    let columns = week.attributes("#sign-ins .plot-columns rect", "height");
    assert_eq!(columns.len(), 7 * 24);
    assert_eq!(
        week.attribute("#days-7", "aria-current").as_deref(),
        Some("true")
    );
    let id = &scene.platform.id;
    let alone = worker
        .browser
        .open(&format!("/console?platform={id}&lang=zh-CN"))
        .await;
    assert!(
        alone
            .text("#arrivals figcaption")
            .unwrap()
            .contains("合计 1")
    );
    assert!(alone.has("#all-platforms"));
    // What is no choice is the first one.
    let made_up = worker
        .browser
        .open("/console?days=1000000&platform=nowhere")
        .await;
    let columns = made_up.attributes("#sign-ins .plot-columns rect", "height");
    assert_eq!((made_up.status, columns.len()), (200, 24));
    assert!(!made_up.has("#all-platforms"));
}

#[tokio::test]
async fn a_registrar_has_a_platform_looked_at_and_reads_what_is_wrong() {
    let provider = Provider::start(|config| config.outbound.allow_loopback = true);
    let site = Publisher::start(Box::new(|_| Some(answering(503))));
    let platform = Platform::connect(&provider).await;
    let url = site.url.clone();
    provider
        .change_platform(&platform.id, |stored| {
            let client = stored.client.as_mut().unwrap();
            client.redirect_uris = vec![format!("{url}/cb")];
            client.initiate_login_uri = None;
        })
        .await;
    let mut worker = Worker::on_duty(&provider, &[Role::Registrar]).await;
    let address = format!("/console/platforms/{}/health", platform.id);
    let before = worker.browser.open(&address).await;
    assert!(before.has("#never-looked"), "{}", before.summary());
    let looked = worker.send(&before, "#look-form", &[]).await;
    assert_eq!(looked.status, 303, "{}", looked.summary());
    let found = worker.browser.follow(looked).await;
    let row = found.text("#addresses tbody tr").unwrap();
    assert!(row.contains("最近一次失败") && row.contains("5xx"), "{row}");
    // Whoever presses again at once calls nobody, and reads the same.
    site.answer(Box::new(|_| Some(answering(200))));
    let again = worker.send(&found, "#look-form", &[]).await;
    let found = worker.browser.follow(again).await;
    assert_eq!(found.text("#addresses tbody tr").unwrap(), row);
    let list = worker.browser.open("/console/health?lang=en").await;
    let row = list.text(&format!("#health-{}", platform.id)).unwrap();
    assert!(row.contains("Not known"), "one failure is no news: {row}");
}

#[tokio::test]
async fn maintenance_is_announced_shown_to_people_and_taken_back() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let mut worker = Worker::on_duty(provider, &[Role::Registrar]).await;
    let address = format!("/console/platforms/{}/health", platform.id);
    let page = worker.browser.open(&address).await;
    let mut typed = [
        ("begins", "0"),
        ("lasts", "0"),
        ("text_zh", "夜间升级"),
        ("text_en", "Upgrade"),
    ];
    let refused = worker.send(&page, "#maintenance-form", &typed).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (400, "maintenance-time")
    );
    assert_eq!(
        refused.attribute("#text_zh", "value").as_deref(),
        Some("夜间升级")
    );
    typed[1] = ("lasts", "2");
    let announced = worker.send(&refused, "#maintenance-form", &typed).await;
    assert_eq!(announced.status, 303, "{}", announced.summary());
    let shown = worker.browser.open(&address).await;
    assert!(shown.text("#maintenances").unwrap().contains("夜间升级"));
    let card = format!("#card-{}", platform.id);
    let portal = Browser::new(provider).open("/platforms").await;
    assert!(portal.text(&card).unwrap().contains("夜间升级"));
    let (id, now) = (PlatformId::from_text(&platform.id), provider.state.cx().now);
    let database = &provider.state.database;
    let ahead: Vec<Maintenance> = database
        .read(move |store| store.list_maintenances(Some(&id), now))
        .await
        .unwrap();
    let end = format!("/console/platforms/{}/maintenance/end", platform.id);
    let fields = [("maintenance", ahead[0].id.as_str())];
    let ended = worker.post(&end, &fields).await;
    assert_eq!(ended.status, 303, "{}", ended.summary());
    assert!(worker.browser.open(&address).await.has("#no-maintenance"));
    let kinds = worker.kinds(provider).await;
    for kind in [AuditKind::MaintenanceAnnounced, AuditKind::MaintenanceEnded] {
        assert!(kinds.contains(&kind), "{kind:?}: {kinds:?}");
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_tried_again_by_whoever_looks_after_it() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    let enterprise = provider.enterprise_of(&scene.lock).await;
    let now = provider.state.cx().now;
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
    let written: Vec<_> = (0..2).map(telling).collect();
    let happening = Happening::Renamed {
        old_name: "旧".into(),
        new_name: "新".into(),
    };
    let id = NotificationId::from_text("notification-1");
    let notification = Notification {
        state: DeliveryState::Refused(now),
        ..Notification::of((id.clone(), now), &enterprise, Channel::Email, &happening)
    };
    let database = &provider.state.database;
    database
        .write(move |store| {
            for one in &written {
                store.insert_logout_delivery(one)?;
            }
            store.insert_notification(&notification)
        })
        .await
        .unwrap();

    let mut registrar = Worker::on_duty(&provider, &[Role::Registrar]).await;
    let page = registrar.browser.open("/console/deliveries").await;
    assert_eq!(
        page.texts("#deliveries tbody tr").len(),
        2,
        "{}",
        page.summary()
    );
    assert!(!page.has("#of-notifications") && page.has("#of-logouts"));
    let retried = registrar.send(&page, "#delivery-telling-1 form", &[]).await;
    let page = registrar.browser.follow(retried).await;
    assert!(
        page.text("#retried").unwrap().contains('1'),
        "{}",
        page.summary()
    );
    assert_eq!(page.texts("#deliveries tbody tr").len(), 1);
    let all = registrar.send(&page, "#retry-all-form", &[]).await;
    let page = registrar.browser.follow(all).await;
    assert!(page.has("#no-deliveries"));

    let mut support = Worker::on_duty(&provider, &[Role::Support]).await;
    let page = support
        .browser
        .open("/console/deliveries?of=notifications&stage=refused&lang=en")
        .await;
    let row = page.text("#deliveries tbody tr").unwrap();
    assert!(
        row.contains("Enterprise renamed") && row.contains(&scene.lock.credit_code()),
        "{row}"
    );
    support
        .send(&page, "#delivery-notification-1 form", &[])
        .await;
    let found = database
        .read(move |store| store.find_notification(&id))
        .await;
    assert_ne!(
        found.unwrap().unwrap().state.parts().0,
        DeliveryStage::Refused
    );
    assert_eq!(
        registrar
            .kinds(&provider)
            .await
            .iter()
            .filter(|k| **k == AuditKind::LogoutRetried)
            .count(),
        2
    );
    assert!(
        support
            .kinds(&provider)
            .await
            .contains(&AuditKind::NotificationRetried)
    );
}

#[tokio::test]
async fn a_registration_token_is_signed_for_shown_once_and_taken_back() {
    let provider = Provider::registering();
    let mut worker = Worker::on_duty(&provider, &[Role::Registrar]).await;
    let page = worker.browser.open("/console/registration-tokens").await;
    assert!(page.has("#no-tokens") && !page.has("#registration-closed"));
    let typed = [
        ("uses", "0"),
        ("days", "7"),
        ("region_code", "150400"),
        ("scopes", "openid enterprise"),
        ("zone", "eastern"),
        ("reason", "新平台"),
    ];
    let refused = worker.send(&page, "#token-form", &typed).await;
    assert_eq!(
        refused.problem(),
        "registration-token-bounds",
        "{}",
        refused.summary()
    );
    let typed = [
        ("uses", "2"),
        ("days", "7"),
        ("region_code", "150400"),
        ("scopes", "openid enterprise"),
        ("zone", "eastern"),
        ("reason", "新平台"),
    ];
    let review = worker.send(&page, "#token-form", &typed).await;
    let shown = review.texts("dd").join("\n");
    assert!(
        shown.contains("openid enterprise") && shown.contains("新平台"),
        "{shown}"
    );
    let once = worker.sign(&review).await;
    let token = once.text("#registration-token").unwrap();
    let id = once.text("#token-id").unwrap();
    let registered = provider.register(&token, &described()).await;
    assert_eq!(registered.status, 201, "{}", registered.summary());
    let list = worker.browser.open("/console/registration-tokens").await;
    let row = list.text(&format!("#token-{id}")).unwrap();
    assert!(row.contains("1 / 2") && !row.contains(&token), "{row}");
    let form = format!("#token-{id} form");
    let review = worker.send(&list, &form, &[("reason", "不再需要")]).await;
    let done = worker.sign(&review).await;
    let of = "/console/registration-tokens";
    worker
        .is_told(&done, (of, "revoke-registration-token"))
        .await;
    let refused = provider.register(&token, &described()).await;
    assert_eq!(refused.status, 401, "{}", refused.summary());
    let kinds = worker.kinds(&provider).await;
    for kind in [
        AuditKind::RegistrationTokenIssued,
        AuditKind::RegistrationTokenRevoked,
    ] {
        assert!(kinds.contains(&kind), "{kind:?}: {kinds:?}");
    }
}
