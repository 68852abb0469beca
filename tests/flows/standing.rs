//! A CA whose certificates or lists do not fit together: what `/readyz` and the log say of it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::{Arc, Once};

use e2e::authority::{Authority, DAY};
use e2e::story::new_lock;
use e2e::{Browser, KeyKind, Lock, Order, Provider, scratch, world};
use idp::certificates::{RevocationSources, Standings, Verdicts, load_registry};
use idp_core::id::IncidentId;

fn list_file() -> PathBuf {
    scratch::folder("crl-of-test").join("p256.crl")
}

fn ca() -> &'static Authority {
    &world().p256
}

#[tokio::test]
async fn readiness_counts_the_cas_that_can_not_be_judged_and_fails_when_none_can() {
    let (good, absent) = (list_file(), list_file());
    world().rsa.publish_list(&good, (-DAY, DAY));
    let entries = vec![ca().entry(absent.clone()), world().rsa.entry(good)];
    let some = Provider::start(|config| config.certificate_authorities = entries);
    let ready = Browser::new(&some).open("/readyz").await;
    assert_eq!(
        (
            ready.status,
            ready.json()["certificate_authorities"].as_str()
        ),
        (200, Some("1 of 2 cannot be judged"))
    );

    let entry = ca().entry(absent.clone());
    let none = Provider::start(|config| config.certificate_authorities = vec![entry]);
    let ready = Browser::new(&none).open("/readyz").await;
    assert_eq!(
        (
            ready.status,
            ready.json()["certificate_authorities"].as_str()
        ),
        (503, Some("1 of 1 cannot be judged"))
    );
    assert_eq!(ready.json()["status"], "not ready");
    ca().publish_list(&absent, (-DAY, DAY));
    none.state.lists.refresh();
    none.state.standings.watch(none.state.cx().now);
    let ready = Browser::new(&none).open("/readyz").await;
    assert_eq!(
        (
            ready.status,
            ready.json()["certificate_authorities"].as_str()
        ),
        (200, Some("up"))
    );
}

thread_local! {
    /// What this thread wrote to the log, where it wants to know.
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

struct ToThisThread;

impl std::io::Write for ToThisThread {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                lines.extend_from_slice(octets);
            }
        });
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What this thread writes to the log while this is done. One log for the process: where each test has its
/// own, what another test's thread asked first is remembered for all.
fn logged(doing: impl FnOnce()) -> String {
    static LOG: Once = Once::new();
    LOG.call_once(|| {
        tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(|| ToThisThread)
            .init();
    });
    LINES.set(Some(Vec::new()));
    doing();
    String::from_utf8(LINES.take().unwrap_or_default()).unwrap()
}

#[test]
fn a_lock_refused_for_want_of_a_list_or_a_ca_is_told_in_the_log_without_a_name() {
    let outside = list_file();
    world().outside.publish_list(&outside, (-DAY, DAY));
    let entries = vec![ca().entry(list_file()), world().outside.entry(outside)];
    let registered = load_registry(&entries).unwrap();
    let lists = Arc::new(RevocationSources::load(registered.registry()));
    let verdicts = Verdicts::new(registered.registry().clone(), lists, 100);
    let incident = IncidentId::from_text("20260101-AAAA");
    let now = idp::clock::now();
    let shown = |lock: &Lock| logged(|| drop(verdicts.on_shown(&lock.certificate, now, &incident)));
    let order = Order::enterprise(KeyKind::P256);
    for (lock, words) in [
        (new_lock(), ["revocation-unavailable", "ca=\"p256-ca\""]),
        (
            world().foreign.lock(&order),
            ["foreign-ca", "claimed=\"unknown\""],
        ),
        (
            world().outside.lock(&order),
            ["foreign-ca", "ca=\"outside-ca\""],
        ),
    ] {
        let log = shown(&lock);
        assert_eq!(log.lines().count(), 1, "{log}");
        for word in words.iter().chain(&["WARN", "20260101-AAAA"]) {
            assert!(log.contains(word), "`{word}` is not in: {log}");
        }
        assert!(!log.contains("CN=") && !log.contains("公司"), "{log}");
    }
}

#[test]
fn the_log_tells_the_state_of_a_ca_once_and_when_it_changes() {
    let list = list_file();
    let registered = load_registry(&[ca().entry(list.clone())]).unwrap();
    let lists = Arc::new(RevocationSources::load(registered.registry()));
    let standings = Standings::new("idp.toml", &registered, Arc::clone(&lists));
    let watched = || {
        logged(|| {
            lists.refresh();
            standings.watch(idp::clock::now());
        })
    };
    let first = watched();
    assert!(
        first.contains("ERROR") && first.contains("p256.crl: No such file"),
        "{first}"
    );
    assert_eq!(watched(), "", "nothing changed");
    ca().publish_list(&list, (-DAY, DAY));
    let mended = watched();
    assert!(
        mended.contains("can sign in again") && !mended.contains("ERROR"),
        "{mended}"
    );
    std::fs::write(&list, "rubbish").unwrap();
    let again = watched();
    assert!(
        again.contains("ERROR") && again.contains("the last good list stays"),
        "{again}"
    );
    assert_eq!(watched(), "", "nothing changed");
    assert_eq!(standings.judged().closed, 0);
}
