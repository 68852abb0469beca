//! Lists that are fetched or imported, and responders: taken up while the provider runs, kept for a start without a
//! network, and what is revoked ended by itself.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use e2e::account::lock_of_same;
use e2e::authority::DAY;
use e2e::publisher::{Publisher, ok};
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Browser, Lock, Provider, scratch, world};
use idp::certificates::{Kept, import};
use idp::config::{AddressRange, RevocationSourceConfig};
use idp_core::certificate_authority::NoncePolicy;
use idp_core::key_lock::KeyLockState;

/// What the documents promise for a fetch interval of one second.
const PROMISED: Duration = Duration::from_secs(5);

fn url(publisher: &Publisher) -> RevocationSourceConfig {
    RevocationSourceConfig::CrlUrl {
        url: publisher.url.clone(),
        indirect_issuer: None,
        whole_point: None,
    }
}

fn ocsp(publisher: &Publisher, nonce: NoncePolicy) -> RevocationSourceConfig {
    RevocationSourceConfig::Ocsp {
        url: publisher.url.clone(),
        nonce,
        responder: None,
    }
}

/// A provider that knows the P-256 CA by these sources, looks every second, and may reach this machine.
fn provider_at(folder: PathBuf, sources: Vec<RevocationSourceConfig>) -> Provider {
    let entry = world().p256.entry_with(sources);
    Provider::start(move |config| {
        config.state_dir = folder;
        config.certificate_authorities = vec![entry];
        config.revocation.watch_seconds = 1;
        config.revocation.fetch_seconds = 1;
        let this_machine = AddressRange::try_from("127.0.0.0/8".to_owned());
        config.revocation.allow_addresses = vec![this_machine.unwrap()];
        config.metrics.enabled = true;
    })
}

fn provider_with(sources: Vec<RevocationSourceConfig>) -> Provider {
    provider_at(scratch::folder("sources"), sources)
}

/// Waits until it is so; how long that took.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    let begin = Instant::now();
    while !is_so().await {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begin.elapsed()
}

async fn problem(provider: &Provider, lock: &Lock) -> String {
    Browser::new(provider).try_sign_in(lock).await.problem()
}

async fn is_open(provider: &Provider) -> bool {
    let ready = Browser::new(provider).open("/readyz").await;
    ready.status == 200
}

async fn state_of(provider: &Provider, lock: &Lock) -> KeyLockState {
    provider.stored_lock(lock).await.unwrap().state
}

#[tokio::test]
async fn a_fetched_list_opens_and_a_newer_one_ends_a_live_session_within_the_promised_seconds() {
    let ca = &world().p256;
    let publisher = Publisher::of(ca.list((-DAY, DAY)));
    let provider = provider_with(vec![url(&publisher)]);
    until("the list is fetched", async || is_open(&provider).await).await;
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    ca.revoke(&scene.lock);
    publisher.publish(ca.list((-DAY + 60, DAY)));
    // Nobody asks anything of the lock meanwhile: the provider finds out by itself.
    let took = until("the lock is ended", async || {
        state_of(&provider, &scene.lock).await == KeyLockState::Revoked
    });
    let took = took.await;
    println!("ended {took:?} after the list was published");
    assert!(took < PROMISED, "{took:?}");
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(
        scene.browser.open("/certificate").await.location(),
        Some("/login")
    );
}

#[tokio::test]
async fn a_source_that_takes_its_time_holds_up_no_other() {
    let ca = &world().p256;
    let slow = Publisher::start(Box::new(|_| None));
    let publisher = Publisher::of(ca.list((-DAY, DAY)));
    let provider = provider_with(vec![url(&slow), url(&publisher)]);
    until("the other list is fetched", async || {
        is_open(&provider).await
    })
    .await;
    let scene = Scene::at(&provider).await;
    ca.revoke(&scene.lock);
    publisher.publish(ca.list((-DAY + 60, DAY)));
    let took = until("the lock is ended", async || {
        state_of(&provider, &scene.lock).await == KeyLockState::Revoked
    });
    let took = took.await;
    assert!(took < PROMISED, "{took:?}");
    assert_eq!(slow.asked(), 1, "it still is");
}

#[tokio::test]
async fn a_start_without_a_network_goes_by_the_list_that_was_kept() {
    let ca = &world().p256;
    let publisher = Publisher::of(ca.list((-DAY, DAY)));
    let folder = scratch::folder("offline");
    let sources = vec![url(&publisher)];
    let lock = new_lock();
    {
        let provider = provider_at(folder.clone(), sources.clone());
        until("the list is fetched", async || is_open(&provider).await).await;
        Browser::new(&provider).bind(&lock).await;
    }
    publisher.answer(Box::new(|_| Some(b"HTTP/1.1 503 Gone\r\n\r\n".to_vec())));
    let provider = provider_at(folder, sources);
    assert!(is_open(&provider).await, "from the first moment");
    Browser::new(&provider).sign_in(&lock).await;
}

