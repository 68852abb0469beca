//! The CA registry while the provider runs: what an operator changes counts without a restart, and what lives by a lock
//! of a suspended CA ends. Several CAs of one name, cross-certificates, a CA that changes its key.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::authority::{Authority, DAY};
use e2e::story::{Scene, binding_form};
use e2e::{Browser, KeyKind, Lock, Order, Provider, scratch, world};
use idp::certificates::{entry_of, with_whole_paths};
use idp::config::{AuthorityConfig, RevocationConfig};
use idp_core::audit::AuditKind;
use idp_core::authorities::{self, RegistryRefusal};
use idp_core::certificate_authority::{
    CaAct, CaChange, CaState, CertificateAuthority, KeyAlgorithm,
};
use idp_core::cx::Cx;
use idp_core::hand::Hand;
use idp_core::id::CaId;
use idp_core::key_lock::KeyLockState;
use idp_core::store::Store;
use serde_json::json;

/// Longer than a running provider takes to see a change.
const PATIENCE: Duration = Duration::from_secs(8);

fn operator(reason: Option<&str>) -> Hand {
    Hand {
        operator_id: None,
        by: "操作员".to_owned(),
        reason: reason.map(str::to_owned),
    }
}

/// Changes the registry as the command line does: in a transaction of its own, the provider untouched.
async fn changed(
    provider: &Provider,
    change: impl FnOnce(&mut dyn Store, &Cx) -> Result<CertificateAuthority, RegistryRefusal>
    + Send
    + 'static,
) -> CertificateAuthority {
    let cx = provider.state.cx();
    let changed = provider.state.database.write(move |s| change(s, &cx)).await;
    let changed = changed.unwrap();
    follow(provider).await;
    changed
}

/// Waits until the provider judges by the registry as it is stored.
async fn follow(provider: &Provider) {
    let version = provider.state.database.read(|s| s.ca_registry_version());
    let version = version.await.unwrap();
    let end = tokio::time::Instant::now() + PATIENCE;
    while provider.state.verdicts.registry().version != version {
        assert!(tokio::time::Instant::now() < end, "the change is not seen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn suspend(provider: &Provider, id: &'static str) -> CertificateAuthority {
    changed(provider, move |store, cx| {
        let why = operator(Some("密钥疑似泄露"));
        authorities::suspend(store, cx, &why, &CaId::from_text(id))
    })
    .await
}

async fn activate(provider: &Provider, id: &'static str) -> CertificateAuthority {
    changed(provider, move |store, cx| {
        authorities::activate(store, cx, &operator(None), &CaId::from_text(id))
    })
    .await
}

fn list_of(ca: &Authority) -> PathBuf {
    let list = scratch::folder("crl-of-test").join("list.crl");
    ca.publish_list(&list, (-DAY, DAY));
    list
}

fn provider_with(entries: Vec<AuthorityConfig>) -> Provider {
    Provider::start(|config| config.certificate_authorities = entries)
}

fn p256(ca: &Authority) -> Lock {
    ca.lock(&Order::enterprise(KeyKind::P256))
}

/// What the portal says to a lock at login; `ok` when it is recognised (a lock that nobody bound is).
async fn verdict(provider: &Provider, lock: &Lock) -> String {
    let answer = Browser::new(provider).try_sign_in(lock).await;
    match answer.problem().as_str() {
        "" | "not-bound" => "ok".to_owned(),
        problem => problem.to_owned(),
    }
}

/// Whose lock the portal says that it is, at 读取证书.
async fn ca_name(provider: &Provider, lock: &Lock) -> String {
    let mut browser = Browser::new(provider);
    let page = browser.open("/bind").await;
    let body = json!({ "certificate": STANDARD.encode(lock.certificate.der()) });
    let read = browser.post_json(&page, "/bind/certificate", &body).await;
    let read = read.json();
    let name = read["ca_name"].as_str();
    name.unwrap_or_else(|| panic!("{read}")).to_owned()
}

#[tokio::test]
async fn suspending_a_ca_refuses_its_locks_and_ends_what_lives_by_them_without_a_restart() {
    let ca = &world().p256;
    let provider = provider_with(vec![ca.entry(list_of(ca))]);
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    let (code, asking) = scene.code().await;
    assert_eq!(scene.browser.open("/certificate").await.status, 200);

    suspend(&provider, "p256-ca").await;
    let login = Browser::new(&provider).try_sign_in(&scene.lock).await;
    assert_eq!(
        (login.status, login.problem().as_str()),
        (403, "ca-suspended")
    );
    let message = login.text("#error-message").unwrap();
    assert!(message.contains("已被暂停互认"), "{message}");
    provider
        .expect_incident(&login.incident(), AuditKind::LoginRefused, "ca-suspended")
        .await;
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login"),
        "the live session ends"
    );
    let dead = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(dead.status, 401, "the token ends");
    let late = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (late.status, late.error().as_str()),
        (400, "invalid_grant"),
        "the code on its way ends"
    );
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    assert_eq!(
        stored.state,
        KeyLockState::Active,
        "the lock itself is as it was"
    );

    activate(&provider, "p256-ca").await;
    Browser::new(&provider).sign_in(&scene.lock).await;
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login"),
        "what ended stays ended"
    );
    let dead = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(dead.status, 401, "the token too");
    let trail = provider.audit().await;
    let told = |kind| {
        trail
            .iter()
            .filter(|entry| entry.event.kind == kind)
            .count()
    };
    assert_eq!(
        (
            told(AuditKind::CaAdded),
            told(AuditKind::CaSuspended),
            told(AuditKind::CaActivated)
        ),
        (1, 1, 1)
    );
    let suspended = trail
        .iter()
        .find(|e| e.event.kind == AuditKind::CaSuspended);
    let event = &suspended.unwrap().event;
    assert_eq!(event.reason.as_deref(), Some("密钥疑似泄露"));
    assert_eq!(
        event.detail.as_deref(),
        Some("p256-ca revision 2 by 操作员")
    );
}

