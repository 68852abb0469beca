//! A login that has been started and not yet come back.
//!
//! Owns what must be remembered between the two, and where: [`PendingStore`], of which
//! [`InMemoryPendingStore`] serves one process. Does not know HTTP or cookies.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::secret::Secret;
use crate::target::Target;

/// How long a person may take at the provider, in seconds: as long as the provider itself waits for the
/// person (1800 s by default), and the minutes before and after. A shorter time would have the platform
/// refuse who binds a lock first; a longer one costs memory alone, since state, nonce, verifier and the
/// browser's key are used once, and the code that comes back lives for a minute.
pub const PENDING_LOGIN_SECONDS: i64 = 2100;

/// What the platform remembers of a login it has started. Holds secrets: keep it at the server, or
/// encrypted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingLogin {
    pub(crate) state: Secret,
    pub(crate) nonce: Secret,
    pub(crate) pkce_verifier: Secret,
    pub(crate) issuer: String,
    pub(crate) target: Option<Target>,
    /// Signing in before this moment is too long ago (`max_age`, `prompt=login`).
    pub(crate) authenticated_since: Option<i64>,
    /// One of these must be the ID token's `acr`; none: any may.
    pub(crate) accepted_acr: Vec<String>,
    pub(crate) created_at: i64,
}

impl PendingLogin {
    /// The `state` of the authorization request: the key under which to keep this.
    pub fn state(&self) -> &Secret {
        &self.state
    }

    /// Where the login leads back to.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// When it was started, seconds since the Unix epoch.
    pub fn created_at(&self) -> i64 {
        self.created_at
    }

    /// Whether at `now` the answer may still come.
    pub fn is_live(&self, now: i64) -> bool {
        (0..PENDING_LOGIN_SECONDS).contains(&now.saturating_sub(self.created_at))
    }
}

/// Names one browser: the value of the login cookie.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrowserKey(Secret);

impl BrowserKey {
    /// A key for a browser that has none.
    pub fn random() -> Self {
        Self(Secret::random())
    }

    /// Reads a cookie; anything that is not a key of ours is nothing.
    pub fn of_cookie(value: &str) -> Option<Self> {
        Secret::looks_random(value).then(|| Self(Secret::new(value)))
    }

    /// The cookie's value.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// Whether both name the same browser, in constant time.
    pub fn is(&self, other: &Self) -> bool {
        self.0.matches(other.reveal())
    }
}

impl fmt::Debug for BrowserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[browser]")
    }
}

/// A started login and the browser it was started in: only that browser may finish it, or an
/// attacker could sign a victim in as himself (RFC 6749 §10.12).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BoundLogin {
    /// The login.
    pub login: PendingLogin,
    /// The browser.
    pub browser: BrowserKey,
}

/// What a store answers with, once it has.
pub type Stored<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreFailure>> + Send + 'a>>;

/// The store of pending logins cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("logins cannot be remembered at the moment: {0}")]
pub struct StoreFailure(pub String);

/// Where pending logins wait. Several processes of one platform share one, for instance on Redis
/// with `SET … EX 2100` and `GETDEL`.
pub trait PendingStore: Send + Sync {
    /// Keeps `login` under its state for [`PENDING_LOGIN_SECONDS`].
    fn insert(&self, login: BoundLogin) -> Stored<'_, ()>;

    /// Takes the login with this state out, atomically: of several callers one gets it.
    fn take<'a>(&'a self, state: &'a str) -> Stored<'a, Option<BoundLogin>>;
}

/// A store in this process, with room for so many logins; the oldest makes way.
#[derive(Debug)]
pub struct InMemoryPendingStore {
    clock: Clock,
    capacity: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    by_state: HashMap<String, BoundLogin>,
    /// States in the order of their coming; some are taken already.
    order: VecDeque<String>,
}

