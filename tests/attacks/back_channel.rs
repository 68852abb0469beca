//! Where platforms are told: an address that points inward is not reached, and one that hangs holds nobody up.

use std::time::{Duration, Instant};

use e2e::listener::Listener;
use e2e::story::Scene;
use e2e::{Platform, Provider};
use idp_core::id::PlatformId;
use idp_core::logout_delivery::DeliveryStage;

use crate::flows::back_channel::{entered, provider};

/// Why the first attempt told nobody.
async fn why(provider: &Provider, platform: &str) -> String {
    let id = PlatformId::from_text(platform);
    for _ in 0..100 {
        let database = &provider.state.database;
        let waiting =
            database.read(|store| store.list_logout_deliveries(DeliveryStage::Waiting, 1000));
        let mut waiting = waiting.await.unwrap();
        waiting.retain(|delivery| delivery.platform_id == id);
        if let Some(why) = waiting.pop().and_then(|delivery| delivery.why) {
            return why;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no attempt");
}

#[tokio::test]
async fn a_stored_address_that_points_inward_is_not_reached() {
    // Without the allowance of tests.
    let provider = Provider::shared();
    let listener = Listener::start();
    let port = url::Url::parse(&listener.publisher.url)
        .unwrap()
        .port()
        .unwrap();
    for uri in [
        listener.publisher.url.clone(),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://2130706433:{port}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let mut scene = Scene::at(provider).await;
        scene.platform = Platform::order(provider, listener.order()).await;
        // Registering it would be refused: it stands there all the same.
        let stored = Some(uri.clone());
        provider
            .change_platform(&scene.platform.id, |platform| {
                platform.client.as_mut().unwrap().logout.backchannel_uri = stored;
            })
            .await;
        let tokens = scene.receive().await;
        let begun = Instant::now();
        let page = scene.browser.sign_out().await;
        assert!(page.has("#signed-out-platforms"), "{uri}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{uri}");
        assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
        let why = why(provider, &scene.platform.id).await;
        let known = ["is within this machine", "is no http", "is no https"];
        assert!(
            known.iter().any(|words| why.contains(words)),
            "{uri}: {why}"
        );
    }
    assert_eq!(listener.publisher.asked(), 0);
}

#[tokio::test]
async fn a_platform_that_hangs_keeps_nobody_waiting_and_no_other_platform_untold() {
    let (hanging, well) = (Listener::start(), Listener::start());
    hanging.publisher.answer(Box::new(|_| None));
    // More of its people sign out at once than have a place.
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (scene, _) = entered(&hanging).await;
        let mut browser = scene.browser;
        running.spawn(async move {
            let begun = Instant::now();
            let page = browser.sign_out().await;
            assert!(page.has("#look-again"), "{}", page.summary());
            begun.elapsed()
        });
    }
    while let Some(took) = running.join_next().await {
        assert!(took.unwrap() < Duration::from_secs(5));
    }
    // Ended by somebody else, so it is told as it falls due, beside those that hang.
    let (scene, _) = entered(&well).await;
    let done = provider().operate(&scene.lock, |store, cx, code, reason| {
        idp_core::operate::freeze(store, cx, code, reason)
    });
    done.await.unwrap();
    well.wait_for(1).await;
}

#[tokio::test]
async fn an_answer_without_end_confirms_nothing_and_takes_no_room() {
    let listener = Listener::start();
    let (mut scene, _) = entered(&listener).await;
    listener.publisher.answer(Box::new(|_| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n";
        Some(head.as_bytes().to_vec())
    }));
    scene.browser.sign_out().await;
    let why = why(provider(), &scene.platform.id).await;
    assert!(why.contains("larger than"), "{why}");
}
