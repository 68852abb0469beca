//! New keys are found; strange ones do not make the adapter a nuisance.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use client_adapter::{Adapter, Clock, IdTokenFault, LoginError, StartLogin};

use crate::fake_provider::{FakeProvider, Signature, Wrong, now};
use crate::{all, login, settings};

#[actix_web::test]
async fn a_rotated_key_is_fetched_once_and_an_unknown_one_not_forever() {
    let provider = FakeProvider::start(Wrong {
        signature: Signature::NewKey,
        ..Wrong::default()
    });
    let later = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&later);
    let mut settings = settings(&provider);
    settings.clock = Clock::new(move || now() + hand.load(Ordering::SeqCst));
    let adapter = Adapter::discover(settings).await.unwrap();
    assert_eq!(provider.discoveries(), 1);

    for _ in 0..5 {
        let error = login(&adapter, &provider).await.unwrap_err();
        assert!(
            matches!(error, LoginError::IdToken(IdTokenFault::UnknownKey)),
            "{error:?}"
        );
    }
    // Fetched moments ago: not again.
    assert_eq!(provider.discoveries(), 1);

    provider.publish_other_key();
    later.store(20, Ordering::SeqCst);
    for _ in 0..5 {
        login(&adapter, &provider).await.unwrap();
    }
    assert_eq!(provider.discoveries(), 2);
}

#[actix_web::test]
async fn many_logins_with_a_new_key_at_once_ask_for_it_once() {
    let provider = FakeProvider::start(Wrong::default());
    let later = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&later);
    let mut settings = settings(&provider);
    settings.clock = Clock::new(move || now() + hand.load(Ordering::SeqCst));
    let adapter = Adapter::discover(settings).await.unwrap();
    provider.publish_other_key();
    provider.change(Wrong {
        signature: Signature::NewKey,
        ..Wrong::default()
    });
    later.store(20, Ordering::SeqCst);
    let logins = (0..8).map(|_| login(&adapter, &provider));
    for done in all(logins).await {
        done.unwrap();
    }
    assert_eq!(provider.discoveries(), 2);
}

#[actix_web::test]
async fn keys_are_asked_for_again_after_an_hour_and_kept_while_the_provider_is_away() {
    let provider = FakeProvider::start(Wrong::default());
    let later = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&later);
    let mut settings = settings(&provider);
    settings.clock = Clock::new(move || now() + hand.load(Ordering::SeqCst));
    let adapter = Adapter::discover(settings).await.unwrap();
    later.store(3601, Ordering::SeqCst);
    adapter.start_login(StartLogin::default()).await.unwrap();
    assert_eq!(provider.discoveries(), 2);

    provider.stop().await;
    later.store(2 * 3601, Ordering::SeqCst);
    assert!(adapter.start_login(StartLogin::default()).await.is_ok());
    later.store(26 * 3600, Ordering::SeqCst);
    assert!(adapter.start_login(StartLogin::default()).await.is_err());
}
