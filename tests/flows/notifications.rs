//! Notifications: what an enterprise hears of, by each way, and what becomes of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use e2e::account::{information_form, lock_of_same};
use e2e::browser::set;
use e2e::mail::MailServer;
use e2e::notified::{
    SECRET, encrypted_mail_through, mail_through, message_with, messages, messages_through,
    messages_to_file, reachable_form, reaching, secret_in_file, webhook,
};
use e2e::receiver::{Received, Receiver};
use e2e::scratch;
use e2e::story::{Scene, new_lock};
use e2e::tls::tls_authority;
use e2e::{Browser, KeyKind, Lock, Order, Provider, world};
use idp::config::MailTls;
use idp::notifying::announce_expiring;
use idp_core::audit::AuditKind;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::notification::{Channel, NotificationKind};
use idp_core::operate;

/// A provider that notifies by every way, and where it does.
struct Stage {
    provider: Provider,
    desk: Receiver,
    post: MailServer,
    messages: PathBuf,
}

fn stage() -> &'static Stage {
    static SHARED: OnceLock<Stage> = OnceLock::new();
    SHARED.get_or_init(|| {
        let (desk, post) = (Receiver::start(), MailServer::start());
        let messages = scratch::folder("messages").join("sent.jsonl");
        let provider = Provider::start(|config| {
            reaching(config);
            config.notifications.webhooks = vec![webhook("desk", &desk.url)];
            config.notifications.email = Some(mail_through(&post));
            config.notifications.sms = Some(messages_to_file(&messages));
            config.portal.support_phone = Some("0471-0000000".to_owned());
            config.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        });
        Stage {
            provider,
            desk,
            post,
            messages,
        }
    })
}

/// Another mobile number, so that tests keep apart.
fn number() -> (String, String, String) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(10_000_000);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let email = format!("office-{number}@bidder.example");
    (format!("138{number}"), format!("+86138{number}"), email)
}

/// An enterprise that can be reached, signed in.
struct Bidder {
    browser: Browser,
    lock: Lock,
    to: String,
    email: String,
}

impl Bidder {
    async fn at(provider: &Provider) -> Self {
        Self::with(provider, new_lock()).await
    }

    async fn with(provider: &Provider, lock: Lock) -> Self {
        let (phone, to, email) = number();
        let mut browser = Browser::new(provider);
        let form = reachable_form(&lock, (&phone, &email));
        let bound = browser.bind_with(&lock, &form).await;
        assert!(bound.has("#bound"), "{}", bound.summary());
        browser.sign_in(&lock).await;
        Self {
            browser,
            lock,
            to,
            email,
        }
    }
}

/// A webhook of this kind about a lock's enterprise.
fn about(lock: &Lock, kind: NotificationKind) -> impl Fn(&Received) -> bool + use<> {
    let code = lock.credit_code();
    move |received: &Received| {
        let json = received.json();
        json["type"] == kind.as_str() && json["data"]["enterprise"]["credit_code"] == code.as_str()
    }
}

/// `v1,` signatures of a request, as OpenSSL computes them.
fn signature_by_openssl(received: &Received, secret: &str) -> String {
    use base64::Engine as _;
    let standard = base64::engine::general_purpose::STANDARD;
    let key = standard
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let header = |name| received.header(name).unwrap();
    let head = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp"));
    let file = scratch::folder("signed").join("signed");
    std::fs::write(&file, [head.as_bytes(), &received.body].concat()).unwrap();
    let output = Command::new("openssl")
        .args(["dgst", "-sha256", "-binary", "-mac", "HMAC", "-macopt"])
        .arg(format!("hexkey:{}", hex::encode(key)))
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success());
    format!("v1,{}", standard.encode(output.stdout))
}