#[tokio::test]
async fn a_ca_that_is_added_counts_from_its_activation_on_without_a_restart() {
    let (ca, new) = (&world().p256, &world().rsa);
    let provider = provider_with(vec![ca.entry(list_of(ca))]);
    let lock = p256(new);
    assert_eq!(verdict(&provider, &lock).await, "foreign-ca");
    let entry = entry_of(&new.entry(list_of(new))).unwrap();
    let added = changed(&provider, move |store, cx| {
        let id = CaId::from_text("rsa-ca");
        authorities::add(store, cx, &operator(None), &id, entry)
    })
    .await;
    assert_eq!(added.state, CaState::Proposed);
    assert_eq!(
        verdict(&provider, &lock).await,
        "foreign-ca",
        "a proposed CA recognises nobody"
    );
    activate(&provider, "rsa-ca").await;
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
}

#[tokio::test]
async fn a_change_of_an_entry_makes_what_was_judged_before_worthless() {
    let ca = &world().p256;
    let entry = ca.entry(list_of(ca));
    let provider = provider_with(vec![entry.clone()]);
    let lock = p256(ca);
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    // The anchor is another's from now on.
    let mut other = entry_of(&entry).unwrap();
    other.anchors = entry_of(&world().rsa.entry(list_of(&world().rsa)))
        .unwrap()
        .anchors;
    changed(&provider, move |store, cx| {
        let id = CaId::from_text("p256-ca");
        authorities::change(store, cx, &operator(None), &id, other)
    })
    .await;
    assert_eq!(verdict(&provider, &lock).await, "foreign-ca");
    assert_eq!(
        browser.open("/certificate").await.location(),
        Some("/login")
    );
}

#[tokio::test]
async fn the_configuration_brings_an_entry_once_and_overrides_no_later_change() {
    let ca = &world().p256;
    let entry = ca.entry(list_of(ca));
    let folder = scratch::folder("restarted");
    let start = |entry: AuthorityConfig| {
        let folder = folder.clone();
        Provider::start(move |config| {
            config.state_dir = folder;
            config.certificate_authorities = vec![entry];
        })
    };
    let stored = async |provider: &Provider| {
        let id = CaId::from_text("p256-ca");
        let database = &provider.state.database;
        let found = database.read(move |s| {
            let found = s.find_certificate_authority(&id)?.unwrap();
            let history = s.list_ca_changes(&id)?;
            Ok::<_, idp_core::store::StoreError>((found, history))
        });
        found.await.unwrap()
    };
    let lock = p256(ca);
    {
        let provider = start(entry.clone());
        suspend(&provider, "p256-ca").await;
    }
    {
        let provider = start(entry.clone());
        assert_eq!(verdict(&provider, &lock).await, "ca-suspended");
        let (found, history) = stored(&provider).await;
        assert_eq!((found.state, found.revision), (CaState::Suspended, 2));
        assert_eq!(history.len(), 2, "nothing was brought again");
        assert_eq!(history[0].change.by, "configuration");
    }
    let mut changed = entry;
    changed.name = "改名后的CA".to_owned();
    let expected = with_whole_paths(entry_of(&changed).unwrap()).unwrap();
    let provider = start(changed);
    let (found, _) = stored(&provider).await;
    assert_eq!((found.state, found.revision), (CaState::Suspended, 3));
    assert_eq!(found.entry, expected);
    assert_eq!(verdict(&provider, &lock).await, "ca-suspended");
}

