//! Sessions in the memory of this process.
//!
//! Owns their bounds: so many, the oldest makes way; each ends in time. The same holds for the logouts that are
//! remembered. Does not know why a session ends early.

use std::collections::{HashMap, VecDeque};
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::pending::Stored;
use crate::session::{ProviderLogout, Session, SessionKey, SessionStore};

/// A logout counts against sign-ins that are under way, which takes seconds: the oldest of so many is worth the least.
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
    /// In the order of their coming.
    logouts: VecDeque<ProviderLogout>,
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

    fn insert_now(&self, key: &SessionKey, session: Session) -> bool {
        let now = self.clock.now();
        let mut kept = self.lock();
        let is_over =
            |logout: &ProviderLogout| logout.remember_until > now && logout.forestalls(&session);
        if kept.logouts.iter().any(is_over) {
            return false;
        }
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
        true
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

    fn log_out_now(&self, logout: &ProviderLogout) -> Option<usize> {
        let now = self.clock.now();
        let mut kept = self.lock();
        let is_known = |known: &ProviderLogout| known.token_until > now && known.jti == logout.jti;
        if kept.logouts.iter().any(is_known) {
            return None;
        }
        kept.logouts
            .retain(|it| it.remember_until.max(it.token_until) > now);
        if kept.logouts.len() >= MOST_LOGOUTS {
            kept.logouts.pop_front();
        }
        kept.logouts.push_back(logout.clone());
        let before = kept.sessions.len();
        kept.sessions.retain(|_, session| !logout.ends(session));
        Some(before - kept.sessions.len())
    }
}

impl SessionStore for InMemorySessionStore {
    fn insert<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, bool> {
        Box::pin(ready(Ok(self.insert_now(key, session))))
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

    fn log_out<'a>(&'a self, logout: &'a ProviderLogout) -> Stored<'a, Option<usize>> {
        Box::pin(ready(Ok(self.log_out_now(logout))))
    }
}

#[cfg(test)]
mod tests;
