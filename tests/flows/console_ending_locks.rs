//! Locks that end soon: from the dashboard's figures to the list, page by page, and over the admin API.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::operator::Worker;
use e2e::story::Scene;
use e2e::{KeyKind, Order, Provider, world};
use idp_core::id::KeyLockId;
use idp_core::key_lock::{KeyLock, Thumbprint};
use idp_core::operator::Role;
use idp_core::store::StoreError;
use protocol::claims::LockRole;

const DAY: i64 = 86_400;

/// Three enterprises whose locks end in three days, in twenty and in more than a year.
async fn three(provider: &Provider) -> [Scene; 3] {
    let scene = async |days: i64| {
        let order = Order::enterprise(KeyKind::P256).valid(-DAY, days * DAY + 3_600);
        Scene::with(provider, world().p256.lock(&order)).await
    };
    [scene(3).await, scene(20).await, scene(400).await]
}

#[tokio::test]
async fn the_dashboards_figures_lead_to_the_locks_that_they_count() {
    let provider = Provider::start(|config| config.api.enabled = true);
    let [soon, later, far] = three(&provider).await;
    let names = [&soon, &later, &far].map(|scene| scene.lock.holder.clone());
    for role in [Role::Support, Role::Auditor] {
        let mut worker = Worker::on_duty(&provider, &[role]).await;
        let dashboard = worker.browser.open("/console").await;
        for (figure, count) in [("week", 1), ("month", 2)] {
            let link = format!("#figure-locks-ending-{figure}");
            let href = dashboard.attribute(&link, "href").unwrap();
            let page = worker.browser.open(&href).await;
            assert_eq!(page.status, 200, "{}", page.summary());
            let rows = page.attributes("#ending-locks tbody tr", "id");
            assert_eq!(rows.len(), count, "{figure}");
            let listed = page.text("#ending-locks").unwrap();
            assert!(listed.contains(&names[0]) && !listed.contains(&names[2]));
            assert_eq!(listed.contains(&names[1]), count == 2);
        }
        let page = worker.browser.open("/console/key-locks?lang=en").await;
        let stored = provider.stored_lock(&soon.lock).await.unwrap();
        let row = page.text(&format!("[id='lock-{}']", stored.id)).unwrap();
        let code = soon.lock.credit_code();
        for known in [&stored.key_number, &stored.ca_name, &code, "3 d left"] {
            assert!(row.contains(known), "{known} is missing in {row}");
        }
        let first = page.text("#ending-locks tbody tr td a").unwrap();
        assert_eq!(first, names[0], "the one that ends first first");
        assert_eq!(
            page.attribute("#days-30", "aria-current").as_deref(),
            Some("true")
        );
    }
    let worker = Worker::new(&provider, &[Role::Support]).await;
    let program = worker.program(&provider).await;
    let all = program.read("/key-locks?ending_within_days=30").await;
    let codes: Vec<_> = all["items"].as_array().unwrap().iter().collect();
    assert_eq!(codes.len(), 2);
    assert_eq!(codes[0]["credit_code"], soon.lock.credit_code());
    assert_eq!(codes[0]["name"], names[0]);
    assert_eq!(codes[0]["days_left"], 3);
    let one = program
        .read("/key-locks?ending_within_days=30&size=1")
        .await;
    let next = one["next"].as_str().unwrap();
    let rest = program
        .read(&format!(
            "/key-locks?ending_within_days=30&size=1&page={next}"
        ))
        .await;
    assert_eq!(rest["items"][0]["credit_code"], later.lock.credit_code());
    assert!(rest["next"].is_null());
    for bad in [
        "",
        "?ending_within_days=0",
        "?ending_within_days=x",
        "?days=3",
    ] {
        let answer = program.get(&format!("/key-locks{bad}")).await;
        assert_eq!(answer.status, 400, "{bad}");
    }
}

/// More locks of the same enterprise, past their binding; each ends a minute after the one before.
async fn write_many(provider: &Provider, like: &KeyLock, count: u16) {
    let cx = provider.state.cx();
    let many: Vec<_> = (0..count)
        .map(|number| {
            let mut thumbprint = like.thumbprint.0;
            thumbprint[..2].copy_from_slice(&number.to_be_bytes());
            KeyLock {
                id: KeyLockId::generate(&*cx.rng, cx.now),
                role: LockRole::Secondary,
                thumbprint: Thumbprint(thumbprint),
                key_number: format!("MANY-{number}"),
                media_number: None,
                not_after: like.not_after + Duration::from_mins(1) * u32::from(number),
                ..like.clone()
            }
        })
        .collect();
    let written = provider.state.database.write(move |store| {
        for one in &many {
            assert!(store.insert_key_lock(one)?);
        }
        Ok::<_, StoreError>(())
    });
    written.await.unwrap();
}

#[tokio::test]
async fn many_locks_that_end_are_walked_there_and_back() {
    let provider = Provider::start(|_| ());
    let [soon, ..] = three(&provider).await;
    let stored = provider.stored_lock(&soon.lock).await.unwrap();
    write_many(&provider, &stored, 120).await;
    let mut support = Worker::on_duty(&provider, &[Role::Support]).await;
    let first = support.browser.open("/console/key-locks?days=7").await;
    let rows = |page: &e2e::Answer| page.attributes("#ending-locks tbody tr", "id");
    assert!(!first.has("#page-back"));
    let (mut page, mut seen, mut pages) = (first.clone(), rows(&first), 1);
    while let Some(on) = page.attribute("#page-on", "href") {
        page = support.browser.open(&on).await;
        seen.extend(rows(&page));
        pages += 1;
    }
    assert_eq!((pages, seen.len()), (3, 121));
    let known: BTreeSet<_> = seen.iter().collect();
    assert_eq!(known.len(), 121, "a lock came twice");
    for _ in 0..2 {
        let back = page.attribute("#page-back", "href").unwrap();
        page = support.browser.open(&back).await;
    }
    assert_eq!(rows(&page), rows(&first));
}
