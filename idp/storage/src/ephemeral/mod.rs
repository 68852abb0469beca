//! What is short-lived and single-use, in process or on Redis, behind the core's port.
//!
//! Owns which of the two answers. A kind of record is either taken or spent, never both: on Redis a
//! take removes what a spend left.

mod clock;
mod in_process;
mod redis;

use std::time::Duration;

use idp_core::ephemeral::{
    Ephemeral, EphemeralError, EphemeralRecord as _, KEPT_FOR_STRANGERS, Spent,
};
use idp_core::session::BrowserSession;

pub use self::clock::{Clock, SystemClock};
pub use self::in_process::InProcess;
pub use self::redis::Redis;
use crate::database::settings::OpenError;

/// Longest and shortest lifetime an entry is given: nothing here is meant to live for ever, and
/// Redis refuses a lifetime of zero.
const LIFETIMES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_hours(366 * 24));

fn bounded(lifetime: Duration) -> Duration {
    lifetime.clamp(LIFETIMES.0, LIFETIMES.1)
}

/// What a bounded store can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Everything.
    Free,
    /// The share of strangers is used up: those who signed go on, nobody begins.
    ForTheSignedIn,
    /// Nothing.
    Full,
}

/// About as much as a record takes.
const RECORD: usize = 2048;

/// The ephemeral store. Cloning is cheap and gives the same store.
#[derive(Clone)]
pub enum EphemeralStore {
    /// In this process; gone with it.
    InProcess(InProcess),
    /// On Redis, shared by all processes.
    Redis(Redis),
}

impl EphemeralStore {
    /// In this process, holding at most `capacity` octets (keys, values and what they cost to keep).
    pub fn in_process(capacity: usize) -> Self {
        Self::InProcess(InProcess::new(capacity))
    }

    /// On the Redis that `redis://` or `rediss://` names. Fails when it does not answer now.
    pub async fn redis(url: &str) -> Result<Self, OpenError> {
        Redis::open(url).await.map(Self::Redis)
    }

    /// Gives back the memory of what is past its lifetime. New entries do the same as they come; this is for when
    /// none come any more. Redis does it by itself.
    pub fn sweep(&self) {
        if let Self::InProcess(store) = self {
            store.sweep();
        }
    }

    /// Whether the store answers now.
    pub async fn ping(&self) -> Result<(), EphemeralError> {
        match self {
            Self::InProcess(_) => Ok(()),
            Self::Redis(redis) => redis.ping().await,
        }
    }
}

impl EphemeralStore {
    /// What it can take now. Redis answers for its own memory itself, by refusing.
    pub fn room(&self) -> Room {
        let Self::InProcess(store) = self else {
            return Room::Free;
        };
        let for_strangers = KEPT_FOR_STRANGERS.iter();
        if for_strangers
            .copied()
            .all(|kind| store.has_room(kind, RECORD))
        {
            Room::Free
        } else if store.has_room(BrowserSession::KIND, RECORD) {
            Room::ForTheSignedIn
        } else {
            Room::Full
        }
    }
}

impl Ephemeral for EphemeralStore {
    async fn put(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> Result<(), EphemeralError> {
        match self {
            Self::InProcess(store) => store.put(kind, id, value, bounded(lifetime)),
            Self::Redis(store) => store.put(kind, id, value, bounded(lifetime)).await,
        }
    }

    async fn put_if_absent(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> Result<bool, EphemeralError> {
        match self {
            Self::InProcess(store) => store.put_if_absent(kind, id, value, bounded(lifetime)),
            Self::Redis(store) => {
                store
                    .put_if_absent(kind, id, value, bounded(lifetime))
                    .await
            }
        }
    }

    async fn get(&self, kind: &'static str, id: &str) -> Result<Option<Vec<u8>>, EphemeralError> {
        match self {
            Self::InProcess(store) => store.find(kind, id),
            Self::Redis(store) => store.find(kind, id).await,
        }
    }

    async fn get_extending(
        &self,
        kind: &'static str,
        id: &str,
        lifetime: Duration,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        match self {
            Self::InProcess(store) => store.find_extending(kind, id, bounded(lifetime)),
            Self::Redis(store) => store.find_extending(kind, id, bounded(lifetime)).await,
        }
    }

    async fn take(&self, kind: &'static str, id: &str) -> Result<Option<Vec<u8>>, EphemeralError> {
        match self {
            Self::InProcess(store) => store.take(kind, id),
            Self::Redis(store) => store.take(kind, id).await,
        }
    }

    async fn spend(&self, kind: &'static str, id: &str) -> Result<Spent<Vec<u8>>, EphemeralError> {
        match self {
            Self::InProcess(store) => store.spend(kind, id),
            Self::Redis(store) => store.spend(kind, id).await,
        }
    }

    async fn count(
        &self,
        kind: &'static str,
        id: &str,
        window: Duration,
    ) -> Result<u64, EphemeralError> {
        match self {
            Self::InProcess(store) => store.count(kind, id, bounded(window)),
            Self::Redis(store) => store.count(kind, id, bounded(window)).await,
        }
    }
}
