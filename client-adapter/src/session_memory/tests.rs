//! The store in memory: bounds, ends, and what a logout forestalls.

#![allow(clippy::unwrap_used, reason = "a test may stop")]
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::secret::Secret;
use crate::session::EndedSessions;
use crate::signed_in::Tokens;

fn session(sub: &str, sid: &str, expires_at: i64) -> Session {
    Session {
        sub: sub.to_owned(),
        session_id: sid.to_owned(),
        auth_time: 0,
        acr: String::new(),
        issued_at: 900,
        enterprise: None,
        certificate: None,
        contact: None,
        tokens: Tokens {
            access_token: Secret::new("access-word"),
            expires_at: None,
            refresh_token: Some(Secret::new("refresh-word")),
            id_token: Secret::new("id-word"),
        },
        expires_at,
        nonce: Secret::new("nonce-word"),
        owes_id_token: false,
    }
}

/// A logout told at 1000, remembered until 5000.
fn logout(jti: &str, ended: EndedSessions) -> ProviderLogout {
    ProviderLogout {
        ended,
        issued_at: 1000,
        happened_at: None,
        jti: jti.to_owned(),
        token_until: 1100,
        remember_until: 5000,
    }
}

fn of_session(sid: &str) -> EndedSessions {
    EndedSessions::InSession(sid.to_owned())
}

fn of_subject(sub: &str) -> EndedSessions {
    EndedSessions::OfSubject(sub.to_owned())
}

fn store(capacity: usize) -> (InMemorySessionStore, Arc<AtomicI64>) {
    let time = Arc::new(AtomicI64::new(1000));
    let hand = Arc::clone(&time);
    let clock = Clock::new(move || hand.load(Ordering::Relaxed));
    (InMemorySessionStore::new(capacity, clock), time)
}

#[tokio::test]
async fn a_session_ends_in_time_or_when_taken_and_nothing_brings_it_back() {
    let (store, time) = store(10);
    let (one, other) = (SessionKey::random(), SessionKey::random());
    store.insert(&one, session("a", "1", 2000)).await.unwrap();
    store.insert(&other, session("a", "2", 2000)).await.unwrap();
    assert!(store.remove(&one).await.unwrap().is_some());
    assert!(store.remove(&one).await.unwrap().is_none());
    let back = store.replace(&one, session("a", "1", 2000));
    assert!(!back.await.unwrap());
    assert!(store.find(&one).await.unwrap().is_none());
    assert!(store.find(&other).await.unwrap().is_some());
    time.store(2000, Ordering::Relaxed);
    assert!(store.find(&other).await.unwrap().is_none());
}

#[tokio::test]
async fn the_provider_ends_one_of_its_sessions_or_all_of_an_enterprise() {
    let (store, _) = store(10);
    for (sub, sid) in [("a", "1"), ("a", "1"), ("a", "2"), ("b", "3")] {
        let key = SessionKey::random();
        store.insert(&key, session(sub, sid, 2000)).await.unwrap();
    }
    let in_session = logout("one", of_session("1"));
    assert_eq!(store.log_out(&in_session).await.unwrap(), Some(2));
    let all = logout("two", of_subject("a"));
    assert_eq!(store.log_out(&all).await.unwrap(), Some(1));
    assert_eq!(store.len(), 1);
}

#[tokio::test]
async fn a_sign_in_that_a_logout_overtook_begins_no_session() {
    let (store, time) = store(10);
    store
        .log_out(&logout("one", of_session("1")))
        .await
        .unwrap();
    store
        .log_out(&logout("two", of_subject("b")))
        .await
        .unwrap();
    let insert = async |sub: &str, sid: &str, issued_at: i64| {
        let session = Session {
            issued_at,
            ..session(sub, sid, 9000)
        };
        store.insert(&SessionKey::random(), session).await.unwrap()
    };
    for (sub, sid) in [("a", "1"), ("b", "2")] {
        assert!(!insert(sub, sid, 900).await);
        // In the same second nobody knows which came first.
        assert!(!insert(sub, sid, 1000).await);
        assert!(insert(sub, sid, 1001).await);
    }
    assert!(insert("a", "2", 900).await);
    time.store(5000, Ordering::Relaxed);
    assert!(insert("a", "1", 900).await);
}

#[tokio::test]
async fn a_flood_of_logouts_does_not_grow_the_store() {
    let (store, _) = store(1);
    let told = |i: usize| logout(&i.to_string(), of_session(&i.to_string()));
    // All but the last ones at once: each looks through those before it.
    store.lock().logouts.extend((0..MOST_LOGOUTS).map(told));
    for i in MOST_LOGOUTS..MOST_LOGOUTS + 10 {
        assert_eq!(store.log_out(&told(i)).await.unwrap(), Some(0));
    }
    assert_eq!(store.lock().logouts.len(), MOST_LOGOUTS);
    let newest = session("a", &(MOST_LOGOUTS + 9).to_string(), 2000);
    assert!(!store.insert(&SessionKey::random(), newest).await.unwrap());
}

#[tokio::test]
async fn a_flood_does_not_grow_the_store() {
    let (store, _) = store(100);
    let mut newest = SessionKey::random();
    for i in 0..10_000 {
        newest = SessionKey::random();
        store
            .insert(&newest, session("a", "1", 2000))
            .await
            .unwrap();
        if i % 2 == 0 {
            store.remove(&newest).await.unwrap();
        }
    }
    assert!(store.len() <= 100);
    assert!(store.lock().order.len() <= 200);
    assert!(store.find(&newest).await.unwrap().is_some());
}

#[tokio::test]
async fn a_logout_token_counts_once_in_its_time() {
    let (store, time) = store(1);
    let one = logout("a", of_session("1"));
    assert_eq!(store.log_out(&one).await.unwrap(), Some(0));
    assert_eq!(store.log_out(&one).await.unwrap(), None);
    time.store(1100, Ordering::Relaxed);
    assert_eq!(store.log_out(&one).await.unwrap(), Some(0));
    time.store(5000, Ordering::Relaxed);
    let other = logout("b", of_session("1"));
    assert_eq!(store.log_out(&other).await.unwrap(), Some(0));
    assert_eq!(store.lock().logouts.len(), 1);
}

#[test]
fn a_session_travels_as_json_and_hides_its_secrets_from_logs() {
    let session = session("a", "1", 2000);
    let printed = format!("{session:?}");
    for secret in ["access-word", "refresh-word", "id-word", "nonce-word"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    let back: Session = serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap();
    assert!(back.tokens.access_token.matches("access-word"));
}