#[tokio::test]
async fn a_bound_lock_is_heard_of_by_webhook_mail_and_text_message() {
    let stage = stage();
    let bidder = Bidder::at(&stage.provider).await;
    let received = stage
        .desk
        .wait_for(about(&bidder.lock, NotificationKind::LockBound))
        .await;
    let signature = received.header("webhook-signature").unwrap();
    assert_eq!(signature, signature_by_openssl(&received, SECRET));
    assert_eq!(received.header("content-type"), Some("application/json"));
    let json = received.json();
    let stored = stage.provider.stored_lock(&bidder.lock).await.unwrap();
    let enterprise = &json["data"]["enterprise"];
    assert_eq!(enterprise["id"], stored.enterprise_id.as_str());
    assert_eq!(enterprise["name"], bidder.lock.holder.as_str());
    let lock = &json["data"]["lock"];
    assert_eq!(
        (lock["id"].as_str(), lock["role"].as_str()),
        (Some(stored.id.as_str()), Some("primary"))
    );
    let body = String::from_utf8(received.body.clone()).unwrap();
    let told_of_nobody = [
        &bidder.email,
        &bidder.to[3..].to_owned(),
        &stored.key_number,
    ];
    assert!(
        told_of_nobody.iter().all(|it| !body.contains(*it)),
        "{body}"
    );

    let mail = stage.post.wait_for(&bidder.email, "企业锁已完成绑定").await;
    assert_eq!(mail.recipients, [bidder.email.as_str()]);
    assert_eq!(mail.sender, "noreply@yzt.example");
    assert_eq!(
        mail.header("Subject"),
        "企业锁已完成绑定 / A key lock was bound"
    );
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    for kind in ["text/plain", "text/html"] {
        let text = mail.part(kind);
        for said in [bidder.lock.holder.as_str(), "0471-0000000", "was bound on"] {
            assert!(text.contains(said), "{kind} {said}: {text}");
        }
    }

    let message = message_with(&stage.messages, &bidder.to, "完成绑定").await;
    let text = message["text"].as_str().unwrap();
    let tail: String = stored.key_number.chars().rev().take(4).collect();
    let tail: String = tail.chars().rev().collect();
    assert!(
        text.starts_with("【一证通】") && text.contains(&tail),
        "{text}"
    );
    assert!(
        text.chars().count() <= 70 && !text.contains(&bidder.lock.holder),
        "{text}"
    );
    for channel in [
        Channel::Webhook("desk".to_owned()),
        Channel::Email,
        Channel::Sms,
    ] {
        let settled = stage.provider.notification_that(&bidder.lock, |one| {
            one.channel == channel && one.state.parts().0 == DeliveryStage::Confirmed
        });
        assert_eq!(settled.await.attempts, 1);
    }
    let events = stage.provider.audit().await;
    let sent = events.iter().filter(|entry| {
        entry.event.kind == AuditKind::NotificationSent
            && entry.event.enterprise_id.as_ref() == Some(&stored.enterprise_id)
    });
    assert_eq!(sent.count(), 3);
}

/// RFC 3207 and RFC 8314 §3.3, with a password (RFC 4954, RFC 4616).
#[tokio::test]
async fn mail_goes_out_over_tls_with_the_password_inside() {
    for tls in [MailTls::StartTls, MailTls::Implicit] {
        let post = MailServer::start_tls(&tls_authority().server(), tls);
        let provider = Provider::start(|config| {
            config.outbound.ca_file = tls_authority().file();
            config.notifications.email = Some(encrypted_mail_through(&post, tls));
        });
        let bidder = Bidder::at(&provider).await;
        let mail = post.wait_for(&bidder.email, "企业锁已完成绑定").await;
        assert!(mail.encrypted);
        assert!(mail.part("text/plain").contains(&bidder.lock.holder));
        assert_eq!(mail.credentials, "AUTH PLAIN AG5vcmVwbHkAdGhlLXBhc3N3b3Jk");
    }
}

