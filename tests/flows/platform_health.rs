//! How platforms do: looked at from time to time, kept, shown to operators and to whoever chooses a platform.

use std::time::Duration;

use actix_web::web::Data;
use e2e::listener::Listener;
use e2e::publisher::{Publisher, onward};
use e2e::story::Scene;
use e2e::{Browser, Platform, PlatformOrder, Provider};
use idp::checking::{Reach, look};
use idp::state::AppState;
use idp::watching::watch_due;
use idp_core::audit::AuditKind;
use idp_core::directory::{self, Act, DirectoryError, Planned};
use idp_core::id::PlatformId;
use idp_core::platform_health::{Endpoint, EndpointHealth, HealthState, MISSES};
use idp_core::store::StoreError;
use idp_core::watch_platforms::{list_due, take};

fn provider() -> Provider {
    Provider::start(|config| config.outbound.allow_loopback = true)
}

fn answering(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn health(state: &Data<AppState>, id: &str) -> Vec<EndpointHealth> {
    let id = PlatformId::from_text(id);
    let found = state
        .database
        .read(move |store| store.list_endpoint_health(Some(&id)));
    found.await.unwrap()
}

fn of(all: &[EndpointHealth], endpoint: Endpoint) -> EndpointHealth {
    all.iter()
        .find(|it| it.endpoint == endpoint)
        .unwrap()
        .clone()
}

/// Makes every look due again.
async fn due_again(state: &Data<AppState>) {
    let done = state.database.write(|store| {
        for (id, due) in store.list_health_checks()? {
            store.exchange_health_check(&id, Some(due), due - Duration::from_hours(1))?;
        }
        Ok::<_, StoreError>(())
    });
    done.await.unwrap();
}

/// One platform whose people come back to this address, and that is told of sign-outs by a listener.
async fn watched(provider: &Provider, site: &Publisher, listener: &Listener) -> Platform {
    let platform = Platform::order(provider, listener.order()).await;
    let url = site.url.clone();
    provider
        .change_platform(&platform.id, |stored| {
            let client = stored.client.as_mut().unwrap();
            client.redirect_uris = vec![format!("{url}/cb")];
            client.initiate_login_uri = Some(format!("{url}/start"));
        })
        .await;
    platform
}

#[tokio::test]
async fn two_failures_in_a_row_are_trouble_that_people_see_and_one_success_ends_it() {
    let provider = provider();
    let (site, listener) = (
        Publisher::start(Box::new(|_| Some(answering(400)))),
        Listener::start(),
    );
    listener.answer(400);
    let platform = watched(&provider, &site, &listener).await;
    let state = &provider.state;
    assert_eq!(watch_due(state).await.unwrap(), 1);
    assert_eq!(watch_due(state).await.unwrap(), 0, "not due again at once");
    let well = health(state, &platform.id).await;
    assert!(
        well.iter().all(|it| it.state == HealthState::Ok),
        "{well:?}"
    );
    assert_eq!(well.len(), 3);
    let mut browser = Browser::new(&provider);
    let card = format!("#card-{}", platform.id);
    assert!(
        !browser
            .open("/platforms")
            .await
            .text(&card)
            .unwrap()
            .contains("请注意")
    );

    site.answer(Box::new(|_| Some(answering(503))));
    for round in 1..=MISSES {
        assert!(
            !browser
                .open("/platforms")
                .await
                .text(&card)
                .unwrap()
                .contains("请注意"),
            "{round}"
        );
        due_again(state).await;
        watch_due(state).await.unwrap();
    }
    let down = of(&health(state, &platform.id).await, Endpoint::Redirect);
    assert_eq!(
        (down.state, down.reason.as_deref()),
        (HealthState::Down, Some("server-error"))
    );
    let shown = browser.open("/platforms").await;
    assert!(
        shown.text(&card).unwrap().contains("可能无法正常访问"),
        "{}",
        shown.summary()
    );
    assert!(
        shown.has(&format!("#platform-{}", platform.id)),
        "people are warned, not kept out"
    );
    let english = browser.open("/platforms?lang=en").await;
    assert!(
        english
            .text(&card)
            .unwrap()
            .contains("this platform may not work")
    );
    // Whoever chooses it sees it once more.
    let mut scene = Scene::at(&provider).await;
    let page = scene
        .browser
        .go(&format!("/consent?platform={}", platform.id))
        .await;
    assert!(
        page.text("#notice-1").unwrap().contains("可能无法正常访问"),
        "{}",
        page.summary()
    );

    site.answer(Box::new(|_| Some(onward("https://elsewhere.example/"))));
    due_again(state).await;
    watch_due(state).await.unwrap();
    let well = of(&health(state, &platform.id).await, Endpoint::Redirect);
    assert_eq!((well.state, well.reason), (HealthState::Ok, None));
    let id = PlatformId::from_text(&platform.id);
    let changes = state
        .database
        .read(move |store| store.list_health_changes(&id, 10));
    let changes: Vec<_> = changes
        .await
        .unwrap()
        .into_iter()
        .filter(|it| it.endpoint == Endpoint::Redirect)
        .collect();
    let moves: Vec<_> = changes.iter().map(|it| (it.from, it.to)).collect();
    assert_eq!(
        moves,
        [
            (HealthState::Down, HealthState::Ok),
            (HealthState::Ok, HealthState::Down)
        ]
    );
}

#[tokio::test]
async fn a_look_begins_nothing_at_a_platform_and_finds_what_each_address_must_do() {
    let provider = provider();
    let (site, listener) = (
        Publisher::start(Box::new(|_| Some(answering(404)))),
        Listener::start(),
    );
    // It takes what is no logout token, too.
    listener.answer(200);
    let platform = watched(&provider, &site, &listener).await;
    let id = PlatformId::from_text(&platform.id);
    let stored = provider
        .state
        .database
        .read(move |store| store.find_platform(&id));
    let client = stored.await.unwrap().unwrap().client.unwrap();
    let mut reach = Reach::quietly(provider.state.platforms.clone(), &provider.state.config);
    let seen = look(&mut reach, &client).await;
    let state = |endpoint| {
        let one = seen.iter().find(|it| it.endpoint == endpoint).unwrap();
        (one.state, one.reason)
    };
    assert_eq!(
        state(Endpoint::Redirect),
        (HealthState::Degraded, Some("not-found"))
    );
    assert_eq!(
        state(Endpoint::InitiateLogin),
        (HealthState::Degraded, Some("not-found"))
    );
    assert_eq!(
        state(Endpoint::BackchannelLogout),
        (HealthState::Degraded, Some("takes-anything"))
    );
    // No `iss`: a platform would begin a sign-in of its own for each look.
    let head = site.last_head();
    assert!(head.starts_with("get /published/start http/1.1"), "{head}");
    assert_eq!(listener.told(), [] as [String; 0], "no token goes out");
}

#[tokio::test]
async fn of_two_who_look_at_once_one_takes_a_platform() {
    let provider = provider();
    Platform::order(&provider, PlatformOrder::refreshing()).await;
    let (database, cx) = (&provider.state.database, provider.state.cx());
    let now = cx.now;
    let due = database.read(move |store| list_due(store, now, 9));
    let due = due.await.unwrap();
    assert_eq!(due.len(), 1);
    let (first, second, again) = (due.clone(), due, cx.clone());
    let every = Duration::from_mins(5);
    let one = database.write(move |store| take(store, &cx, every, first));
    let other = database.write(move |store| take(store, &again, every, second));
    let (one, other) = tokio::join!(one, other);
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
}

#[tokio::test]
async fn announced_maintenance_is_said_in_both_languages_before_and_while_it_goes_on_and_taken_back()
 {
    let provider = provider();
    let platform = Platform::order(&provider, PlatformOrder::refreshing()).await;
    let (id, cx) = (PlatformId::from_text(&platform.id), provider.state.cx());
    let announce = async |from: i64, hours: u64| {
        let (id, cx) = (id.clone(), cx.clone());
        let begin = cx.now + Duration::from_secs(u64::try_from(from.max(0)).unwrap());
        let planned = Planned {
            from: begin,
            until: begin + Duration::from_hours(hours),
            text_zh: "数据库<b>升级</b>".to_owned(),
            text_en: "Database & upgrade".to_owned(),
        };
        let done = provider.state.database.write(move |store| {
            let act = Act {
                operator_id: None,
                by: "审核员",
                reason: None,
            };
            directory::announce_maintenance(store, &cx, &id, (&planned, act))
        });
        done.await
    };
    let too_long = announce(0, 31 * 24).await;
    assert!(matches!(too_long, Err(DirectoryError::Refused(_))));
    let maintenance = announce(0, 2).await.unwrap();
    announce(3 * 86_400, 2).await.unwrap();
    announce(30 * 86_400, 2).await.unwrap();
    let mut browser = Browser::new(&provider);
    let card = format!("#card-{} .callout", platform.id);
    let notices = browser.open("/platforms").await.texts(&card);
    assert_eq!(notices.len(), 2, "not that of next month: {notices:?}");
    assert!(
        notices[0].contains("维护中") && notices[0].contains("数据库<b>升级</b>"),
        "{notices:?}"
    );
    assert!(notices[1].contains("计划于"));
    let english = browser.open("/platforms?lang=en").await.texts(&card);
    assert!(english[0].contains("under maintenance") && english[0].contains("Database & upgrade"));
    let (ended, cx) = (maintenance.id.clone(), provider.state.cx());
    let done = provider.state.database.write(move |store| {
        let act = Act {
            operator_id: None,
            by: "审核员",
            reason: None,
        };
        let first = directory::end_maintenance(store, &cx, &ended, act);
        let second = directory::end_maintenance(store, &cx, &ended, act);
        assert!(matches!(second, Err(DirectoryError::Refused(_))));
        first
    });
    done.await.unwrap();
    assert_eq!(browser.open("/platforms").await.texts(&card).len(), 1);
    for (kind, count) in [
        (AuditKind::MaintenanceAnnounced, 3),
        (AuditKind::MaintenanceEnded, 1),
    ] {
        assert_eq!(provider.count_of_platform(&platform.id, kind).await, count);
    }
}
