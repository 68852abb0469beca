//! Signing keys inside a PKCS #11 token: made there, moved there and back, gone with it and back with it.

use std::time::Duration;

use e2e::jwt::{part, verified, verified_with};
use e2e::softhsm::{LABEL, Tokens};
use e2e::story::{Scene, Tokens as Received};
use e2e::{Browser, Platform, PlatformOrder, Provider};
use idp::serve::{HSM_WATCH, KEY_WATCH};
use idp::signing::{Keeper, MasterKey, destroy_spent, ensure_keys, replace_all, rotate_now};
use idp_core::audit::AuditKind;
use idp_core::cx::Cx;
use idp_core::directory::Act;
use idp_core::platform::JwsAlgorithm;
use idp_core::signer::Signer;
use idp_core::signing_key::{Kept, SigningKey};
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

async fn stored(provider: &Provider) -> Vec<SigningKey> {
    let keys = provider
        .state
        .database
        .read(|store| store.list_signing_keys());
    keys.await.unwrap()
}

fn is_inside(key: &SigningKey) -> bool {
    key.kept == Kept::Inside(LABEL.to_owned())
}

/// Where the private half of the key is that signed this.
async fn kept(provider: &Provider, token: &str) -> Kept {
    let kid = part(token, 0)["kid"].as_str().unwrap().to_owned();
    let mut keys = stored(provider).await.into_iter();
    keys.find(|key| key.id.as_str() == kid).unwrap().kept
}

fn keeper(provider: &Provider) -> Keeper {
    let (state, master) = (&provider.state, MasterKey::load(&provider.state.config));
    Keeper::new(&state.config, master.unwrap(), state.keys.hsm().cloned())
}

/// Successors that sign at once.
async fn rotated(provider: &Provider) {
    let (state, keeper) = (&provider.state, keeper(provider));
    let cx = state.cx();
    let made = rotate_now(&state.database, &keeper, &cx, cx.now, "drill").await;
    assert_eq!(made.unwrap().len(), 3);
    ensure_keys(&state.database, |_| Ok(keeper), &state.keys, &cx)
        .await
        .unwrap();
}

async fn assert_verifies(provider: &Provider, scene: &Scene, tokens: &Received) {
    let jwks = jwks(provider).await;
    let audience = &scene.platform.id;
    assert!(verified(tokens.id(), &jwks, &provider.issuer, audience).is_some());
    let answer = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
}

#[tokio::test]
async fn keys_made_inside_sign_for_platforms_of_every_algorithm() {
    let test = "flows::pkcs11::keys_made_inside_sign_for_platforms_of_every_algorithm";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| tokens.keep_inside(config));
    assert!(stored(&provider).await.iter().all(is_inside));
    assert_eq!(tokens.private_keys().len(), 3);
    let mut scene = Scene::at(&provider).await;
    for algorithm in JwsAlgorithm::STANDARD {
        let mut order = PlatformOrder {
            id_token_alg: algorithm,
            ..PlatformOrder::default()
        };
        order.tokens.userinfo_alg = Some(algorithm);
        scene.platform = Platform::order(&provider, order).await;
        let received = scene.receive().await;
        assert_eq!(part(received.id(), 0)["alg"], algorithm.as_str());
        assert_verifies(&provider, &scene, &received).await;
        let told = scene.platform.userinfo(received.access()).await.body;
        let between = (provider.issuer.as_str(), scene.platform.id.as_str());
        let jwks = jwks(&provider).await;
        assert!(verified_with(&told, &jwks, between, &["aud", "iss", "sub"]).is_some());
    }
    // Side by side: more at once than there are sessions.
    let keys = &provider.state.keys;
    let began = std::time::Instant::now();
    let all = (0..200).map(|n| {
        let keys = std::sync::Arc::clone(keys);
        tokio::spawn(async move {
            let claims = format!("{{\"n\":{n}}}");
            let sign = move |signer: &dyn Signer| {
                signer.sign(JwsAlgorithm::Es256, "JWT", claims.as_bytes())
            };
            idp::signing::signing(&keys, sign).await.unwrap().unwrap()
        })
    });
    for signed in all.collect::<Vec<_>>() {
        assert!(!signed.await.unwrap().is_empty());
    }
    println!("200 ES256 signatures inside in {:?}", began.elapsed());
    // The same keys after a restart.
    let (before, folder) = (jwks(&provider).await, provider.folder.clone());
    drop(provider);
    let again = Provider::start(|config| {
        config.state_dir = folder;
        tokens.keep_inside(config);
    });
    assert_eq!(jwks(&again).await, before);
    Scene::at(&again).await.receive().await;
}