#[tokio::test]
async fn every_act_on_a_lock_and_a_name_is_heard_of() {
    let stage = stage();
    let mut bidder = Bidder::at(&stage.provider).await;
    let [second, third] = [lock_of_same(&bidder.lock), lock_of_same(&bidder.lock)];
    for lock in [&second, &third] {
        bidder.browser.activate(lock).await;
    }
    let is_activated = about(&bidder.lock, NotificationKind::LockActivated);
    let activated = stage.desk.wait_for_all(2, is_activated).await;
    let ids: Vec<_> = activated
        .iter()
        .map(|it| it.json()["data"]["lock"]["id"].clone())
        .collect();
    for lock in [&second, &third] {
        let id = stage.provider.lock_id(lock).await;
        assert!(ids.contains(&id.as_str().into()));
    }
    message_with(&stage.messages, &bidder.to, "激活为副锁").await;

    // By the enterprise, and by an operator.
    let id = stage.provider.lock_id(&second).await;
    let page = bidder
        .browser
        .open(&format!("/account/locks/remove?lock={id}"))
        .await;
    bidder
        .browser
        .post("/account/locks/remove", &page.fields("#remove-form"))
        .await;
    stage
        .desk
        .wait_for(about(&bidder.lock, NotificationKind::LockRemoved))
        .await;
    message_with(&stage.messages, &bidder.to, "解除绑定").await;
    let id = stage.provider.lock_id(&third).await;
    let (of, lost) = (id.clone(), id);
    let removed = stage
        .provider
        .operate(&bidder.lock, move |store, cx, code, order| {
            operate::remove_lock(store, cx, code, (&of, order))
        });
    removed.await.unwrap();
    let is_removed = about(&bidder.lock, NotificationKind::LockRemoved);
    stage.desk.wait_for_all(2, is_removed).await;
    let marked = stage
        .provider
        .operate(&bidder.lock, move |store, cx, code, order| {
            operate::lock_lost(store, cx, code, (&lost, order))
        });
    marked.await.unwrap();
    stage
        .desk
        .wait_for(about(&bidder.lock, NotificationKind::LockLost))
        .await;
    stage.post.wait_for(&bidder.email, "企业锁已挂失").await;

    let new_name = format!("{}（新）", bidder.lock.holder);
    let name = new_name.clone();
    let done = stage
        .provider
        .operate(&bidder.lock, move |store, cx, code, order| {
            let evidence = idp_core::evidence::Evidence {
                name: "paper.pdf".to_owned(),
                content: vec![1],
            };
            operate::rename(store, cx, code, &name, (&evidence, order))
        });
    done.await.unwrap();
    let renamed = stage
        .desk
        .wait_for(about(&bidder.lock, NotificationKind::Renamed))
        .await;
    let data = renamed.json()["data"].clone();
    assert_eq!(
        (&data["old_name"], &data["new_name"]),
        (
            &bidder.lock.holder.as_str().into(),
            &new_name.as_str().into()
        )
    );
    let mail = stage
        .post
        .wait_for(&bidder.email, "单位名称变更已办理")
        .await;
    assert!(mail.part("text/plain").contains(&new_name));
    message_with(&stage.messages, &bidder.to, "单位名称变更").await;
}

