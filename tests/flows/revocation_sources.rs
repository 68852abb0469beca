//! Lists that are fetched or imported, and responders: taken up while the provider runs, kept for a start without a
//! network, and what is revoked ended by itself.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use e2e::account::lock_of_same;
use e2e::authority::{Authority, DAY};
use e2e::publisher::{Publisher, ok};
use e2e::story::{Scene, binding_form, new_lock};
use e2e::{Browser, KeyKind, Lock, Order, Provider, scratch, world};
use idp::certificates::{Kept, entry_of, import};
use idp::config::{AddressRange, RevocationSourceConfig};
use idp_core::authorities;
use idp_core::certificate_authority::NoncePolicy;
use idp_core::hand::Hand;
use idp_core::id::CaId;
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

pub(super) fn ocsp(publisher: &Publisher, nonce: NoncePolicy) -> RevocationSourceConfig {
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

pub(super) fn provider_with(sources: Vec<RevocationSourceConfig>) -> Provider {
    provider_at(scratch::folder("sources"), sources)
}

/// Waits until it is so; how long that took.
pub(super) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
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

pub(super) async fn state_of(provider: &Provider, lock: &Lock) -> KeyLockState {
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
async fn a_kept_answer_counts_while_nobody_answers_and_never_in_place_of_asking() {
    let ca = &world().p256;
    // One is bound, of the other nobody knows but the responder.
    let (lock, stranger) = (new_lock(), new_lock());
    let answering = ca.responder(&[&lock, &stranger]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let folder = scratch::folder("kept-answers");
    let sources = vec![ocsp(&publisher, NoncePolicy::Required)];
    {
        let provider = provider_at(folder.clone(), sources.clone());
        Browser::new(&provider).bind(&lock).await;
        assert_eq!(problem(&provider, &stranger).await, "not-bound");
        let at_hand = || provider.state.lists.report()[0].entries;
        until("the stranger's is let go", async || at_hand() == 1).await;
    }
    ca.revoke(&stranger);
    publisher.answer(Box::new(|_| Some(b"HTTP/1.1 503 Gone\r\n\r\n".to_vec())));
    let provider = provider_at(folder, sources);
    assert_eq!(
        problem(&provider, &stranger).await,
        "not-bound",
        "nobody says otherwise"
    );
    let answering = ca.responder(&[&lock, &stranger]);
    publisher.answer(Box::new(move |question| Some(ok(&answering(question)))));
    assert_eq!(problem(&provider, &stranger).await, "certificate-revoked");
}

#[tokio::test]
async fn after_a_start_every_bound_lock_is_asked_about_with_or_without_an_answer_that_was_kept() {
    let ca = &world().p256;
    let locks: Vec<Lock> = (0..3).map(|_| new_lock()).collect();
    let all: Vec<&Lock> = locks.iter().collect();
    let answering = ca.responder(&all);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let folder = scratch::folder("asked-after-a-start");
    let sources = vec![ocsp(&publisher, NoncePolicy::Required)];
    {
        let provider = provider_at(folder.clone(), sources.clone());
        for lock in &locks {
            Browser::new(&provider).bind(lock).await;
        }
    }
    for lock in [&locks[0], &locks[1]] {
        ca.revoke(lock);
    }
    // The answer about one of them is lost, and the responder is not there at first.
    let kept = folder.join("revocation").join("answers");
    let first = std::fs::read_dir(&kept).unwrap().next().unwrap().unwrap();
    std::fs::remove_file(first.path()).unwrap();
    publisher.answer(Box::new(|_| Some(b"HTTP/1.1 503 Gone\r\n\r\n".to_vec())));
    let provider = provider_at(folder, sources);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let answering = ca.responder(&all);
    publisher.answer(Box::new(move |question| Some(ok(&answering(question)))));
    // Nobody signs in.
    for lock in [&locks[0], &locks[1]] {
        let ended = async || state_of(&provider, lock).await == KeyLockState::Revoked;
        until("the lock is ended", ended).await;
    }
    assert_eq!(state_of(&provider, &locks[2]).await, KeyLockState::Active);
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

/// Another responder in the entry of the running provider's registry.
async fn change_sources(provider: &Provider, sources: Vec<RevocationSourceConfig>) {
    let entry = entry_of(&world().p256.entry_with(sources)).unwrap();
    let cx = provider.state.cx();
    let operator = Hand {
        operator_id: None,
        by: "操作员".to_owned(),
        reason: None,
    };
    let changed = provider.state.database.write(move |store| {
        authorities::change(store, &cx, &operator, &CaId::from_text("p256-ca"), entry)
    });
    changed.await.unwrap();
}

#[tokio::test]
async fn another_responder_is_asked_anew_and_what_the_former_one_said_clears_nobody() {
    let ca = &world().p256;
    let lock = new_lock();
    let answering = ca.responder(&[&lock]);
    let former = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let provider = provider_with(vec![ocsp(&former, NoncePolicy::Required)]);
    let mut scene = Scene::with(&provider, lock).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);

    let next = Publisher::start(Box::new(|_| Some(b"HTTP/1.1 500 No\r\n\r\n".to_vec())));
    change_sources(&provider, vec![ocsp(&next, NoncePolicy::Required)]).await;
    until("the other responder is asked", async || next.asked() > 0).await;
    assert_eq!(
        problem(&provider, &scene.lock).await,
        "revocation-unavailable"
    );
    ca.revoke(&scene.lock);
    let answering = ca.responder(&[&scene.lock]);
    next.answer(Box::new(move |question| Some(ok(&answering(question)))));
    // Nobody signs in: the lock is asked about because it is bound.
    until("the lock is ended", async || {
        state_of(&provider, &scene.lock).await == KeyLockState::Revoked
    })
    .await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn a_revocation_is_remembered_by_whoever_is_asked_later() {
    let ca = &world().p256;
    let lock = new_lock();
    let mistaken = ca.responder(&[&lock]);
    ca.revoke(&lock);
    let answering = ca.responder(&[&lock]);
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let folder = scratch::folder("remembered");
    {
        // It can't be written at first.
        let kept = folder.join("revocation");
        std::fs::create_dir_all(&kept).unwrap();
        std::fs::write(kept.join("answers"), "in the way").unwrap();
        let sources = vec![ocsp(&publisher, NoncePolicy::Required)];
        let provider = provider_at(folder.clone(), sources);
        assert_eq!(problem(&provider, &lock).await, "certificate-revoked");
        std::fs::remove_file(kept.join("answers")).unwrap();
        until("it is kept after all", async || {
            std::fs::read_dir(kept.join("answers")).is_ok_and(|all| all.count() == 1)
        })
        .await;
    }
    // Another responder, in a new process, that holds it for good; and a list that does not name it.
    let asked = publisher.asked();
    publisher.answer(Box::new(move |question| Some(ok(&mistaken(question)))));
    let further = Publisher::start(Box::new(|_| None));
    let sources = vec![
        ocsp(&publisher, NoncePolicy::Required),
        ocsp(&further, NoncePolicy::Required),
    ];
    let provider = provider_at(folder, sources);
    assert_eq!(problem(&provider, &lock).await, "certificate-revoked");
    assert_eq!(publisher.asked(), asked, "it is known");
}

#[tokio::test]
async fn bound_locks_are_asked_about_side_by_side() {
    let ca = &world().p256;
    let locks: Vec<Lock> = (0..8).map(|_| new_lock()).collect();
    let answering = ca.responder(&locks.iter().collect::<Vec<_>>());
    let publisher = Publisher::start(Box::new(move |question| Some(ok(&answering(question)))));
    let provider = provider_with(vec![ocsp(&publisher, NoncePolicy::Required)]);
    for lock in &locks {
        Browser::new(&provider).bind(lock).await;
    }
    publisher.delay(Duration::from_millis(500));
    // Every answer was another entry's: all are asked about at once.
    let further = Publisher::start(Box::new(|_| None));
    let sources = [&publisher, &further].map(|one| ocsp(one, NoncePolicy::Required));
    change_sources(&provider, sources.to_vec()).await;
    let turn = || provider.state.lists.askings().last;
    until("several are asked about in one turn", async || {
        turn().0 >= 4 && turn().1 >= Duration::from_millis(500)
    })
    .await;
    let (questions, took) = turn();
    println!("{questions} questions of half a second each took {took:?}");
    let one_by_one = Duration::from_millis(500) * u32::try_from(questions).unwrap();
    assert!(took < one_by_one * 3 / 4, "{questions} in {took:?}");
    let measures = Browser::new(&provider).open("/metrics").await.body;
    for measure in ["asked_anew_total", "turn_questions", "turn_seconds"] {
        let line = format!("\nidp_revocation_{measure} ");
        assert!(measures.contains(&line), "{line}: {measures}");
    }
}

#[tokio::test]
async fn a_list_that_did_not_change_is_not_fetched_whole_again() {
    let ca = &world().p256;
    let tagged = |list: Vec<u8>, tag: &str| {
        let begin = "HTTP/1.1 200 OK\r\n";
        let rest = ok(&list).split_off(begin.len());
        [format!("{begin}ETag: {tag}\r\n").into_bytes(), rest].concat()
    };
    let first = tagged(ca.list((-DAY, DAY)), "\"one\"");
    let publisher = Publisher::start(Box::new(move |_| Some(first.clone())));
    let provider = provider_with(vec![url(&publisher)]);
    until("the list is fetched", async || is_open(&provider).await).await;
    publisher.answer(Box::new(|_| {
        Some(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec())
    }));
    until("it is asked whether it changed", async || {
        publisher.last_head().contains("if-none-match: \"one\"")
    })
    .await;
    let asked = publisher.asked();
    until("it is asked again", async || publisher.asked() > asked + 1).await;
    let report = provider.state.lists.report();
    assert_eq!((report[0].errors, &report[0].last_error), (0, &None));
    let lock = new_lock();
    Browser::new(&provider).bind(&lock).await;
    // What changed is taken.
    ca.revoke(&lock);
    let second = tagged(ca.list((-DAY + 60, DAY)), "\"two\"");
    publisher.answer(Box::new(move |_| Some(second.clone())));
    until("the lock is ended", async || {
        state_of(&provider, &lock).await == KeyLockState::Revoked
    })
    .await;
    // Where the list is gone from its folder, it is wanted whole. What is under way may bring it back once.
    let fetched = provider.folder.join("revocation/fetched");
    until("the whole list is asked for", async || {
        drop(std::fs::remove_dir_all(&fetched));
        !publisher.last_head().contains("if-none-match")
    })
    .await;
}

#[tokio::test]
async fn a_ca_that_changes_its_key_publishes_both_keys_lists_at_one_address() {
    let old = Authority::namesake(&world().p256, "publishing-ca");
    let new = Authority::namesake(&old, "publishing-ca-new-key");
    let publisher = Publisher::of(old.list((-DAY, DAY)));
    let mut entry = old.entry_with(vec![url(&publisher)]);
    let of_new = new.entry_with(Vec::new());
    entry.anchors.extend(of_new.anchors);
    let provider = Provider::start(move |config| {
        config.certificate_authorities = vec![entry];
        config.revocation.watch_seconds = 1;
        config.revocation.fetch_seconds = 1;
        let this_machine = AddressRange::try_from("127.0.0.0/8".to_owned());
        config.revocation.allow_addresses = vec![this_machine.unwrap()];
    });
    let of = |ca: &Authority| ca.lock(&Order::enterprise(KeyKind::P256));
    until("the old key's list is fetched", async || {
        problem(&provider, &of(&old)).await == "not-bound"
    })
    .await;
    publisher.publish(new.list((-DAY, DAY)));
    until("the new key's list is fetched", async || {
        problem(&provider, &of(&new)).await == "not-bound"
    })
    .await;
    assert_eq!(problem(&provider, &of(&old)).await, "not-bound");
}

/// A line of `/proc/self/status`, in MiB.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024.0
}

/// Publishes one file, piece by piece: what publishes is not to be measured with what fetches.
fn publish_file(listener: std::net::TcpListener, file: PathBuf) {
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let mut file = std::fs::File::open(&file).unwrap();
            let length = file.metadata().unwrap().len();
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length:";
            let sent = write!(stream, "{head} {length}\r\n\r\n");
            drop(sent.and_then(|()| std::io::copy(&mut file, &mut stream)));
        }
    });
}