#[tokio::test]
async fn measures_of_each_source_are_told_where_that_is_switched_on() {
    let publisher = Publisher::of(world().p256.list((-DAY, DAY)));
    let provider = provider_with(vec![url(&publisher)]);
    until("the list is fetched", async || is_open(&provider).await).await;
    let measures = Browser::new(&provider).open("/metrics").await;
    assert_eq!(measures.status, 200);
    let text = measures.body.as_str();
    for measure in [
        "idp_revocation_age_seconds",
        "idp_revocation_next_update_seconds",
        "idp_revocation_last_success_seconds",
        "idp_revocation_errors_total",
        "idp_revocation_latency_seconds",
        "idp_revocation_entries",
    ] {
        let line = format!(
            "{measure}{{ca=\"p256-ca\",kind=\"url\",source=\"{}\"}} ",
            publisher.url
        );
        assert!(text.contains(&line), "{line}: {text}");
    }
    let off = Browser::new(Provider::shared()).open("/metrics").await;
    assert_eq!(off.status, 404);
}

#[tokio::test]
async fn in_a_closed_network_lists_are_imported() {
    let ca = &world().p256;
    let nowhere = RevocationSourceConfig::CrlUrl {
        url: "http://127.0.0.1:9/none.crl".to_owned(),
        indirect_issuer: None,
        whole_point: None,
    };
    let provider = provider_with(vec![nowhere]);
    let lock = new_lock();
    assert_eq!(problem(&provider, &lock).await, "revocation-unavailable");
    let registry = provider.state.verdicts.registry();
    let kept = Kept::in_state(&provider.folder);
    let (older, newer) = (ca.list((-2 * DAY, DAY)), ca.list((-DAY, DAY)));
    let foreign = world().foreign.list((-DAY, DAY));
    assert!(import(&registry, &kept, foreign).is_err());
    let future = ca.list((DAY, 2 * DAY));
    assert!(import(&registry, &kept, future).is_err(), "of the future");
    assert_eq!(import(&registry, &kept, newer).unwrap().len(), 1);
    assert!(import(&registry, &kept, older).is_err(), "older");
    until("the list is taken up", async || is_open(&provider).await).await;
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
}

#[tokio::test]
async fn a_responder_is_asked_once_for_a_lock_that_proved_its_key_and_its_word_ends_the_lock() {
    let ca = &world().p256;
    let lock = new_lock();
    let answering = ca.responder(&[&lock]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let folder = scratch::folder("responder");
    let sources = vec![ocsp(&publisher, NoncePolicy::Required)];
    let provider = provider_at(folder.clone(), sources.clone());
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    let asked = publisher.asked();
    assert!(asked >= 1);
    browser.sign_in(&lock).await;
    assert_eq!(browser.open("/certificate").await.status, 200);

    ca.revoke(&lock);
    let answering = ca.responder(&[&lock]);
    publisher.answer(Box::new(move |question| Some(ok(&answering(question)))));
    let took = until("the lock is ended", async || {
        state_of(&provider, &lock).await == KeyLockState::Revoked
    });
    let took = took.await;
    println!("ended {took:?} after the responder knew");
    assert!(took < PROMISED, "{took:?}");
    assert_eq!(
        browser.open("/certificate").await.location(),
        Some("/login")
    );
    assert_eq!(problem(&provider, &lock).await, "certificate-revoked");
}

#[tokio::test]
async fn a_responder_is_asked_about_a_second_lock_before_it_is_activated() {
    let ca = &world().p256;
    let lock = new_lock();
    let (second, revoked) = (lock_of_same(&lock), lock_of_same(&lock));
    ca.revoke(&revoked);
    let answering = ca.responder(&[&lock, &second, &revoked]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let provider = provider_with(vec![ocsp(&publisher, NoncePolicy::Required)]);
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    browser.sign_in(&lock).await;
    let refused = browser.try_activate(&revoked).await;
    assert_ne!(refused.status, 303, "{}", refused.summary());
    browser.activate(&second).await;
    assert_eq!(state_of(&provider, &second).await, KeyLockState::Active);
}

#[tokio::test]
async fn a_lock_that_the_responder_does_not_know_is_refused_and_not_ended() {
    let ca = &world().p256;
    let lock = new_lock();
    let answering = ca.responder(&[]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let provider = provider_with(vec![ocsp(&publisher, NoncePolicy::Required)]);
    let form = binding_form(&lock.credit_code());
    let answer = Browser::new(&provider).bind_with(&lock, &form).await;
    assert_eq!(answer.problem(), "revocation-unavailable");
}

#[tokio::test]
async fn an_answer_that_lasts_is_kept_for_the_next_start() {
    let ca = &world().p256;
    let lock = new_lock();
    let answering = ca.responder(&[&lock]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let folder = scratch::folder("answers");
    let sources = vec![ocsp(&publisher, NoncePolicy::Required)];
    {
        let provider = provider_at(folder.clone(), sources.clone());
        Browser::new(&provider).bind(&lock).await;
    }
    publisher.answer(Box::new(|_| Some(b"HTTP/1.1 503 Gone\r\n\r\n".to_vec())));
    let provider = provider_at(folder, sources);
    Browser::new(&provider).sign_in(&lock).await;
}

#[tokio::test]
async fn after_a_dead_responder_the_next_source_is_asked() {
    let ca = &world().p256;
    let dead = Publisher::start(Box::new(|_| Some(b"HTTP/1.1 500 No\r\n\r\n".to_vec())));
    let list = Publisher::of(ca.list((-DAY, DAY)));
    let provider = provider_with(vec![ocsp(&dead, NoncePolicy::Required), url(&list)]);
    until("the list is fetched", async || list.asked() > 0).await;
    let lock = new_lock();
    until("the list is read", async || {
        problem(&provider, &lock).await == "not-bound"
    })
    .await;
    assert!(dead.asked() > 0);
}
