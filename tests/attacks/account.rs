//! The account pages against strangers, other enterprises, secondary locks and old signatures.

use e2e::account::{lock_of_same, order_of_same};
use e2e::browser::set;
use e2e::proof::Challenge;
use e2e::story::{Scene, new_lock};
use e2e::{Browser, Provider, world};
use idp_core::account::{
    AccountRefusal, Information, InformationForm, ToEnd, change_information, end_sessions,
    revoke_consent,
};
use idp_core::audit::AuditKind;
use idp_core::cx::Caller;
use idp_core::id::{IncidentId, PlatformId};
use idp_core::key_lock::KeyLockState;
use idp_core::locks::{ChangeRefusal, remove};
use idp_core::operate;
use idp_core::presence::find_present;
use idp_core::session::Authentication;
use idp_core::store::StoreError;
use protocol::claims::LockRole;
use serde_json::json;

const POSTS: [&str; 10] = [
    "/account",
    "/account/language",
    "/account/locks",
    "/account/locks/language",
    "/account/locks/remove",
    "/account/locks/promote",
    "/account/consents/revoke",
    "/account/sessions/end",
    "/account/sessions/end-others",
    "/account/sessions/end-all",
];

#[tokio::test]
async fn a_post_from_elsewhere_or_without_the_token_changes_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let id = provider.lock_id(&second).await.to_string();
    let fields = [("lock", id.as_str()), ("phone", "13800000000")]
        .map(|(n, v)| (n.to_owned(), v.to_owned()));
    for path in POSTS {
        let mut forged = scene
            .browser
            .clone()
            .with_header("origin", "https://evil.example");
        let answer = forged.post(path, &fields).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "csrf"),
            "{path}"
        );
        let answer = scene.browser.clone().post(path, &fields).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "csrf"),
            "{path}: {}",
            answer.summary()
        );
        provider
            .expect_incident(&answer.incident(), AuditKind::RequestForged, "csrf-token")
            .await;
    }
    assert_eq!(
        provider.stored_lock(&second).await.unwrap().state,
        KeyLockState::Active
    );
}

#[tokio::test]
async fn another_enterprise_reaches_nothing_by_its_identifier() {
    let provider = Provider::shared();
    let mut victim = Scene::at(provider).await;
    let second = lock_of_same(&victim.lock);
    victim.browser.activate(&second).await;
    victim.receive().await;
    let lock = provider.lock_id(&second).await.to_string();
    let page = victim.browser.open("/account/sessions").await;
    let session = page.attribute("#sessions tbody tr", "id").unwrap();
    let session = session.strip_prefix("session-").unwrap();

    let mut attacker = Scene::at(provider).await.browser;
    for page in ["remove", "promote"] {
        let answer = attacker
            .open(&format!("/account/locks/{page}?lock={lock}"))
            .await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, "lock-unknown")
        );
        assert!(!answer.body.contains(&victim.lock.holder));
    }
    let platform = victim.platform.id.clone();
    let attempts = [
        (
            "/account/locks/remove",
            ("lock", lock.as_str()),
            "lock-unknown",
        ),
        ("/account/locks/promote", ("lock", &lock), "lock-unknown"),
        (
            "/account/consents/revoke",
            ("platform", &platform),
            "consent-not-in-force",
        ),
        (
            "/account/sessions/end",
            ("session", session),
            "session-unknown",
        ),
    ];
    for (path, field, refusal) in attempts {
        let answer = attacker.post_own(path, &[field]).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (404, refusal),
            "{path}"
        );
        let kind = match refusal {
            "lock-unknown" => AuditKind::LockChangeRefused,
            _ => AuditKind::AccountRefused,
        };
        provider
            .expect_incident(&answer.incident(), kind, refusal)
            .await;
    }
    let made_up = attacker
        .open(&format!("/account/locks?done=removed&lock={lock}"))
        .await;
    assert!(!made_up.has("#done"));
    let stored = provider.stored_lock(&second).await.unwrap();
    assert_eq!(
        (stored.state, stored.role),
        (KeyLockState::Active, LockRole::Secondary)
    );
    assert_eq!(victim.browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn a_secondary_locks_session_manages_no_lock_and_ends_no_other_locks_session() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let (second, third) = (lock_of_same(&scene.lock), lock_of_same(&scene.lock));
    scene.browser.activate(&second).await;
    scene.browser.activate(&third).await;
    let mut browser = Browser::new(provider);
    browser.sign_in(&second).await;
    let page = browser.open("/account/locks").await;
    assert!(page.has("#primary-only") && !page.has("#challenge-form"));

    // The challenge can be had all the same; the flow refuses.
    let refreshed = browser
        .post_json(&page, "/challenge", &json!({ "purpose": "activate-lock" }))
        .await;
    assert_eq!(refreshed.status, 200);
    let nonce = refreshed.json()["nonce"].as_str().unwrap().to_owned();
    let mut challenge = Challenge::of(&scene.browser.open("/account/locks").await);
    challenge.nonce.clone_from(&nonce);
    refreshed.json()["statement"]
        .as_str()
        .unwrap()
        .clone_into(&mut challenge.statement);
    let fourth = lock_of_same(&scene.lock);
    let proof = challenge.proof(&fourth);
    let answer = browser
        .post_own("/account/locks", &[("nonce", &nonce), ("proof", &proof)])
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "not-primary-lock")
    );
    assert!(provider.stored_lock(&fourth).await.is_none());

    let id = provider.lock_id(&third).await.to_string();
    for path in ["/account/locks/remove", "/account/locks/promote"] {
        let answer = browser.post_own(path, &[("lock", &id)]).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "not-primary-lock"),
            "{path}"
        );
    }
    let sessions = browser.open("/account/sessions").await;
    assert!(!sessions.has("#sessions form"));
    let rows = sessions.attributes("#sessions tbody tr", "id");
    let own = sessions.attribute("tr:has(#this-session)", "id").unwrap();
    let primary = rows.iter().find(|row| **row != own).unwrap();
    let primary = primary.strip_prefix("session-").unwrap();
    let answer = browser
        .post_own("/account/sessions/end", &[("session", primary)])
        .await;
    assert_eq!(answer.problem(), "session-unknown");
    browser.post_own("/account/sessions/end-others", &[]).await;
    assert_eq!(scene.browser.open("/certificate").await.status, 200);
}

