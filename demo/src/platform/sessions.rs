//! Sessions of people at a platform.
//!
//! Owns their life: arrived, then confirmed; eight hours at most. Does not know cookies or pages.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use client_adapter::protocol::claims::{CertificateClaims, ContactClaims, EnterpriseClaims};
use client_adapter::{Clock, Secret, SessionKey, SignedIn};
use serde::Serialize;

use super::typed::Typed;

const LIFE_SECONDS: i64 = 8 * 3600;
const CAPACITY: usize = 10_000;

/// What arrived from the provider.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Arrival {
    pub(super) sub: String,
    pub(super) session_id: String,
    pub(super) auth_time: i64,
    pub(super) acr: String,
    pub(super) amr: Vec<String>,
    pub(super) enterprise: Option<EnterpriseClaims>,
    pub(super) certificate: Option<CertificateClaims>,
    pub(super) contact: Option<ContactClaims>,
    pub(super) access_token_expires_at: Option<i64>,
    #[serde(skip)]
    pub(super) target: Option<String>,
}

impl From<SignedIn> for Arrival {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            sub: signed_in.sub,
            session_id: signed_in.session_id,
            auth_time: signed_in.auth_time,
            acr: signed_in.acr,
            amr: signed_in.amr,
            enterprise: signed_in.enterprise,
            certificate: signed_in.certificate,
            contact: signed_in.contact,
            access_token_expires_at: signed_in.tokens.expires_at,
            target: signed_in.target.map(|target| target.to_string()),
        }
    }
}

/// How far a person has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    /// Came back from the provider; 确认登录 is still to be pressed.
    Arrived,
    /// Signed in.
    Confirmed,
}

/// One session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) stage: Stage,
    pub(super) arrival: Arrival,
    /// The adapter's session behind this one.
    pub(super) signed_in: SessionKey,
    pub(super) csrf: Secret,
    /// The filing form as far as it was filled in: what was typed outlives a mistake, a reload and the
    /// language switch.
    pub(super) typed: Typed,
    began_at: i64,
}

/// All sessions of one platform; the oldest makes way when there are too many.
#[derive(Debug)]
pub(super) struct Sessions {
    clock: Clock,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    by_key: HashMap<String, Session>,
    order: VecDeque<String>,
}

impl Sessions {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            held: Mutex::default(),
        }
    }

    /// A new session; its key is the cookie's value.
    pub(super) fn begin(&self, arrival: Arrival, signed_in: SessionKey, stage: Stage) -> Secret {
        let key = Secret::random();
        let session = Session {
            stage,
            arrival,
            signed_in,
            csrf: Secret::random(),
            typed: Typed::default(),
            began_at: self.clock.now(),
        };
        let mut held = self.lock();
        while held.order.len() >= CAPACITY {
            if let Some(oldest) = held.order.pop_front() {
                held.by_key.remove(&oldest);
            }
        }
        held.order.push_back(key.reveal().to_owned());
        held.by_key.insert(key.reveal().to_owned(), session);
        key
    }

    pub(super) fn find(&self, key: &str) -> Option<Session> {
        let now = self.clock.now();
        let is_live =
            |session: &Session| (0..LIFE_SECONDS).contains(&now.saturating_sub(session.began_at));
        self.lock()
            .by_key
            .get(key)
            .filter(|it| is_live(it))
            .cloned()
    }

    /// Keeps what was typed, until the session ends.
    pub(super) fn keep_typed(&self, key: &Secret, typed: Typed) {
        if let Some(session) = self.lock().by_key.get_mut(key.reveal()) {
            session.typed = typed;
        }
    }

    pub(super) fn end(&self, key: &str) {
        self.lock().by_key.remove(key);
    }

    /// Ends the session `key` and begins a confirmed one: a key seen before signing in is worth
    /// nothing after it.
    pub(super) fn confirm(&self, key: &Secret) -> Option<(Secret, Session)> {
        let session = self.lock().by_key.remove(key.reveal())?;
        let key = self.begin(session.arrival, session.signed_in, Stage::Confirmed);
        let session = self.find(key.reveal())?;
        Some((key, session))
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
