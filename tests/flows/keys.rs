//! The provider's own keys: published, followed by successors, kept over a restart.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::jwt::{part, verified};
use e2e::story::Scene;
use e2e::{Browser, Platform, PlatformOrder, Provider, scratch};
use idp::serve::KEY_WATCH;
use idp::signing::{Keeper, MasterKey, ensure_keys, replace_all, reseal, rotate_now, withdraw};
use idp_core::audit::AuditKind;
use idp_core::directory::Act;
use idp_core::id::KeyId;
use idp_core::platform::SubjectType;
use serde_json::Value;

/// Who tries an emergency.
const DRILL: Act<'_> = Act {
    operator_id: None,
    by: "Wang Wu",
    reason: Some("drill"),
};

async fn jwks(provider: &Provider) -> Value {
    Browser::new(provider).open("/oauth2/jwks").await.json()
}

fn kids(jwks: &Value) -> BTreeSet<String> {
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn published_keys_are_public_and_each_has_its_own_kid() {
    let jwks = jwks(Provider::shared()).await;
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(kids(&jwks).len(), keys.len());
    let algorithms: Vec<_> = keys
        .iter()
        .map(|key| key["alg"].as_str().unwrap())
        .collect();
    assert!(
        ["ES256", "PS256", "RS256"]
            .iter()
            .all(|alg| algorithms.contains(alg)),
        "{algorithms:?}"
    );
    for key in keys {
        assert_eq!(key["use"], "sig");
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private} is published");
        }
    }
}

#[tokio::test]
async fn a_successor_is_published_before_it_signs_and_old_tokens_still_verify() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let first = scene.receive().await;
    let kid = |token: &str| part(token, 0)["kid"].as_str().unwrap().to_owned();

    let state = &provider.state;
    let keeper = Keeper::load(&state.config).unwrap();
    let signs_from = state.cx().now + Duration::from_secs(5);
    rotate_now(&state.database, &keeper, &state.cx(), signs_from, "drill")
        .await
        .unwrap();
    ensure_keys(&state.database, |_| Ok(keeper), &state.keys, &state.cx())
        .await
        .unwrap();
    assert_eq!(kids(&jwks(&provider).await).len(), 6);
    let second = scene.receive().await;
    assert_eq!(
        kid(second.id()),
        kid(first.id()),
        "the successor signs before its time"
    );

    tokio::time::sleep(Duration::from_millis(5100)).await;
    let third = scene.receive().await;
    assert_ne!(
        kid(third.id()),
        kid(first.id()),
        "the successor does not sign"
    );
    let jwks = jwks(&provider).await;
    assert!(kids(&jwks).contains(&kid(third.id())));
    for tokens in [&first, &second, &third] {
        let audience = &scene.platform.id;
        assert!(verified(tokens.id(), &jwks, &provider.issuer, audience).is_some());
        assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    }
}

#[tokio::test]
async fn keys_and_enterprises_survive_a_restart() {
    let folder = scratch::folder("restarted");
    let before = Provider::start(|config| config.state_dir.clone_from(&folder));
    let scene = Scene::at(&before).await;
    let published = kids(&jwks(&before).await);
    drop(before);
    let after = Provider::start(|config| config.state_dir.clone_from(&folder));
    assert_eq!(kids(&jwks(&after).await), published);
    Browser::new(&after).sign_in(&scene.lock).await;
}

#[tokio::test]
async fn processes_that_start_at_once_over_one_store_have_the_same_keys() {
    for _ in 0..3 {
        let folder = scratch::folder("twins");
        let start = |folder: std::path::PathBuf| {
            std::thread::spawn(move || Provider::start(|config| config.state_dir = folder))
        };
        // The file of the master key is made before: it is the operator's part with two processes.
        MasterKey::load_or_make(&idp::config::Config::embedded(
            "http://127.0.0.1:1",
            &folder,
        ))
        .unwrap();
        let twins = [start(folder.clone()), start(folder)].map(|t| t.join().unwrap());
        let [one, other] = [kids(&jwks(&twins[0]).await), kids(&jwks(&twins[1]).await)];
        assert_eq!(one, other);
        assert_eq!(one.len(), 3);
    }
}