#[tokio::test]
async fn keys_move_from_the_database_into_the_token_and_back() {
    let test = "flows::pkcs11::keys_move_from_the_database_into_the_token_and_back";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| tokens.configure(config));
    let (folder, issuer) = (provider.folder.clone(), provider.issuer.clone());
    let mut scene = Scene::at(&provider).await;
    let first = scene.receive().await;
    assert!(matches!(kept(&provider, first.id()).await, Kept::Sealed(_)));
    drop(provider);

    // The issuer stays: what it signed before is to be known.
    let restart = |inside: bool| {
        Provider::start(|config| {
            config.state_dir.clone_from(&folder);
            config.issuer.clone_from(&issuer);
            tokens.configure(config);
            if inside {
                tokens.keep_inside(config);
            }
        })
    };
    let provider = restart(true);
    let mut scene = Scene {
        platform: Platform {
            base: provider.base.clone(),
            ..scene.platform
        },
        browser: Browser::before(&[&provider]),
        lock: scene.lock,
    };
    scene.browser.sign_in(&scene.lock).await;
    let still = scene.receive().await;
    assert!(matches!(kept(&provider, still.id()).await, Kept::Sealed(_)));
    rotated(&provider).await;
    let second = scene.receive().await;
    assert!(kept(&provider, second.id()).await == Kept::Inside(LABEL.to_owned()));
    assert_verifies(&provider, &scene, &first).await;
    assert_verifies(&provider, &scene, &second).await;
    drop(provider);

    let provider = restart(false);
    scene.platform.base.clone_from(&provider.base);
    scene.browser = Browser::before(&[&provider]);
    scene.browser.sign_in(&scene.lock).await;
    rotated(&provider).await;
    let third = scene.receive().await;
    assert!(matches!(kept(&provider, third.id()).await, Kept::Sealed(_)));
    // What is inside goes once nobody signs with it, and what it signed verifies all the same.
    let state = &provider.state;
    let later = Cx {
        now: state.cx().now + Duration::from_mins(2),
        ..state.cx()
    };
    let hsm = state.keys.hsm().unwrap();
    let gone = destroy_spent(&state.database, hsm, &later).await.unwrap();
    assert_eq!((gone.len(), tokens.private_keys().len()), (3, 0));
    tokio::time::sleep(KEY_WATCH + Duration::from_millis(500)).await;
    for received in [&first, &second, &third] {
        assert_verifies(&provider, &scene, received).await;
    }
    let destroyed = provider.audit().await;
    let destroyed = destroyed
        .iter()
        .filter(|entry| entry.event.kind == AuditKind::SigningKeyDestroyed);
    assert_eq!(destroyed.count(), 3);
}

#[tokio::test]
async fn while_the_token_is_away_nothing_is_signed_and_when_it_is_back_all_goes_on() {
    let test =
        "flows::pkcs11::while_the_token_is_away_nothing_is_signed_and_when_it_is_back_all_goes_on";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| tokens.keep_inside(config));
    let mut scene = Scene::at(&provider).await;
    let before = scene.receive().await;
    let ready = async || Browser::new(&provider).open("/readyz").await;
    assert_eq!(ready().await.status, 200);
    let (code, asking) = scene.code().await;
    tokens.take_away();
    tokio::time::sleep(HSM_WATCH + Duration::from_millis(500)).await;
    let answer = ready().await;
    assert_eq!(answer.status, 503, "{}", answer.summary());
    assert_eq!(answer.json()["signing_keys"], "down");
    let refused = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(refused.status, 503, "{}", refused.summary());
    assert!(refused.json().get("access_token").is_none());
    // What was signed before is as good as before.
    assert_eq!(scene.platform.userinfo(before.access()).await.status, 200);

    tokens.put_back();
    tokio::time::sleep(HSM_WATCH + HSM_WATCH + Duration::from_millis(500)).await;
    let answer = ready().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    // The code was not spent for nothing.
    let taken = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(taken.status, 200, "{}", taken.summary());
    let after = scene.receive().await;
    assert_eq!(part(after.id(), 0)["kid"], part(before.id(), 0)["kid"]);
}

#[tokio::test]
async fn two_processes_sign_with_what_either_made() {
    let test = "flows::pkcs11::two_processes_sign_with_what_either_made";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let is_second = tokens.role() == "second";
    let provider = Provider::start(|config| {
        config.state_dir = tokens.shared();
        tokens.keep_inside(config);
        if is_second {
            // Those of the first one's tests are not this one's.
            config.certificate_authorities.clear();
        }
    });
    let kid = |token: &str| part(token, 0)["kid"].clone();
    if is_second {
        // Its keys are those that the first one made; and it makes the next.
        assert_eq!(tokens.private_keys().len(), 3);
        let sign = || {
            let keys = &*provider.state.keys;
            Signer::sign(keys, JwsAlgorithm::Es256, "JWT", b"{}").unwrap()
        };
        let first = kid(&sign());
        rotated(&provider).await;
        assert_ne!(kid(&sign()), first);
        return;
    }
    let mut scene = Scene::at(&provider).await;
    let before = scene.receive().await;
    tokens.again(test, "second");
    tokio::time::sleep(KEY_WATCH + Duration::from_millis(500)).await;
    assert_eq!(tokens.private_keys().len(), 6);
    let after = scene.receive().await;
    assert_ne!(kid(before.id()), kid(after.id()));
    assert_verifies(&provider, &scene, &after).await;
    assert_verifies(&provider, &scene, &before).await;
}

#[tokio::test]
async fn in_an_emergency_what_is_inside_is_destroyed() {
    let test = "flows::pkcs11::in_an_emergency_what_is_inside_is_destroyed";
    let Some(tokens) = Tokens::alone(test) else {
        return;
    };
    let provider = Provider::start(|config| tokens.keep_inside(config));
    let mut scene = Scene::at(&provider).await;
    let before = scene.receive().await;
    let old = tokens.private_keys();
    let (state, keeper) = (&provider.state, keeper(&provider));
    let replaced = replace_all(&state.database, &keeper, &state.cx(), DRILL).await;
    let replaced = replaced.unwrap();
    assert_eq!((replaced.withdrawn.len(), replaced.made.len()), (3, 3));
    // The running server does it.
    tokio::time::sleep(HSM_WATCH + KEY_WATCH + Duration::from_millis(500)).await;
    let new = tokens.private_keys();
    assert_eq!(new.len(), 3);
    assert!(old.iter().all(|key| !new.contains(key)), "{old:?} {new:?}");
    assert_eq!(scene.platform.userinfo(before.access()).await.status, 401);
    let after = scene.receive().await;
    assert_verifies(&provider, &scene, &after).await;
    let destroyed = Kept::Destroyed(LABEL.to_owned());
    let keys = stored(&provider).await;
    assert_eq!(keys.iter().filter(|key| key.kept == destroyed).count(), 3);
}