/// `cargo test --workspace --test e2e -- --ignored --nocapture a_million`
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement, not a check"]
async fn a_million_entries_are_fetched_and_measured() {
    let ca = &world().p256;
    let file = scratch::folder("a-million").join("list.crl");
    let publish = |begin| {
        let list = ca.long_list(1_000_000, (begin, DAY));
        std::fs::write(file.with_extension("new"), &list).unwrap();
        std::fs::rename(file.with_extension("new"), &file).unwrap();
        list.len()
    };
    let mut octets = publish(-DAY);
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/list.crl", listener.local_addr().unwrap());
    let entry = ca.entry_with(vec![RevocationSourceConfig::CrlUrl {
        url,
        indirect_issuer: None,
        whole_point: None,
    }]);
    let provider = Provider::start(move |config| {
        config.certificate_authorities = vec![entry];
        config.revocation.fetch_seconds = 30;
        let this_machine = AddressRange::try_from("127.0.0.0/8".to_owned());
        config.revocation.allow_addresses = vec![this_machine.unwrap()];
    });
    publish_file(listener, file.clone());
    for which in ["the first list", "one in the place of another"] {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
        let (before, version) = (memory("VmRSS"), provider.state.lists.version());
        while provider.state.lists.version() == version {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (after, most) = (memory("VmRSS"), memory("VmHWM"));
        println!(
            "{which}, {octets} octets: resident {before:.1} MiB before, {after:.1} after, {most:.1} at most"
        );
        octets = publish(-DAY + 60);
    }
}
