//! What operators change of platforms, by another process: running servers take it over within a second.

use std::time::Duration;

use e2e::story::Scene;
use e2e::{Platform, Provider};
use idp_core::directory::{Act, DirectoryError, activate, rotate_secret, suspend};
use idp_core::id::PlatformId;
use idp_storage::{Database, DatabaseSettings};

const OPERATOR: Act<'static> = Act {
    operator_id: None,
    by: "值班员",
    reason: Some("测试"),
};

/// Longer than a platform that was read is remembered.
const TAKEN_OVER: Duration = Duration::from_millis(1100);

/// The database as the command line opens it.
fn from_elsewhere(provider: &Provider) -> Database {
    let url = format!("sqlite://{}", provider.folder.join("idp.db").display());
    Database::open(&DatabaseSettings::new(url)).unwrap()
}

async fn rotate(provider: &Provider, id: &str, overlap: Duration) -> String {
    let (cx, id) = (provider.state.cx(), PlatformId::from_text(id));
    let secret = from_elsewhere(provider)
        .write(move |store| rotate_secret(store, &cx, &id, (overlap, OPERATOR)))
        .await
        .unwrap();
    tokio::time::sleep(TAKEN_OVER).await;
    secret
}

/// Whether a secret is taken: the code is none, so nothing is spent.
async fn is_taken(platform: &Platform, secret: &str) -> bool {
    let mut request = platform.redeem("no code", &platform.ask());
    request.basic = Some((platform.id.clone(), secret.to_owned()));
    match request.send().await.error().as_str() {
        "invalid_grant" => true,
        "invalid_client" => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn two_secrets_are_taken_while_they_overlap_and_one_after_that() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let first = platform.secret.clone();
    let second = rotate(provider, &platform.id, Duration::from_secs(4)).await;
    assert!(is_taken(&platform, &first).await && is_taken(&platform, &second).await);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!is_taken(&platform, &first).await, "it is over");
    assert!(is_taken(&platform, &second).await);
    let third = rotate(provider, &platform.id, Duration::from_hours(1)).await;
    let fourth = rotate(provider, &platform.id, Duration::from_hours(1)).await;
    assert!(
        !is_taken(&platform, &second).await,
        "a third one ends at once"
    );
    assert!(is_taken(&platform, &third).await && is_taken(&platform, &fourth).await);
    let last = rotate(provider, &platform.id, Duration::ZERO).await;
    assert!(!is_taken(&platform, &third).await && !is_taken(&platform, &fourth).await);
    assert!(is_taken(&platform, &last).await);
}

#[tokio::test]
async fn a_suspended_platform_s_tokens_are_dead_and_stay_so() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    let id = PlatformId::from_text(&scene.platform.id);
    let database = from_elsewhere(provider);
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let (cx, stopped) = (provider.state.cx(), id.clone());
    let done = database.write(move |store| suspend(store, &cx, &stopped, OPERATOR));
    done.await.unwrap();
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let (cx, again) = (provider.state.cx(), id.clone());
    let refused = database.write(move |store| suspend(store, &cx, &again, OPERATOR));
    assert!(matches!(refused.await, Err(DirectoryError::Refused(_))));
    let cx = provider.state.cx();
    let done = database.write(move |store| activate(store, &cx, &id, (OPERATOR, None)));
    done.await.unwrap();
    tokio::time::sleep(TAKEN_OVER).await;
    assert_eq!(
        scene.platform.userinfo(tokens.access()).await.status,
        401,
        "what ended stays so"
    );
    scene.receive().await;
    let events = provider.audit_of_platform(&scene.platform.id).await;
    let by = events.iter().filter(|event| {
        event
            .detail
            .as_deref()
            .is_some_and(|d| d.starts_with("by 值班员"))
    });
    assert_eq!(by.count(), 2);
}

#[tokio::test]
async fn a_code_from_before_a_suspension_is_worth_nothing_during_it_and_after_it() {
    let provider = Provider::shared();
    for is_activated in [false, true] {
        let mut scene = Scene::at(provider).await;
        let (code, asking) = scene.platform.code(&mut scene.browser, &scene.lock).await;
        let id = PlatformId::from_text(&scene.platform.id);
        let database = from_elsewhere(provider);
        let (cx, stopped) = (provider.state.cx(), id.clone());
        let done = database.write(move |store| suspend(store, &cx, &stopped, OPERATOR));
        done.await.unwrap();
        if is_activated {
            let cx = provider.state.cx();
            let done = database.write(move |store| activate(store, &cx, &id, (OPERATOR, None)));
            done.await.unwrap();
        }
        // The server remembers the platform as it was a moment ago: that does not count. A second later it knows.
        let answer = scene.platform.redeem(&code, &asking).send().await;
        let is_expected = match answer.error().as_str() {
            "invalid_grant" => true,
            "unauthorized_client" => !is_activated,
            _ => false,
        };
        assert!(answer.status == 400 && is_expected, "{}", answer.summary());
        if is_activated {
            tokio::time::sleep(TAKEN_OVER).await;
            scene.receive().await;
        }
    }
}
