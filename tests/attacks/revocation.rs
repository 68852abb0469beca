//! Whoever stands between the provider and a CA, or is one: nothing forged, stale, foreign, endless or leading elsewhere
//! clears anybody, and a replaced key keeps nobody in.

use std::time::{Duration, Instant};

use e2e::account::order_of_same;
use e2e::authority::{Authority, DAY};
use e2e::publisher::{Publisher, ok, onward};
use e2e::story::{Scene, new_lock};
use e2e::{Browser, KeyKind, Order, Provider, scratch, world};
use idp::config::{AddressRange, RevocationSourceConfig};
use idp_core::audit::AuditKind;
use idp_core::certificate_authority::NoncePolicy;

fn provider(source: RevocationSourceConfig, allowed: &[&str]) -> Provider {
    let entry = world().p256.entry_with(vec![source]);
    let ranges = allowed.iter().map(|range| (*range).to_owned());
    let ranges = ranges.map(|range| AddressRange::try_from(range).unwrap());
    let ranges = ranges.collect();
    Provider::start(move |config| {
        config.certificate_authorities = vec![entry];
        config.revocation.watch_seconds = 1;
        config.revocation.fetch_seconds = 1;
        config.revocation.timeout_seconds = 2;
        config.revocation.allow_addresses = ranges;
    })
}

fn url(url: &str) -> RevocationSourceConfig {
    RevocationSourceConfig::CrlUrl {
        url: url.to_owned(),
        indirect_issuer: None,
        whole_point: None,
    }
}