#[tokio::test]
async fn a_sign_in_from_a_new_place_is_heard_of_and_the_first_one_ever_is_not() {
    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36";
    let stage = stage();
    let lock = new_lock();
    let (phone, to, email) = number();
    let at = |address: &str, agent: &str| {
        Browser::new(&stage.provider)
            .with_header("x-forwarded-for", address)
            .with_header("user-agent", agent)
    };
    let mut browser = at("202.96.64.7", CHROME);
    let form = reachable_form(&lock, (&phone, &email));
    browser.bind_with(&lock, &form).await;
    browser.sign_in(&lock).await;
    // A neighbour's address, and a newer browser of the same family.
    at("202.96.64.99", &CHROME.replace("140", "141"))
        .sign_in(&lock)
        .await;
    let newer: Vec<_> = stage.provider.notifications(&lock).await;
    let of_place = |all: &[idp_core::notification::Notification]| {
        let kinds = all.iter().map(|one| one.happening.kind());
        kinds
            .filter(|kind| *kind == NotificationKind::NewPlace)
            .count()
    };
    assert_eq!(of_place(&newer), 0, "{newer:?}");

    at("101.4.60.1", CHROME).sign_in(&lock).await;
    let heard = stage
        .desk
        .wait_for(about(&lock, NotificationKind::NewPlace))
        .await;
    let place = heard.json()["data"]["place"].clone();
    assert_eq!(place["network"], "101.4.60.0/24");
    assert_eq!(place["browser"], "Chrome (Windows)");
    message_with(&stage.messages, &to, "新的网络或浏览器").await;
    let mail = stage.post.wait_for(&email, "从新的地点登录").await;
    assert!(mail.part("text/plain").contains("101.4.60.0/24"));
    // It is known from then on; the same network with another browser is not.
    at("101.4.60.2", CHROME).sign_in(&lock).await;
    assert_eq!(of_place(&stage.provider.notifications(&lock).await), 3);
    at("101.4.60.2", "Mozilla/5.0 (X11; Linux) Firefox/140.0")
        .sign_in(&lock)
        .await;
    assert_eq!(of_place(&stage.provider.notifications(&lock).await), 6);
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_heard_of_once_for_each_number_of_days() {
    let stage = stage();
    let mut soon = Order::enterprise(KeyKind::P256);
    soon.not_after = 20 * 86_400;
    let bidder = Bidder::with(&stage.provider, world().p256.lock(&soon)).await;
    let mut very_soon = Order::of(
        KeyKind::P256,
        &bidder.lock.holder,
        &bidder.lock.credit_code(),
    );
    very_soon.not_after = 5 * 86_400;
    let other = world().p256.lock(&very_soon);
    let mut browser = bidder.browser.clone();
    browser.activate(&other).await;
    // Twice, and as two processes would.
    let served = &stage.provider.state;
    let both = tokio::join!(announce_expiring(served), announce_expiring(served));
    both.0.unwrap();
    both.1.unwrap();
    assert_eq!(announce_expiring(served).await.unwrap(), 0);
    let is_expiring = about(&bidder.lock, NotificationKind::LockExpiring);
    let heard = stage.desk.wait_for_all(2, &is_expiring).await;
    let mut days: Vec<_> = heard
        .iter()
        .map(|it| it.json()["data"]["within_days"].clone())
        .collect();
    days.sort_by_key(serde_json::Value::as_u64);
    assert_eq!(days, [7, 30]);
    message_with(&stage.messages, &bidder.to, "请尽快向CA机构办理延期").await;
    let mail = stage.post.wait_for(&bidder.email, "7天内到期").await;
    assert!(mail.part("text/html").contains("renewed by its CA"));
    assert_eq!(
        stage
            .desk
            .received()
            .iter()
            .filter(|it| is_expiring(it))
            .count(),
        2
    );
}

#[tokio::test]
async fn a_webhook_that_fails_is_told_again_with_the_same_identifier() {
    let desk = Receiver::start();
    desk.answer(503);
    let provider = Provider::start(|config| {
        reaching(config);
        config.notifications.webhooks = vec![webhook("desk", &desk.url)];
    });
    // What happens, happens: nobody waits for the desk.
    let scene = Scene::at(&provider).await;
    desk.wait_for(about(&scene.lock, NotificationKind::LockBound))
        .await;
    let waiting = provider
        .notification_that(&scene.lock, |one| one.why.is_some())
        .await;
    assert_eq!(
        waiting.why.as_deref(),
        Some("the answer has the status 503")
    );
    assert!(matches!(waiting.state, DeliveryState::Waiting(_)));
    desk.answer(204);
    let done = provider
        .notification_that(&scene.lock, |one| {
            one.state.parts().0 == DeliveryStage::Confirmed
        })
        .await;
    assert!(done.attempts >= 2);
    let ids: Vec<_> = desk
        .received()
        .iter()
        .map(|it| it.header("webhook-id").unwrap().to_owned())
        .collect();
    assert!(ids.iter().all(|id| *id == done.id.as_str()), "{ids:?}");
    // Somebody for good gone is not tried.
    desk.answer(410);
    let gone = Scene::at(&provider).await;
    let refused = provider
        .notification_that(&gone.lock, |one| one.why.is_some())
        .await;
    assert_eq!(refused.state.parts().0, DeliveryStage::Refused);
}

#[tokio::test]
async fn while_a_secret_changes_both_sign_and_a_reader_hears_of_what_it_asked_for() {
    let [desk, locks] = [Receiver::start(), Receiver::start()];
    let previous = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let provider = Provider::start(|config| {
        reaching(config);
        let mut both = webhook("desk", &desk.url);
        both.previous_secret = secret_in_file(previous);
        let mut some = webhook("locks", &locks.url);
        some.events = vec!["lock.activated".to_owned()];
        config.notifications.webhooks = vec![both, some];
    });
    let mut scene = Scene::at(&provider).await;
    scene.browser.activate(&lock_of_same(&scene.lock)).await;
    let received = desk
        .wait_for(about(&scene.lock, NotificationKind::LockActivated))
        .await;
    let signatures: Vec<_> = received
        .header("webhook-signature")
        .unwrap()
        .split(' ')
        .collect();
    let expected = [SECRET, previous].map(|secret| signature_by_openssl(&received, secret));
    assert_eq!(signatures, expected);
    locks
        .wait_for(about(&scene.lock, NotificationKind::LockActivated))
        .await;
    let kinds: Vec<_> = locks
        .received()
        .iter()
        .map(|it| it.json()["type"].clone())
        .collect();
    assert_eq!(kinds, ["lock.activated"]);
}

#[tokio::test]
async fn a_gateway_gets_each_message_with_its_identifier_and_says_what_becomes_of_it() {
    let gateway = Receiver::start();
    let provider = Provider::start(|config| {
        reaching(config);
        config.notifications.sms = Some(messages_through(&gateway.url, "gateway-token"));
    });
    for (status, stage) in [
        (200, DeliveryStage::Confirmed),
        (409, DeliveryStage::Confirmed),
        (422, DeliveryStage::Refused),
        (500, DeliveryStage::Waiting),
    ] {
        gateway.answer(status);
        let bidder = Bidder::at(&provider).await;
        let is_theirs = |it: &Received| it.json()["to"] == bidder.to.as_str();
        let received = gateway.wait_for(is_theirs).await;
        assert_eq!(
            received.header("authorization"),
            Some("Bearer gateway-token")
        );
        let settled = provider.notification_that(&bidder.lock, |one| {
            one.state.parts().0 == stage && one.attempts == 1 && (status < 410 || one.why.is_some())
        });
        let settled = settled.await;
        assert_eq!(received.json()["id"], settled.id.as_str());
    }
}

#[tokio::test]
async fn where_nothing_is_configured_nothing_is_kept_and_a_landline_gets_no_message() {
    let provider = Provider::start(|_| ());
    let scene = Scene::at(&provider).await;
    assert_eq!(provider.notifications(&scene.lock).await, []);
    let stage = stage();
    // 0476-8881234, and no mail address.
    let scene = Scene::at(&stage.provider).await;
    let kept = stage.provider.notifications(&scene.lock).await;
    let channels: Vec<_> = kept.iter().map(|one| one.channel.to_text()).collect();
    assert_eq!(channels, ["webhook:desk"]);
}

#[tokio::test]
async fn a_mail_address_is_changed_in_the_account_and_no_platform_learns_of_it() {
    let stage = stage();
    let mut scene = Scene::at(&stage.provider).await;
    let page = scene.browser.open("/account").await;
    let mut form = information_form(&page);
    set(&mut form, "contact_email", " Changed@Bidder.Example ");
    let answer = scene.browser.post("/account", &form).await;
    let page = scene.browser.follow(answer).await;
    assert!(page.has("#saved"), "{}", page.summary());
    assert_eq!(
        page.attribute("#contact_email", "value").as_deref(),
        Some("Changed@bidder.example")
    );
    scene.browser.activate(&lock_of_same(&scene.lock)).await;
    stage
        .post
        .wait_for("Changed@bidder.example", "新的企业锁已激活")
        .await;
    let tokens = scene.receive().await;
    let told = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(told.status, 200);
    assert!(!told.json().to_string().contains("bidder.example"));
    assert!(messages(Path::new(&stage.messages), "Changed@bidder.example").is_empty());
}
