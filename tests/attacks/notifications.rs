//! Notifications: nothing that is said can make another header or reader, nobody's telephone is flooded, inner addresses
//! are not reached, and no mail goes out in clear where TLS was asked for.

use e2e::account::{information_form, lock_of_same};
use e2e::browser::set;
use e2e::mail::MailServer;
use e2e::notified::{
    encrypted_mail_through, mail_through, message_with, messages, messages_through,
    messages_to_file, reachable_form, reaching, webhook,
};
use e2e::receiver::Receiver;
use e2e::scratch;
use e2e::story::{Scene, new_lock};
use e2e::tls::{TlsAuthority, tls_authority};
use e2e::{Browser, Lock, Provider};
use idp::config::MailTls;
use idp_core::audit::AuditKind;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::hand::Hand;
use idp_core::id::NotificationId;
use idp_core::notification::{Channel, Happening, Notification};
use idp_core::store::StoreError;

const PHONE: &str = "13847100001";

async fn bound(provider: &Provider, email: &str) -> (Browser, Lock) {
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    let page = browser
        .bind_with(&lock, &reachable_form(&lock, (PHONE, email)))
        .await;
    assert!(page.has("#bound"), "{}", page.summary());
    browser.sign_in(&lock).await;
    (browser, lock)
}

#[tokio::test]
async fn nothing_of_a_name_or_an_address_becomes_another_header_or_reader_of_a_mail() {
    let post = MailServer::start();
    let provider = Provider::start(|config| {
        config.notifications.email = Some(mail_through(&post));
    });
    let (mut browser, lock) = bound(&provider, "office@bidder.example").await;
    // As a form: refused, with the field named.
    for address in [
        "a@b.example\r\nBcc: thief@evil.example",
        "a@b.example, thief@evil.example",
        "\"a\r\nBcc: thief\"@b.example",
        "<thief@evil.example>",
        "a@b.example\u{2028}x",
    ] {
        let page = browser.open("/account").await;
        let mut form = information_form(&page);
        set(&mut form, "contact_email", address);
        let answer = browser.post("/account", &form).await;
        assert_eq!(answer.status, 422, "{address}");
        assert!(
            answer
                .text("#contact_email-error")
                .unwrap()
                .contains("格式不正确")
        );
        let other = new_lock();
        let form = reachable_form(&other, (PHONE, address));
        let answer = Browser::new(&provider).bind_with(&other, &form).await;
        assert_eq!(answer.status, 422, "{address}");
    }
    // Past every form: a name with everything that ends a line, and markup.
    let enterprise = provider.enterprise_of(&lock).await;
    let (cx, evil) = (
        provider.state.cx(),
        "新\r\nBcc: thief@evil.example\r\n\r\n<script>x</script>",
    );
    let happening = Happening::Renamed {
        old_name: evil.to_owned(),
        new_name: evil.to_owned(),
    };
    let id = NotificationId::generate(&*cx.rng, cx.now);
    let notification = Notification::of((id, cx.now), &enterprise, Channel::Email, &happening);
    let database = &provider.state.database;
    let written = database.write(move |store| store.insert_notification(&notification));
    written.await.unwrap();
    let mut renamed = provider.enterprise(&lock.credit_code()).await.unwrap();
    renamed.name = evil.to_owned();
    let written = database.write(move |store| store.exchange_enterprise(&renamed));
    assert!(written.await.unwrap());
    let mail = post
        .wait_for("office@bidder.example", "单位名称变更已办理")
        .await;
    assert_eq!(mail.recipients, ["office@bidder.example"]);
    assert!(mail.headers("Bcc").is_empty());
    assert_eq!(mail.header("To"), "office@bidder.example");
    let html = mail.part("text/html");
    assert!(
        !html.contains("<script>") && html.contains("script"),
        "{html}"
    );
    assert_eq!(post.kept().len(), 2, "that of the binding, and this one");
}

#[tokio::test]
async fn so_many_of_one_kind_reach_an_enterprise_in_an_hour_and_the_rest_is_on_record() {
    let (desk, post) = (Receiver::start(), MailServer::start());
    let file = scratch::folder("flood").join("sent.jsonl");
    let provider = Provider::start(|config| {
        reaching(config);
        config.notifications.webhooks = vec![webhook("desk", &desk.url)];
        config.notifications.email = Some(mail_through(&post));
        config.notifications.sms = Some(messages_to_file(&file));
        config.notifications.per_hour = 2;
    });
    let (mut browser, lock) = bound(&provider, "flood@bidder.example").await;
    for _ in 0..4 {
        browser.activate(&lock_of_same(&lock)).await;
    }
    message_with(&file, "+8613847100001", "激活为副锁").await;
    let is_held_back =
        |one: &Notification| one.attempts == 0 && one.state.parts().0 == DeliveryStage::GivenUp;
    let withheld = provider.notification_that(&lock, is_held_back).await;
    assert!(withheld.why.unwrap().starts_with("withheld"));
    // The operator's own system hears of everything.
    let is_activated = |it: &e2e::receiver::Received| it.json()["type"] == "lock.activated";
    desk.wait_for_all(4, is_activated).await;
    let all = provider.notifications(&lock).await;
    let held_back = all.iter().filter(|one| is_held_back(one)).count();
    assert_eq!(held_back, 4, "two mails and two messages");
    let activated = messages(&file, "+8613847100001");
    let activated = activated
        .iter()
        .filter(|m| m["text"].as_str().unwrap().contains("激活"));
    assert_eq!(activated.count(), 2);
    let trail = provider.audit().await;
    let kinds = trail
        .iter()
        .filter(|e| e.event.kind == AuditKind::NotificationWithheld);
    assert_eq!(kinds.count(), 4);
}