#[tokio::test]
async fn what_a_withdrawn_key_signed_is_refused_on_running_servers_and_its_successor_signs() {
    let folder = scratch::folder("withdrawn");
    let provider = Provider::start(|config| config.state_dir.clone_from(&folder));
    let mut scene = Scene::at(&provider).await;
    let before = scene.receive().await;
    let stolen = part(before.access(), 0)["kid"].as_str().unwrap().to_owned();
    assert_eq!(scene.platform.userinfo(before.access()).await.status, 200);

    // As `idp keys withdraw` does it: from outside, over the same store.
    let state = &provider.state;
    let keeper = Keeper::load(&state.config).unwrap();
    let schedule = state.config.key_schedule();
    let id = KeyId::from_text(&stolen);
    let keys = (&keeper, &schedule);
    let act = Act {
        operator_id: None,
        by: "Wang Wu",
        reason: Some("laptop\nstolen"),
    };
    let withdrawn = withdraw(&state.database, keys, &state.cx(), &id, act)
        .await
        .unwrap();
    let (successor, _) = withdrawn.successor.unwrap();
    let again = withdraw(&state.database, keys, &state.cx(), &id, act).await;
    assert!(again.is_err(), "withdrawn twice");

    tokio::time::sleep(KEY_WATCH + Duration::from_secs(1)).await;
    let published = kids(&jwks(&provider).await);
    assert!(!published.contains(&stolen), "{published:?}");
    assert!(published.contains(successor.as_str()), "{published:?}");
    let refused = scene.platform.userinfo(before.access()).await;
    assert_eq!(refused.status, 401, "{}", refused.summary());

    let after = scene.receive().await;
    assert_eq!(part(after.access(), 0)["kid"], successor.as_str());
    assert_eq!(scene.platform.userinfo(after.access()).await.status, 200);
    let trail = provider.audit().await;
    let event = trail
        .iter()
        .map(|entry| &entry.event)
        .find(|event| event.kind == AuditKind::SigningKeyWithdrawn)
        .unwrap();
    assert_eq!(event.reason.as_deref(), Some("laptop stolen"));
    let detail = event.detail.as_deref().unwrap();
    assert!(detail.starts_with("by Wang Wu: ") && detail.contains(&stolen));
}

#[tokio::test]
async fn in_an_emergency_running_servers_sign_with_new_keys_alone_within_a_second_or_two() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let before = scene.receive().await;
    let state = &provider.state;
    let keeper = Keeper::load(&state.config).unwrap();
    let old = kids(&jwks(&provider).await);
    let replaced = replace_all(&state.database, &keeper, &state.cx(), DRILL).await;
    let replaced = replaced.unwrap();
    assert_eq!(
        (replaced.withdrawn.len(), replaced.made.len()),
        (old.len(), 3)
    );

    tokio::time::sleep(KEY_WATCH + Duration::from_secs(1)).await;
    let new = kids(&jwks(&provider).await);
    assert!(new.is_disjoint(&old), "{new:?} {old:?}");
    assert_eq!(new.len(), 3);
    assert_eq!(scene.platform.userinfo(before.access()).await.status, 401);
    let hint = scene.platform.ask().with("id_token_hint", before.id());
    let refused = scene.browser.open(&hint.path()).await;
    assert_eq!(
        refused.parameter("error").as_deref(),
        Some("invalid_request")
    );
    let after = scene.receive().await;
    assert_eq!(scene.platform.userinfo(after.access()).await.status, 200);
    let trail = provider.audit().await;
    let withdrawn = trail
        .iter()
        .filter(|entry| entry.event.kind == AuditKind::SigningKeyWithdrawn);
    assert_eq!(withdrawn.count(), old.len());
}

#[tokio::test]
async fn a_running_server_goes_on_under_another_master_key_and_nobody_becomes_a_stranger() {
    let provider = Provider::start(|_| ());
    let mut scene = Scene::at(&provider).await;
    let mut order = PlatformOrder::default();
    order.tokens.subject_type = SubjectType::Pairwise {
        sector: "sealed.example".to_owned(),
    };
    scene.platform = Platform::order(&provider, order).await;
    let before = scene.receive().await;
    let published = kids(&jwks(&provider).await);
    let state = &provider.state;
    let old = MasterKey::load(&state.config).unwrap();
    let text = STANDARD.encode([9; 32]);
    let new = MasterKey::from_text(&text).unwrap();
    // Three signing keys, the key of pairwise subjects, the key of the audit log.
    assert_eq!(reseal(&state.database, (&old, &new)).await.unwrap(), 5);
    // Between sealing and putting the new one in place nothing stops.
    tokio::time::sleep(KEY_WATCH + Duration::from_millis(300)).await;
    assert_eq!(scene.platform.userinfo(before.access()).await.status, 200);
    std::fs::write(provider.folder.join("master.key"), text).unwrap();
    tokio::time::sleep(KEY_WATCH + Duration::from_millis(300)).await;
    let after = scene.receive().await;
    assert_eq!(part(after.id(), 1)["sub"], part(before.id(), 1)["sub"]);
    assert_eq!(kids(&jwks(&provider).await), published);

    let folder = provider.folder.clone();
    drop(provider);
    let restarted = Provider::start(|config| config.state_dir = folder);
    let mut browser = Browser::new(&restarted);
    browser.sign_in(&scene.lock).await;
    let platform = Platform {
        issuer: restarted.issuer.clone(),
        base: restarted.base.clone(),
        ..scene.platform
    };
    let again = platform.receive(&mut browser, &scene.lock).await;
    assert_eq!(part(again.id(), 1)["sub"], part(before.id(), 1)["sub"]);
    assert_eq!(kids(&jwks(&restarted).await), published);
}
