//! Sessions in the memory of this process.
//!
//! Owns their bounds: so many, the oldest makes way; each ends in time. Does not know why one ends early.

use std::collections::{HashMap, VecDeque};
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::pending::Stored;
use crate::session::{EndedSessions, Session, SessionKey, SessionStore};

/// Logout tokens live for minutes; a provider that sends more of them at once is not believed to be one.
const MOST_LOGOUTS: usize = 10_000;

/// A store in this process, with room for so many sessions; the oldest makes way.
#[derive(Debug)]
pub struct InMemorySessionStore {
    clock: Clock,
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    sessions: HashMap<String, Session>,
    /// Keys in the order of their coming; some have ended already.
    order: VecDeque<String>,
    /// `jti` and the end of its time, in the order of their coming.
    logouts: VecDeque<(String, i64)>,
}

impl InMemorySessionStore {
    /// Room for `capacity` sessions (about 4 KiB each).
    pub fn new(capacity: usize, clock: Clock) -> Self {
        Self {
            clock,
            capacity: capacity.max(1),
            kept: Mutex::default(),
        }
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.lock().sessions.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert_now(&self, key: &SessionKey, session: Session) {
        let now = self.clock.now();
        let mut kept = self.lock();
        while let Some(oldest) = kept.order.front().cloned() {
            let gone = match kept.sessions.get(&oldest) {
                None => true,
                Some(held) => held.expires_at <= now || kept.sessions.len() >= self.capacity,
            };
            // Keys of ended sessions are only names; they go once they lead the queue or crowd it.
            if !gone && kept.order.len() < self.capacity.saturating_mul(2) {
                break;
            }
            kept.sessions.remove(&oldest);
            kept.order.pop_front();
        }
        kept.order.push_back(key.reveal().to_owned());
        kept.sessions.insert(key.reveal().to_owned(), session);
    }

    fn find_now(&self, key: &SessionKey) -> Option<Session> {
        let now = self.clock.now();
        let kept = self.lock();
        let found = kept.sessions.get(key.reveal());
        found.filter(|session| session.expires_at > now).cloned()
    }

    fn replace_now(&self, key: &SessionKey, session: Session) -> bool {
        let mut kept = self.lock();
        let place = kept.sessions.get_mut(key.reveal());
        place.map(|place| *place = session).is_some()
    }

    fn remove_ended_now(&self, ended: &EndedSessions) -> usize {
        let mut kept = self.lock();
        let before = kept.sessions.len();
        kept.sessions.retain(|_, session| !ended.include(session));
        before - kept.sessions.len()
    }

    fn note_logout_now(&self, jti: &str, until: i64) -> bool {
        let now = self.clock.now();
        let mut kept = self.lock();
        kept.logouts.retain(|(_, until)| *until > now);
        if kept.logouts.iter().any(|(known, _)| known == jti) {
            return false;
        }
        if kept.logouts.len() >= MOST_LOGOUTS {
            kept.logouts.pop_front();
        }
        kept.logouts.push_back((jti.to_owned(), until));
        true
    }
}

impl SessionStore for InMemorySessionStore {
    fn insert<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, ()> {
        self.insert_now(key, session);
        Box::pin(ready(Ok(())))
    }

    fn find<'a>(&'a self, key: &'a SessionKey) -> Stored<'a, Option<Session>> {
        Box::pin(ready(Ok(self.find_now(key))))
    }

    fn replace<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, bool> {
        Box::pin(ready(Ok(self.replace_now(key, session))))
    }

    fn remove<'a>(&'a self, key: &'a SessionKey) -> Stored<'a, Option<Session>> {
        let session = self.lock().sessions.remove(key.reveal());
        Box::pin(ready(Ok(session)))
    }

    fn remove_ended<'a>(&'a self, ended: &'a EndedSessions) -> Stored<'a, usize> {
        Box::pin(ready(Ok(self.remove_ended_now(ended))))
    }

    fn note_logout<'a>(&'a self, jti: &'a str, until: i64) -> Stored<'a, bool> {
        Box::pin(ready(Ok(self.note_logout_now(jti, until))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::secret::Secret;
    use crate::signed_in::Tokens;

    fn session(sub: &str, sid: &str, expires_at: i64) -> Session {
        Session {
            sub: sub.to_owned(),
            session_id: sid.to_owned(),
            auth_time: 0,
            acr: String::new(),
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
        }
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
        let in_session = EndedSessions::InSession("1".to_owned());
        assert_eq!(store.remove_ended(&in_session).await.unwrap(), 2);
        let of_subject = EndedSessions::OfSubject("a".to_owned());
        assert_eq!(store.remove_ended(&of_subject).await.unwrap(), 1);
        assert_eq!(store.len(), 1);
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
        assert!(store.note_logout("a", 1100).await.unwrap());
        assert!(!store.note_logout("a", 1100).await.unwrap());
        time.store(1100, Ordering::Relaxed);
        assert!(store.note_logout("a", 1200).await.unwrap());
        assert_eq!(store.lock().logouts.len(), 1);
    }

    #[test]
    fn a_session_travels_as_json_and_hides_its_secrets_from_logs() {
        let session = session("a", "1", 2000);
        let printed = format!("{session:?}");
        for secret in ["access-word", "refresh-word", "id-word", "nonce-word"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        let back: Session =
            serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap();
        assert!(back.tokens.access_token.matches("access-word"));
    }
}