#[tokio::test]
async fn webhooks_and_gateways_at_inner_addresses_are_not_reached() {
    let (inner, gateway) = (Receiver::start(), Receiver::start());
    let provider = Provider::start(|config| {
        // As in production: loopback is within this machine, and no http.
        config.outbound.allow_loopback = false;
        config.notifications.webhooks = vec![
            webhook("plain", &inner.url),
            webhook("inner", &inner.url.replace("http:", "https:")),
            webhook("metadata", "https://169.254.169.254/latest"),
            webhook("named", "https://localhost/"),
        ];
        let url = gateway.url.replace("http:", "https:");
        config.notifications.sms = Some(messages_through(&url, "token"));
    });
    let (_, lock) = bound(&provider, "").await;
    for (way, why) in [
        ("webhook:plain", "is no https address"),
        ("webhook:inner", "within this machine or its networks"),
        ("webhook:metadata", "within this machine or its networks"),
        ("webhook:named", "within this machine or its networks"),
        ("sms", "within this machine or its networks"),
    ] {
        let tried = provider.notification_that(&lock, |one| {
            one.channel.to_text() == way && one.why.is_some()
        });
        let tried = tried.await;
        assert!(
            tried.why.as_deref().unwrap().contains(why),
            "{way}: {:?}",
            tried.why
        );
        assert!(matches!(tried.state, DeliveryState::Waiting(_)), "{way}");
    }
    assert!(inner.received().is_empty() && gateway.received().is_empty());
}

#[tokio::test]
async fn a_webhook_that_leads_onward_is_not_followed() {
    let desk = Receiver::start();
    desk.answer(307);
    let provider = Provider::start(|config| {
        reaching(config);
        config.notifications.webhooks = vec![webhook("desk", &desk.url)];
    });
    let (_, lock) = bound(&provider, "").await;
    let tried = provider
        .notification_that(&lock, |one| one.why.is_some())
        .await;
    assert_eq!(tried.why.as_deref(), Some("the answer has the status 307"));
    assert!(
        desk.received()
            .iter()
            .all(|it| it.head.starts_with("POST /hook"))
    );
}

#[tokio::test]
async fn no_mail_goes_out_in_clear_where_tls_was_asked_for() {
    let post = MailServer::start();
    let provider = Provider::start(|config| {
        // The sink offers no STARTTLS, as if somebody between had taken the offer away.
        let mut mail = mail_through(&post);
        mail.tls = MailTls::StartTls;
        config.notifications.email = Some(mail);
    });
    let (_, lock) = bound(&provider, "secret@bidder.example").await;
    let tried = provider
        .notification_that(&lock, |one| one.why.is_some())
        .await;
    assert!(
        matches!(tried.state, DeliveryState::Waiting(_)),
        "{tried:?}"
    );
    assert!(post.kept().is_empty());
}

#[tokio::test]
async fn no_mail_and_no_password_goes_to_a_server_whose_certificate_nobody_vouches_for() {
    let stranger = TlsAuthority::make("Somebody between");
    for tls in [MailTls::StartTls, MailTls::Implicit] {
        let post = MailServer::start_tls(&stranger.server(), tls);
        let provider = Provider::start(|config| {
            config.outbound.ca_file = tls_authority().file();
            config.notifications.email = Some(encrypted_mail_through(&post, tls));
        });
        let (_, lock) = bound(&provider, "secret@bidder.example").await;
        let tried = provider
            .notification_that(&lock, |one| one.why.is_some())
            .await;
        assert!(
            matches!(tried.state, DeliveryState::Waiting(_)),
            "{tried:?}"
        );
        let why = tried.why.unwrap().to_lowercase();
        assert!(why.contains("certificate"), "{why}");
        assert!(post.kept().is_empty());
    }
}

#[tokio::test]
async fn a_mailbox_that_is_none_is_not_tried_again_and_nobodys_sign_in_fails_by_it() {
    let post = MailServer::start();
    post.say_to_recipients("550 no such mailbox <office@bidder.example>");
    let provider = Provider::start(|config| {
        config.notifications.email = Some(mail_through(&post));
    });
    let (_, lock) = bound(&provider, "office@bidder.example").await;
    let refused = provider
        .notification_that(&lock, |one| one.why.is_some())
        .await;
    assert_eq!(refused.state.parts().0, DeliveryStage::Refused);
    // What the server quotes is no text of ours: the address stays out of the record.
    assert!(!refused.why.unwrap().contains('@'));
    let other = MailServer::start();
    drop(other);
    Scene::at(&provider).await;
}

#[tokio::test]
async fn only_what_failed_is_sent_again_however_it_is_asked_for() {
    let desk = Receiver::start();
    let provider = Provider::start(|config| {
        reaching(config);
        config.notifications.webhooks = vec![webhook("desk", &desk.url)];
    });
    let (_, lock) = bound(&provider, "").await;
    let sent = provider
        .notification_that(&lock, |one| one.state.parts().0 == DeliveryStage::Confirmed)
        .await;
    let (cx, id) = (provider.state.cx(), sent.id.clone());
    let retried = provider.state.database.write(move |store| {
        let hand = Hand::on_the_machine("somebody", None);
        let unknown = NotificationId::from_text("' OR 1=1 --");
        let first = idp_core::notify::retry(store, &cx, &id, &hand)?;
        let second = idp_core::notify::retry(store, &cx, &unknown, &hand)?;
        Ok::<_, StoreError>((first, second))
    });
    assert_eq!(retried.await.unwrap(), (false, false));
    assert_eq!(desk.received().len(), 1);
}