#[tokio::test]
async fn a_signature_for_one_thing_is_none_for_another() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    let page = scene.browser.open("/account/locks").await;
    let proof = Challenge::of(&page).proof(&second);
    let answer = scene.browser.answer_challenge(&page, &proof, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.summary());
    // The same answer twice; and the activation's for a sign-in.
    let again = scene.browser.answer_challenge(&page, &proof, &[]).await;
    assert_eq!(again.problem(), "challenge-expired");
    let page = scene.browser.open("/account/locks").await;
    let challenge = Challenge::of(&page);
    let mut login = Browser::new(provider)
        .open("/login")
        .await
        .fields("#challenge-form");
    set(&mut login, "nonce", &challenge.nonce);
    set(&mut login, "proof", &challenge.proof(&second));
    let mut thief = Browser::new(provider);
    let own = thief.open("/login").await;
    set(&mut login, "csrf_token", &e2e::browser::csrf_token(&own));
    let answer = thief.post("/login", &login).await;
    assert_eq!(
        answer.problem(),
        "challenge-of-other-browser",
        "{}",
        answer.summary()
    );
    // A promotion's agreement speaks of one lock alone.
    let third = lock_of_same(&scene.lock);
    scene.browser.activate(&third).await;
    let (agreed, wanted) = (
        provider.lock_id(&second).await,
        provider.lock_id(&third).await,
    );
    let page = scene
        .browser
        .open(&format!("/account/locks/promote?lock={agreed}"))
        .await;
    let mut fields = page.fields("#challenge-form");
    set(
        &mut fields,
        "proof",
        &Challenge::of(&page).proof(&scene.lock),
    );
    set(&mut fields, "lock", wanted.as_str());
    let answer = scene.browser.post("/account/locks/promote", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "signature-invalid")
    );
    assert_eq!(
        provider.stored_lock(&third).await.unwrap().role,
        LockRole::Secondary
    );
}

#[tokio::test]
async fn a_lost_or_revoked_lock_is_not_activated_again() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let lost = lock_of_same(&scene.lock);
    scene.browser.activate(&lost).await;
    let stored = provider.stored_lock(&lost).await.unwrap();
    let id = stored.id.clone();
    provider
        .operate(&scene.lock, move |store, cx, code, order| {
            operate::remove_lock(store, cx, code, (&id, order))?;
            operate::lock_lost(store, cx, code, (&id, order))
        })
        .await
        .unwrap();
    let answer = scene.browser.try_activate(&lost).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "lock-ended-for-ever")
    );
    // Nor by another certificate of the same key.
    let order = order_of_same(&scene.lock).with_subject("serialNumber", &stored.key_number);
    let answer = scene.browser.try_activate(&world().p256.lock(&order)).await;
    assert_eq!(answer.problem(), "lock-ended-for-ever");
    assert_eq!(
        provider.stored_lock(&lost).await.unwrap().state,
        KeyLockState::Lost
    );
}

