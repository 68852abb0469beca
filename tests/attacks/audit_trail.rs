//! The audit trail: appended only, in order, and without secrets.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use e2e::Provider;
use e2e::story::Scene;

#[tokio::test]
async fn not_even_by_sql_is_a_line_altered_or_deleted() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    scene.receive().await;
    let before = provider.audit().await;
    let file = provider.folder.join("idp.db");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let attacks = [
        "UPDATE audit SET reason = 'nothing happened'",
        "UPDATE audit SET sequence = sequence + 100",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE sequence = 1",
        "INSERT OR REPLACE INTO audit (sequence, at, kind) VALUES (1, 0, 'logout')",
        "UPDATE consent_records SET outcome = 'granted'",
        "DELETE FROM consent_records",
    ];
    for attack in attacks {
        assert!(connection.batch_execute(attack).is_err(), "{attack}");
    }
    assert_eq!(provider.audit().await, before);
}

#[tokio::test]
async fn numbers_grow_by_one_and_time_does_not_run_back() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    for _ in 0..3 {
        scene.receive().await;
    }
    let trail = provider.audit().await;
    assert!(trail.len() > 10);
    for pair in trail.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1);
        assert!(pair[1].event.at >= pair[0].event.at);
    }
}

#[tokio::test]
async fn no_line_holds_a_secret() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    scene
        .platform
        .redeem(&tokens.code, &tokens.asking)
        .send()
        .await;
    let mut wrong = scene.platform.redeem("guessed-code", &tokens.asking);
    wrong.basic = Some((scene.platform.id.clone(), "guessed-secret".to_owned()));
    wrong.send().await;
    let trail = format!("{:?}", provider.audit().await);
    let secrets = [
        scene.platform.secret.as_str(),
        scene.browser.session().unwrap(),
        tokens.access(),
        tokens.id(),
        &tokens.code,
        &tokens.asking.verifier,
        &tokens.asking.state,
        "guessed-secret",
        "guessed-code",
    ];
    for secret in secrets {
        assert!(!trail.contains(secret), "{secret} is in the trail");
    }
}