/// Why the one source gave nothing, once it was tried.
async fn complaint(provider: &Provider) -> String {
    let begin = Instant::now();
    loop {
        let report = provider.state.lists.report();
        let tried = report.iter().find(|source| source.errors > 0);
        if let Some(why) = tried.and_then(|source| source.last_error.clone()) {
            return why;
        }
        assert!(begin.elapsed() < Duration::from_secs(15), "{report:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// That nobody comes in, and that an event is left.
async fn is_closed(provider: &Provider) {
    let answer = Browser::new(provider).try_sign_in(&new_lock()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "revocation-unavailable")
    );
    let (incident, code) = (answer.incident(), "revocation-unavailable");
    provider
        .expect_incident(&incident, AuditKind::LoginRefused, code)
        .await;
}

async fn list_is_refused(octets: Vec<u8>, why: &str) {
    let publisher = Publisher::of(octets);
    let provider = provider(url(&publisher.url), &["127.0.0.0/8"]);
    let said = complaint(&provider).await;
    assert!(said.contains(why), "{said}");
    is_closed(&provider).await;
}

#[tokio::test]
async fn a_forged_list_is_not_taken() {
    let forged = Authority::impostor(&world().p256).list((-DAY, DAY));
    list_is_refused(forged, "no certificate of this CA signed it").await;
    let foreign = world().foreign.list((-DAY, DAY));
    list_is_refused(foreign, "no certificate of this CA has the name").await;
    list_is_refused(b"<html>".to_vec(), "malformed").await;
}

#[tokio::test]
async fn a_list_of_the_future_keeps_no_true_one_away() {
    let ca = &world().p256;
    let publisher = Publisher::of(ca.list((DAY, 2 * DAY)));
    let provider = provider(url(&publisher.url), &["127.0.0.0/8"]);
    assert_eq!(complaint(&provider).await, "it is not yet in force");
    is_closed(&provider).await;
    publisher.publish(ca.list((-DAY, DAY)));
    let begin = Instant::now();
    while Browser::new(&provider).open("/readyz").await.status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(40));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Browser::new(&provider).bind(&new_lock()).await;
}

#[tokio::test]
async fn a_responder_that_refuses_one_certificate_is_asked_about_the_others() {
    let (refused, other) = (new_lock(), new_lock());
    let answering = world().p256.responder(&[&other]);
    // RFC 6960 §4.2.1: unauthorized.
    let unauthorized = |_: &[u8]| Some(ok(b"\x30\x03\x0a\x01\x06"));
    let responder = Publisher::start(Box::new(unauthorized));
    let source = RevocationSourceConfig::Ocsp {
        url: responder.url.clone(),
        nonce: NoncePolicy::Required,
        responder: None,
    };
    let provider = provider(source, &["127.0.0.1"]);
    let mut browser = Browser::new(&provider);
    let answer = Browser::new(&provider).try_sign_in(&refused).await;
    assert_eq!(answer.problem(), "revocation-unavailable");
    responder.answer(Box::new(move |question| Some(ok(&answering(question)))));
    browser.bind(&other).await;
}

#[tokio::test]
async fn a_stale_list_clears_nobody() {
    let publisher = Publisher::of(world().p256.list((-2 * DAY, -DAY)));
    let provider = provider(url(&publisher.url), &["127.0.0.0/8"]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    is_closed(&provider).await;
}

#[tokio::test]
async fn an_older_list_does_not_replace_a_newer_one() {
    let ca = &world().p256;
    let older = ca.list((-2 * DAY, DAY));
    let lock = new_lock();
    ca.revoke(&lock);
    let publisher = Publisher::of(ca.list((-DAY, DAY)));
    let provider = provider(url(&publisher.url), &["127.0.0.0/8"]);
    while publisher.asked() == 0 || provider.state.lists.report()[0].entries == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    publisher.publish(older);
    let said = complaint(&provider).await;
    assert!(said.contains("older than the one at hand"), "{said}");
    let answer = Browser::new(&provider).try_sign_in(&lock).await;
    assert_eq!(answer.problem(), "certificate-revoked");
}

/// What a CA in its registry says of a list at an address: that it is the whole where its point is this.
fn whole_at(url: &str, point: &str) -> RevocationSourceConfig {
    RevocationSourceConfig::CrlUrl {
        url: url.to_owned(),
        indirect_issuer: None,
        whole_point: Some(point.to_owned()),
    }
}

async fn is_fetched(provider: &Provider) {
    let begin = Instant::now();
    while provider.state.lists.report()[0].this_update.is_none() {
        assert!(begin.elapsed() < Duration::from_secs(15));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_list_about_another_part_replaces_none_at_its_address_and_clears_nobody() {
    let ca = &world().p256;
    let (lock, elsewhere) = (new_lock(), "http://ca.test/other-part.crl");
    ca.revoke(&lock);
    let publisher = Publisher::of(ca.list((-DAY, DAY)));
    let provider = provider(url(&publisher.url), &["127.0.0.0/8"]);
    is_fetched(&provider).await;
    // Genuine, later, and about other certificates.
    publisher.publish(ca.part(elsewhere, (-DAY + 60, DAY)));
    let said = complaint(&provider).await;
    assert!(said.contains("about another part"), "{said}");
    let answer = Browser::new(&provider).try_sign_in(&lock).await;
    assert_eq!(answer.problem(), "certificate-revoked");
    Browser::new(&provider).bind(&new_lock()).await;
}

#[tokio::test]
async fn a_part_that_came_first_clears_nobody_and_gives_way_to_the_one_of_the_address() {
    let ca = &world().p256;
    let publisher = Publisher::of(ca.part("http://ca.test/other-part.crl", (-DAY, DAY)));
    let point = publisher.url.clone();
    let provider = provider(whole_at(&point, &point), &["127.0.0.0/8"]);
    is_fetched(&provider).await;
    is_closed(&provider).await;
    // The true one is the whole by the CA's statement; the other part takes its place no more.
    publisher.publish(ca.part(&point, (-DAY + 60, DAY)));
    let begin = Instant::now();
    let mut browser = Browser::new(&provider);
    while browser.try_sign_in(&new_lock()).await.problem() != "not-bound" {
        assert!(begin.elapsed() < Duration::from_secs(15));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    publisher.publish(ca.part("http://ca.test/other-part.crl", (-DAY + 120, DAY)));
    let said = complaint(&provider).await;
    assert!(said.contains("about another part"), "{said}");
    browser.bind(&new_lock()).await;
}

#[tokio::test]
async fn a_partial_list_covers_nobody_who_does_not_name_it_unless_the_ca_says_that_it_is_the_whole()
{
    let ca = &world().p256;
    let point = "http://ca.test/whole.crl";
    let publisher = Publisher::of(ca.part(point, (-DAY, DAY)));
    let strict = provider(url(&publisher.url), &["127.0.0.0/8"]);
    is_fetched(&strict).await;
    is_closed(&strict).await;
    let named = provider(whole_at(&publisher.url, point), &["127.0.0.0/8"]);
    is_fetched(&named).await;
    Browser::new(&named).bind(&new_lock()).await;
    let other = "http://ca.test/other.crl";
    let misnamed = provider(whole_at(&publisher.url, other), &["127.0.0.0/8"]);
    is_fetched(&misnamed).await;
    is_closed(&misnamed).await;
}

#[tokio::test]
async fn addresses_of_this_machine_are_not_reached_directly_by_name_or_by_a_redirect() {
    let inner = Publisher::of(world().p256.list((-DAY, DAY)));
    let port = inner.url.rsplit_once(':').unwrap().1;
    for address in [
        inner.url.clone(),
        format!("http://localhost:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let provider = provider(url(&address), &[]);
        let said = complaint(&provider).await;
        assert!(said.contains("allow_addresses"), "{address}: {said}");
    }
    assert_eq!(inner.asked(), 0);

    // The first address is allowed; where it leads is not.
    let to = format!("http://127.0.0.2:{port}");
    let outer = Publisher::start(Box::new(move |_| Some(onward(&to))));
    let allowed = provider(url(&outer.url), &["127.0.0.1"]);
    let said = complaint(&allowed).await;
    assert!(said.contains("allow_addresses"), "{said}");
    let file = Publisher::start(Box::new(|_| Some(onward("file:///etc/passwd"))));
    let allowed = provider(url(&file.url), &["127.0.0.1"]);
    let said = complaint(&allowed).await;
    assert!(said.contains("no http or https address"), "{said}");
    assert_eq!(inner.asked(), 0);
    is_closed(&allowed).await;
}

#[tokio::test]
async fn an_answer_without_end_or_that_leads_in_circles_is_given_up() {
    let circle = Publisher::start(Box::new(|_| Some(onward("/published"))));
    let circling = provider(url(&circle.url), &["127.0.0.1"]);
    let said = complaint(&circling).await;
    assert!(said.contains("onward more than 3 times"), "{said}");
    assert!(circle.asked() >= 4);

    let slow = Publisher::start(Box::new(|_| None));
    let waiting = provider(url(&slow.url), &["127.0.0.1"]);
    let said = complaint(&waiting).await;
    assert!(said.contains("within 2 seconds"), "{said}");

    let large = Publisher::start(Box::new(|_| {
        Some(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec())
    }));
    let announced = provider(url(&large.url), &["127.0.0.1"]);
    let said = complaint(&announced).await;
    assert!(said.contains("larger than"), "{said}");
}

#[tokio::test]
async fn a_responder_that_is_down_slow_or_forges_closes() {
    let ocsp = |url: &str| RevocationSourceConfig::Ocsp {
        url: url.to_owned(),
        nonce: NoncePolicy::Required,
        responder: None,
    };
    let down = provider(ocsp("http://127.0.0.1:9/"), &["127.0.0.1"]);
    is_closed(&down).await;

    let rubbish = Publisher::of(b"rubbish".to_vec());
    let lying = provider(ocsp(&rubbish.url), &["127.0.0.1"]);
    is_closed(&lying).await;
    assert!(complaint(&lying).await.contains("malformed"));

    // Somebody else's word for it; and an answer about another lock.
    let (lock, other) = (new_lock(), new_lock());
    let impostor = Authority::impostor(&world().p256);
    let forging = impostor.responder(&[&lock]);
    let forger = Publisher::start(Box::new(move |question| Some(ok(&forging(question)))));
    let deceived = provider(ocsp(&forger.url), &["127.0.0.1"]);
    let answer = Browser::new(&deceived).try_sign_in(&lock).await;
    assert_eq!(answer.problem(), "revocation-unavailable");

    let answering = world().p256.responder(&[&lock, &other]);
    let root = world().p256.entry(std::path::PathBuf::new()).anchors;
    let root = std::fs::read_to_string(&root[0]).unwrap();
    let root = pki::certificate::Certificate::from_pem(&root).unwrap();
    let about_other =
        pki::revocation::ocsp::OcspRequest::new(&other.certificate, &root[0], None).unwrap();
    let about_other = answering(about_other.der());
    let swapper = Publisher::of(about_other);
    let provider = provider(ocsp(&swapper.url), &["127.0.0.1"]);
    let answer = Browser::new(&provider).try_sign_in(&lock).await;
    assert_eq!(answer.problem(), "revocation-unavailable");
    assert!(complaint(&provider).await.contains("another certificate"));
}

#[tokio::test]
async fn reading_a_certificate_reaches_nobody() {
    use base64::Engine as _;
    let publisher = Publisher::of(Vec::new());
    let source = RevocationSourceConfig::Ocsp {
        url: publisher.url.clone(),
        nonce: NoncePolicy::Required,
        responder: None,
    };
    let provider = provider(source, &["127.0.0.1"]);
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    let page = browser.open("/bind").await;
    let certificate = base64::engine::general_purpose::STANDARD.encode(lock.certificate.der());
    let body = serde_json::json!({ "certificate": certificate });
    let read = browser.post_json(&page, "/bind/certificate", &body).await;
    assert_eq!(read.status, 200, "{}", read.summary());
    assert_eq!(publisher.asked(), 0, "no key was proven yet");
}

#[tokio::test]
async fn whoever_signed_in_with_a_key_that_was_replaced_and_then_revoked_is_out() {
    let ca = &world().p256;
    let list = scratch::folder("replaced").join("list.crl");
    ca.publish_list(&list, (-DAY, DAY));
    let entry = ca.entry(list.clone());
    let provider = Provider::start(move |config| {
        config.certificate_authorities = vec![entry];
        config.revocation.watch_seconds = 1;
    });
    let old = ca.lock(&Order::enterprise(KeyKind::P256).valid(-DAY, 200 * DAY));
    let mut thief = Scene::with(&provider, old).await;
    let tokens = thief.receive().await;
    let bound = provider.stored_lock(&thief.lock).await.unwrap();

    // The CA gives the enterprise a new key under the lock's number, and only then takes the old certificate back.
    let order = order_of_same(&thief.lock).with_subject("serialNumber", &bound.key_number);
    let new = ca.lock(&order);
    let mut owner = Browser::new(&provider);
    let renewed = owner.try_sign_in(&new).await;
    assert_eq!(renewed.location(), Some("/certificate?renewed=1"));
    ca.revoke(&thief.lock);
    ca.publish_list(&list, (-DAY + 60, DAY));

    let dead = thief.platform.userinfo(tokens.access()).await;
    assert_eq!(dead.status, 401, "its tokens");
    let page = thief.browser.open("/certificate").await;
    assert_eq!(page.location(), Some("/login"), "its session");
    assert_eq!(owner.open("/certificate").await.status, 200);
    let trail = provider.audit().await;
    let mut events = trail.iter().map(|entry| &entry.event);
    let ended = events.find(|event| event.kind == AuditKind::SessionsEnded);
    let ended = ended.expect("it is written down");
    assert_eq!(ended.reason.as_deref(), Some("certificate-superseded"));
    assert_eq!(ended.key_lock_id.as_ref(), Some(&bound.id));
}