#[tokio::test]
async fn of_two_activations_at_once_one_stands_and_of_two_enterprises_one_has_the_lock() {
    let provider = Provider::shared();
    let mut one = Scene::at(provider).await;
    let second = lock_of_same(&one.lock);
    let mut same = Browser::new(provider);
    same.sign_in(&one.lock).await;
    let (a, b) = tokio::join!(
        one.browser.try_activate(&second),
        same.try_activate(&second)
    );
    let mut ends = [a.status, b.status];
    ends.sort_unstable();
    assert_eq!(ends, [303, 403], "{} / {}", a.summary(), b.summary());
    let trail = provider.audit().await;
    let id = provider.lock_id(&second).await;
    let activated = trail.iter().filter(|e| {
        e.event.kind == AuditKind::LockActivated && e.event.key_lock_id.as_ref() == Some(&id)
    });
    assert_eq!(activated.count(), 1);
}

#[tokio::test]
async fn an_enterprise_can_not_take_another_ones_lock_that_was_removed_there() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let taken = new_lock();
    let mut other = Browser::new(provider);
    other.bind(&taken).await;
    let id = provider.lock_id(&taken).await;
    provider
        .operate(&taken, move |store, cx, code, order| {
            operate::remove_lock(store, cx, code, (&id, order))
        })
        .await
        .unwrap();
    let answer = scene.browser.try_activate(&taken).await;
    assert_eq!(answer.problem(), "lock-bound-elsewhere");
}

/// The sign-in behind a browser that has just begun one, as a request read it.
async fn authentication(provider: &Provider, lock: &e2e::Lock) -> Authentication {
    let enterprise = provider.stored_lock(lock).await.unwrap().enterprise_id;
    let database = &provider.state.database;
    let sessions = database.read(move |store| store.list_sessions(&enterprise, 1));
    let session = sessions.await.unwrap().remove(0);
    Authentication {
        enterprise_id: session.enterprise_id,
        key_lock_id: session.key_lock_id,
        auth_time: session.begun_at,
        session_id: session.id,
    }
}

#[tokio::test]
async fn a_session_that_ended_while_its_request_was_under_way_changes_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let who = authentication(provider, &scene.lock).await;
    scene.browser.post_own("/logout", &[]).await;
    let (cx, platform) = (
        provider.state.cx(),
        PlatformId::from_text(scene.platform.id.clone()),
    );
    let incident = IncidentId::generate(&*cx.rng, cx.now);
    let caller = Caller {
        remote_address: None,
        incident_id: incident.clone(),
    };
    let form = InformationForm {
        phone: "0471-1234567".to_owned(),
        contact_email: String::new(),
        address: String::new(),
        subject_types: vec!["bidder".to_owned()],
    };
    let written = provider.state.database.write(move |store| {
        let information = Information::parse(&form).unwrap();
        Ok::<_, StoreError>((
            change_information(store, &cx, &caller, &who, (&information, 0))?,
            revoke_consent(store, &cx, &caller, &who, (&platform, "zh-CN"))?,
            end_sessions(store, &cx, &caller, (&who, &ToEnd::All))?,
        ))
    });
    let gone = AccountRefusal::NotPresent;
    assert_eq!(written.await.unwrap(), (Err(gone), Err(gone), Err(gone)));
    let kind = AuditKind::AccountRefused;
    provider
        .expect_incident(incident.as_str(), kind, gone.code())
        .await;
}

#[tokio::test]
async fn a_session_that_ended_while_its_request_was_under_way_manages_no_lock() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    let id = provider.lock_id(&second).await;
    let database = &provider.state.database;
    let now = provider.state.cx().now;
    let who = authentication(provider, &scene.lock).await;
    let present = database.read(move |store| find_present(store, &who, now));
    let present = present.await.unwrap().unwrap();
    scene.browser.post_own("/logout", &[]).await;
    let cx = provider.state.cx();
    let caller = Caller {
        remote_address: None,
        incident_id: IncidentId::generate(&*cx.rng, cx.now),
    };
    let removed = database.write(move |store| remove(store, &cx, &caller, &present, &id));
    assert_eq!(removed.await.unwrap(), Err(ChangeRefusal::NotPrimary));
    let stored = provider.stored_lock(&second).await.unwrap();
    assert_eq!(stored.state, KeyLockState::Active);
}