impl InMemoryPendingStore {
    /// Room for `capacity` logins (about 1 KiB each).
    pub fn new(capacity: usize, clock: Clock) -> Self {
        Self {
            clock,
            capacity: capacity.max(1),
            waiting: Mutex::default(),
        }
    }

    /// How many are waiting.
    pub fn len(&self) -> usize {
        self.lock().by_state.len()
    }

    /// Whether none is waiting.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn insert_now(&self, login: BoundLogin) {
        let now = self.clock.now();
        let mut waiting = self.lock();
        while let Some(oldest) = waiting.order.front().cloned() {
            let gone = match waiting.by_state.get(&oldest) {
                None => true,
                Some(held) => !held.login.is_live(now) || waiting.by_state.len() >= self.capacity,
            };
            // States that were taken are only names; they go once they lead the queue or crowd it.
            if !gone && waiting.order.len() < self.capacity.saturating_mul(2) {
                break;
            }
            waiting.order.pop_front();
            waiting.by_state.remove(&oldest);
        }
        let state = login.login.state.reveal().to_owned();
        waiting.order.push_back(state.clone());
        waiting.by_state.insert(state, login);
    }
}

impl PendingStore for InMemoryPendingStore {
    fn insert(&self, login: BoundLogin) -> Stored<'_, ()> {
        self.insert_now(login);
        Box::pin(ready(Ok(())))
    }

    fn take<'a>(&'a self, state: &'a str) -> Stored<'a, Option<BoundLogin>> {
        let taken = self.lock().by_state.remove(state);
        let now = self.clock.now();
        Box::pin(ready(Ok(taken.filter(|held| held.login.is_live(now)))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn login(state: &str, created_at: i64) -> BoundLogin {
        BoundLogin {
            login: PendingLogin {
                state: state.into(),
                nonce: "nonce-word".into(),
                pkce_verifier: "verifier-word".into(),
                issuer: "https://idp.example".to_owned(),
                target: None,
                authenticated_since: None,
                accepted_acr: Vec::new(),
                created_at,
            },
            browser: BrowserKey::random(),
        }
    }

    fn store(capacity: usize) -> (InMemoryPendingStore, Arc<AtomicI64>) {
        let time = Arc::new(AtomicI64::new(1000));
        let hand = Arc::clone(&time);
        let clock = Clock::new(move || hand.load(Ordering::Relaxed));
        (InMemoryPendingStore::new(capacity, clock), time)
    }

    #[tokio::test]
    async fn a_pending_login_is_taken_once() {
        let (store, _) = store(10);
        store.insert(login("a", 1000)).await.unwrap();
        assert!(store.take("b").await.unwrap().is_none());
        assert!(store.take("a").await.unwrap().is_some());
        assert!(store.take("a").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_pending_login_dies_in_time() {
        let (store, time) = store(10);
        store.insert(login("a", 1000)).await.unwrap();
        time.store(1000 + PENDING_LOGIN_SECONDS, Ordering::Relaxed);
        assert!(store.take("a").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_flood_of_logins_does_not_grow_the_store() {
        let (store, _) = store(100);
        for i in 0..10_000 {
            store.insert(login(&i.to_string(), 1000)).await.unwrap();
            if i % 2 == 0 {
                store.take(&i.to_string()).await.unwrap();
            }
        }
        assert!(store.len() <= 100);
        assert!(store.lock().order.len() <= 200);
        assert!(store.take("9999").await.unwrap().is_some());
    }

    #[test]
    fn a_pending_login_travels_as_json_and_hides_its_secrets_from_logs() {
        let bound = login("state-word", 1);
        let printed = format!("{bound:?}");
        for secret in ["state-word", "nonce-word", "verifier-word"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        let json = serde_json::to_string(&bound).unwrap();
        let back: BoundLogin = serde_json::from_str(&json).unwrap();
        assert!(back.browser.is(&bound.browser));
        assert!(back.login.nonce.matches("nonce-word"));
    }
}