#[tokio::test]
async fn of_two_cas_with_one_subject_name_each_is_known_by_its_signature() {
    let one = &world().p256;
    let other = Authority::namesake(one, "p256-namesake");
    let stranger = Authority::namesake(one, "p256-stranger");
    let mut second = other.entry(list_of(&other));
    "同名CA".clone_into(&mut second.name);
    for entries in [
        vec![one.entry(list_of(one)), second.clone()],
        vec![second.clone(), one.entry(list_of(one))],
    ] {
        let provider = provider_with(entries);
        for (ca, name) in [(one, one.name), (&other, "同名CA")] {
            let lock = p256(ca);
            assert_eq!(ca_name(&provider, &lock).await, name);
        }
        let lock = p256(&stranger);
        let problem = verdict(&provider, &lock).await;
        assert!(
            ["foreign-ca", "certificate-invalid"].contains(&problem.as_str()),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_lock_that_one_of_two_namesakes_revoked_is_refused_and_the_others_is_not() {
    let one = Authority::namesake(&world().p256, "namesake-one");
    let other = Authority::namesake(&world().p256, "namesake-other");
    let (revoked, good) = (p256(&one), p256(&other));
    one.revoke(&revoked);
    let provider = provider_with(vec![one.entry(list_of(&one)), other.entry(list_of(&other))]);
    assert_eq!(verdict(&provider, &revoked).await, "certificate-revoked");
    assert_eq!(verdict(&provider, &good).await, "ok");
}

#[tokio::test]
async fn what_one_ca_revoked_or_calls_a_legal_persons_lock_no_other_recognises() {
    let ca = Authority::namesake(&world().p256, "final-one");
    let (revoked, good) = (p256(&ca), p256(&ca));
    ca.revoke(&revoked);
    let strict = ca.entry(list_of(&ca));
    let lax = AuthorityConfig {
        id: "final-other".to_owned(),
        revocation: RevocationConfig::NotChecked,
        crls: Vec::new(),
        profile: toml::from_str(
            "holder_name = [{ subject = 'O' }]\nkey_number = [{ subject = 'serialNumber' }]\n\
             credit_code = [{ extension = '1.2.156.10260.4.1.4' }]\n\
             lock_kind = [{ is = 'key_lock', when = { always = true } }]",
        )
        .unwrap(),
        ..ca.entry(PathBuf::new())
    };
    let person = ca.lock(&Order::enterprise(KeyKind::P256).with_subject("OU", "法人锁"));
    for entries in [
        vec![strict.clone(), lax.clone()],
        vec![lax.clone(), strict.clone()],
    ] {
        let provider = provider_with(entries);
        assert_eq!(verdict(&provider, &revoked).await, "certificate-revoked");
        assert_eq!(verdict(&provider, &person).await, "legal-person-lock");
        assert_eq!(verdict(&provider, &good).await, "ok");
    }
    // What one can't decide, and does not contradict, the other may.
    let vague = ca.lock(&Order::enterprise(KeyKind::P256).with_subject("OU", "业务部"));
    let provider = provider_with(vec![strict.clone(), lax]);
    assert_eq!(verdict(&provider, &vague).await, "ok");
    let provider = provider_with(vec![strict]);
    assert_eq!(verdict(&provider, &vague).await, "lock-kind-undecidable");
}

/// The entry of a CA whose locks come under another's root by a cross-certificate.
fn crossed(id: &str, root: &Authority, cross: &Path, lists: &[PathBuf]) -> AuthorityConfig {
    AuthorityConfig {
        id: id.to_owned(),
        intermediates: vec![cross.to_owned()],
        crls: lists.to_vec(),
        ..root.entry(PathBuf::new())
    }
}

#[tokio::test]
async fn of_two_paths_by_a_cross_certificate_either_does_and_a_dead_one_hides_no_living_one() {
    let issuing = Authority::namesake(&world().p256, "cross-issuing");
    let root = &world().rsa;
    let valid = issuing.cross_certificate(root, (-DAY, 30 * DAY));
    let expired = issuing.cross_certificate(root, (-30 * DAY, -DAY));
    let lists = [list_of(root), list_of(&issuing)];
    let own = issuing.entry(lists[1].clone());
    let lock = p256(&issuing);

    // Its own root is suspended; the path through the other CA's root lives.
    let provider = provider_with(vec![own.clone(), crossed("cross-ca", root, &valid, &lists)]);
    assert_eq!(verdict(&provider, &lock).await, "ok");
    suspend(&provider, "cross-issuing").await;
    assert_eq!(verdict(&provider, &lock).await, "ok");
    suspend(&provider, "cross-ca").await;
    assert_eq!(verdict(&provider, &lock).await, "ca-suspended");
    activate(&provider, "cross-issuing").await;
    assert_eq!(verdict(&provider, &lock).await, "ok");

    // The cross-certificate has expired; the CA's own root serves.
    let dead = crossed("cross-ca", root, &expired, &lists);
    let provider = provider_with(vec![dead.clone(), own]);
    assert_eq!(verdict(&provider, &lock).await, "ok");
    let provider = provider_with(vec![dead]);
    assert_eq!(verdict(&provider, &lock).await, "certificate-invalid");

    // Both ways in one entry.
    let mut both = crossed("cross-ca", root, &expired, &lists);
    both.intermediates.push(valid);
    let provider = provider_with(vec![both]);
    assert_eq!(verdict(&provider, &lock).await, "ok");
}

#[tokio::test]
async fn a_ca_that_changes_its_key_has_both_anchors_in_one_entry_and_locks_of_both_count() {
    let old = Authority::namesake(&world().p256, "changing-ca");
    let new = Authority::namesake(&old, "changing-ca-new-key");
    let entry = old.entry(PathBuf::new());
    let mut both = entry.clone();
    both.revocation = RevocationConfig::NotChecked;
    both.crls.clear();
    both.anchors.extend(new.entry(PathBuf::new()).anchors);
    let provider = provider_with(vec![both.clone()]);
    let (of_old, of_new) = (p256(&old), p256(&new));
    assert_eq!(verdict(&provider, &of_old).await, "ok");
    assert_eq!(verdict(&provider, &of_new).await, "ok");
    let mut scene = Scene::with(&provider, p256(&old)).await;
    let tokens = scene.receive().await;
    // The old key is given up.
    both.anchors.remove(0);
    let entry = entry_of(&both).unwrap();
    changed(&provider, move |store, cx| {
        let id = CaId::from_text("changing-ca");
        authorities::change(store, cx, &operator(None), &id, entry)
    })
    .await;
    assert_eq!(verdict(&provider, &of_new).await, "ok");
    let gone = verdict(&provider, &of_old).await;
    assert!(
        ["foreign-ca", "certificate-invalid"].contains(&gone.as_str()),
        "{gone}"
    );
    // What lives by a lock of the old key ends with it, though a CA of that name is there.
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn a_key_of_a_kind_that_the_entry_leaves_out_is_refused() {
    let ca = &world().p256;
    let mut entry = ca.entry(list_of(ca));
    entry.algorithms = vec![KeyAlgorithm::P256];
    let provider = provider_with(vec![entry]);
    let rsa = ca.lock(&Order::enterprise(KeyKind::Rsa(2048)));
    assert_eq!(
        verdict(&provider, &rsa).await,
        "certificate-algorithm-not-allowed"
    );
    assert_eq!(verdict(&provider, &p256(ca)).await, "ok");
    let form = binding_form(&rsa.credit_code());
    let answer = Browser::new(&provider).bind_with(&rsa, &form).await;
    assert_eq!(answer.problem(), "certificate-algorithm-not-allowed");
}

/// Writes an entry that this program can't read, past what the command line asks.
async fn spoil(provider: &Provider, id: &'static str) -> CertificateAuthority {
    let database = &provider.state.database;
    let spoilt = database.write(move |store| {
        let found = store.find_certificate_authority(&CaId::from_text(id))?;
        let before = found.unwrap();
        let mut next = before.clone();
        next.revision += 1;
        "nothing".clone_into(&mut next.entry.anchors[0].pem);
        assert!(store.exchange_certificate_authority(&next, before.revision)?);
        store.append_ca_change(&CaChange {
            ca_id: next.id.clone(),
            revision: next.revision,
            at: next.changed_at,
            by: "test".to_owned(),
            act: CaAct::Changed,
            reason: None,
            state: next.state,
            entry: next.entry.clone(),
        })?;
        Ok::<_, idp_core::store::StoreError>(before)
    });
    let before = spoilt.await.unwrap();
    follow(provider).await;
    before
}

#[tokio::test]
async fn an_entry_that_can_not_be_read_is_left_out_alone_and_ends_nothing_for_good() {
    let world = world();
    let entries = [&world.p256, &world.rsa, &world.sm2].map(|ca| ca.entry(list_of(ca)));
    let provider = provider_with(entries.to_vec());
    let lock = p256(&world.rsa);
    let mut scene = Scene::with(&provider, lock).await;
    let tokens = scene.receive().await;
    let before = spoil(&provider, "rsa-ca").await;

    // What is done after it counts.
    suspend(&provider, "p256-ca").await;
    assert_eq!(verdict(&provider, &p256(&world.p256)).await, "ca-suspended");
    assert_eq!(verdict(&provider, &p256(&world.sm2)).await, "ok");
    // Its own locks are refused, and nobody says that they are foreign.
    let login = Browser::new(&provider).try_sign_in(&scene.lock).await;
    assert_eq!(
        (login.status, login.problem().as_str()),
        (403, "ca-unreadable")
    );
    provider
        .expect_incident(&login.incident(), AuditKind::LoginRefused, "ca-unreadable")
        .await;
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let ready = Browser::new(&provider).open("/readyz").await;
    assert_eq!(
        ready.json()["certificate_authorities"].as_str(),
        Some("1 of 2 cannot be judged")
    );

    let entry = before.entry;
    changed(&provider, move |store, cx| {
        let id = CaId::from_text("rsa-ca");
        authorities::change(store, cx, &operator(None), &id, entry)
    })
    .await;
    assert_eq!(
        scene.browser.open("/certificate").await.status,
        200,
        "the session goes on"
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
}

#[tokio::test]
async fn what_lives_below_a_revoked_ca_ends_by_itself_and_its_locks_are_not_written_off() {
    let root = Authority::namesake(&world().rsa, "revoking-root");
    let issuing = Authority::namesake(&world().p256, "revoked-issuing");
    let cross = issuing.cross_certificate(&root, (-DAY, 30 * DAY));
    let lists = [list_of(&root), list_of(&issuing)];
    let mut entry = crossed("revoking-root", &root, &cross, &lists);
    let configured = entry.clone();
    let provider = Provider::start(move |config| {
        config.certificate_authorities = vec![configured];
        config.revocation.watch_seconds = 1;
    });
    let mut scene = Scene::with(&provider, p256(&issuing)).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    root.revoke_certificate(&cross);
    root.publish_list(&lists[0], (-DAY + 60, DAY));
    // Nobody asks anything of the lock meanwhile.
    let end = tokio::time::Instant::now() + PATIENCE;
    let ended = async || {
        let trail = provider.audit().await;
        let mut events = trail.iter().map(|entry| &entry.event);
        events.any(|event| {
            event.kind == AuditKind::SessionsEnded
                && event.reason.as_deref() == Some("issuer-revoked")
        })
    };
    while !ended().await {
        assert!(tokio::time::Instant::now() < end, "nothing was ended");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(verdict(&provider, &scene.lock).await, "issuer-revoked");
    let form = binding_form(&scene.lock.credit_code());
    let bound = Browser::new(&provider)
        .bind_with(&p256(&issuing), &form)
        .await;
    assert_eq!(bound.problem(), "issuer-revoked");
    let stored = provider.stored_lock(&scene.lock).await.unwrap();
    assert_eq!(stored.state, KeyLockState::Active, "the lock itself stands");

    // The issuing CA gets another certificate.
    entry.intermediates = vec![issuing.cross_certificate(&root, (-DAY, 30 * DAY))];
    let entry = entry_of(&entry).unwrap();
    changed(&provider, move |store, cx| {
        let id = CaId::from_text("revoking-root");
        authorities::change(store, cx, &operator(None), &id, entry)
    })
    .await;
    Browser::new(&provider).sign_in(&scene.lock).await;
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login"),
        "what ended stays ended"
    );
}
