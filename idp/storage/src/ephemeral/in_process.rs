//! The ephemeral store in this process: shards of one map, each behind a mutex.
//!
//! Bounded in octets. When it is full and nothing has expired, a new entry is refused; a live one is
//! never evicted, so a flood of strangers can't sign anybody out, and memory does not grow with it.
//! An entry past its deadline is never handed back: the deadline is checked at every look, the
//! sweeps only free memory. The clock is monotonic, so a stepping wall clock changes nothing.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use idp_core::ephemeral::{EphemeralError, KEPT_FOR_STRANGERS, Spent};

use super::clock::{Clock, SystemClock};

/// Locks to spread over. More than any machine's threads that meet here.
const SHARDS: usize = 32;

/// What an entry costs beside its key and value: both headers, the deadline, the map's slack.
const OVERHEAD: usize = 128;

/// A shard is swept after this many new entries, or after half as many as it holds.
const SWEEP_AFTER: usize = 64;

/// Everything is swept no more often than this, when the store is full.
const SWEEP_PAUSE: Duration = Duration::from_millis(100);

/// The store. Cloning gives the same one.
#[derive(Clone)]
pub struct InProcess(Arc<Shards>);

struct Shards {
    all: Vec<Mutex<Shard>>,
    hasher: RandomState,
    clock: Arc<dyn Clock>,
    capacity: usize,
    used: AtomicUsize,
    next_sweep: Mutex<Duration>,
}

#[derive(Default)]
struct Shard {
    entries: HashMap<Key, Entry>,
    inserted: usize,
}

#[derive(PartialEq, Eq, Hash)]
struct Key(&'static str, Box<str>);

struct Entry {
    held: Held,
    deadline: Duration,
}

enum Held {
    Fresh(Box<[u8]>),
    /// What a spend leaves: the value is known for what it was, and is gone for everything else.
    Spent(Box<[u8]>),
    Count(u64),
}

impl Key {
    fn cost(&self) -> usize {
        OVERHEAD + self.1.len()
    }
}

impl Held {
    fn cost(&self) -> usize {
        match self {
            Self::Fresh(value) | Self::Spent(value) => value.len(),
            Self::Count(_) => 0,
        }
    }

    fn until(self, deadline: Duration) -> Entry {
        Entry {
            held: self,
            deadline,
        }
    }

    fn value(&self, kind: &'static str) -> Result<Option<Vec<u8>>, EphemeralError> {
        match self {
            Self::Fresh(value) => Ok(Some(value.to_vec())),
            Self::Spent(_) => Ok(None),
            Self::Count(_) => Err(EphemeralError::ImpossibleRecord(kind)),
        }
    }
}

impl InProcess {
    /// A store of at most `capacity` octets.
    pub fn new(capacity: usize) -> Self {
        Self::with_clock(capacity, Arc::new(SystemClock::default()))
    }

    /// A store under a clock of the caller's.
    pub fn with_clock(capacity: usize, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shards {
            all: std::iter::repeat_with(Mutex::default)
                .take(SHARDS)
                .collect(),
            hasher: RandomState::new(),
            clock,
            capacity,
            used: AtomicUsize::new(0),
            next_sweep: Mutex::default(),
        }))
    }

    /// Octets held now, the expired ones that no sweep has met yet included.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    pub(super) fn sweep(&self) {
        self.0.sweep_every_shard(self.0.clock.now());
    }
}

// The port's operations, without waiting.
impl InProcess {
    pub(super) fn put(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> Result<(), EphemeralError> {
        let (key, held) = (Key(kind, id.into()), Held::Fresh(value.into()));
        self.0.reserve(kind, key.cost() + held.cost())?;
        let (now, mut shard) = self.0.lock(&key)?;
        self.0
            .insert(&mut shard, key, held.until(now + lifetime), now);
        Ok(())
    }

    pub(super) fn put_if_absent(
        &self,
        kind: &'static str,
        id: &str,
        value: Vec<u8>,
        lifetime: Duration,
    ) -> Result<bool, EphemeralError> {
        let (key, held) = (Key(kind, id.into()), Held::Fresh(value.into()));
        let cost = key.cost() + held.cost();
        self.0.reserve(kind, cost)?;
        let (now, mut shard) = self.0.lock(&key)?;
        if shard.find(&key, now).is_some() {
            self.0.release(cost);
            return Ok(false);
        }
        self.0
            .insert(&mut shard, key, held.until(now + lifetime), now);
        Ok(true)
    }

    pub(super) fn find(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        let key = Key(kind, id.into());
        let (now, mut shard) = self.0.lock(&key)?;
        match shard.find(&key, now) {
            Some(entry) => entry.held.value(kind),
            None => Ok(None),
        }
    }

    pub(super) fn find_extending(
        &self,
        kind: &'static str,
        id: &str,
        lifetime: Duration,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        let key = Key(kind, id.into());
        let (now, mut shard) = self.0.lock(&key)?;
        let Some(entry) = shard.find(&key, now) else {
            return Ok(None);
        };
        let value = entry.held.value(kind)?;
        if value.is_some() {
            entry.deadline = now + lifetime;
        }
        Ok(value)
    }

    pub(super) fn take(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, EphemeralError> {
        let key = Key(kind, id.into());
        let (now, mut shard) = self.0.lock(&key)?;
        let Some(entry) = shard.find(&key, now) else {
            return Ok(None);
        };
        let value = entry.held.value(kind)?;
        if value.is_some() {
            self.0.remove(&mut shard, &key);
        }
        Ok(value)
    }

    pub(super) fn spend(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Spent<Vec<u8>>, EphemeralError> {
        let key = Key(kind, id.into());
        let (now, mut shard) = self.0.lock(&key)?;
        let Some(entry) = shard.find(&key, now) else {
            return Ok(Spent::Unknown);
        };
        match &mut entry.held {
            Held::Fresh(value) => {
                let value = std::mem::take(value);
                entry.held = Held::Spent(value.clone());
                Ok(Spent::Won(value.into_vec()))
            }
            Held::Spent(value) => Ok(Spent::Before(value.to_vec())),
            Held::Count(_) => Err(EphemeralError::ImpossibleRecord(kind)),
        }
    }

    pub(super) fn count(
        &self,
        kind: &'static str,
        id: &str,
        window: Duration,
    ) -> Result<u64, EphemeralError> {
        let key = Key(kind, id.into());
        let begun = {
            let (now, mut shard) = self.0.lock(&key)?;
            shard.count(&key, now)?
        };
        if let Some(count) = begun {
            return Ok(count);
        }
        // Room is made with no shard locked, so somebody may have begun the count meanwhile.
        self.0.reserve(kind, key.cost())?;
        let (now, mut shard) = self.0.lock(&key)?;
        if let Some(count) = shard.count(&key, now)? {
            self.0.release(key.cost());
            return Ok(count);
        }
        let first = Held::Count(1).until(now + window);
        self.0.insert(&mut shard, key, first, now);
        Ok(1)
    }

    /// Whether a record would be taken now.
    pub(super) fn has_room(&self, kind: &'static str, octets: usize) -> bool {
        let reserved = self.0.reserve(kind, octets);
        reserved.map(|()| self.0.release(octets)).is_ok()
    }
}

impl Shard {
    /// The entry, unless it is past its deadline. What is past it counts as absent and waits for a
    /// sweep.
    fn find(&mut self, key: &Key, now: Duration) -> Option<&mut Entry> {
        self.entries
            .get_mut(key)
            .filter(|entry| now < entry.deadline)
    }

    /// Adds one to a counter that has begun.
    fn count(&mut self, key: &Key, now: Duration) -> Result<Option<u64>, EphemeralError> {
        match self.find(key, now).map(|entry| &mut entry.held) {
            None => Ok(None),
            Some(Held::Count(count)) => {
                *count = count.saturating_add(1);
                Ok(Some(*count))
            }
            Some(Held::Fresh(_) | Held::Spent(_)) => Err(EphemeralError::ImpossibleRecord(key.0)),
        }
    }

    /// Drops what is past its deadline; answers the octets that were freed.
    fn sweep(&mut self, now: Duration) -> usize {
        let mut freed = 0;
        self.inserted = 0;
        self.entries.retain(|key, entry| {
            let lives = now < entry.deadline;
            if !lives {
                freed += key.cost() + entry.held.cost();
            }
            lives
        });
        // A flood that is over gives its memory back.
        if self.entries.capacity() > 4 * self.entries.len().max(SWEEP_AFTER) {
            self.entries.shrink_to(2 * self.entries.len());
        }
        freed
    }
}

impl Shards {
    /// The shard of a key, locked, and the moment: taken under the lock, so that of two who meet
    /// here the later one sees the later moment.
    fn lock(&self, key: &Key) -> Result<(Duration, MutexGuard<'_, Shard>), EphemeralError> {
        let hash = self.hasher.hash_one(key);
        let shard = usize::try_from(hash % SHARDS as u64)
            .ok()
            .and_then(|index| self.all.get(index))
            .ok_or_else(|| EphemeralError::Unavailable("no shard".into()))?;
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((self.clock.now(), shard))
    }

    /// Stores under a reservation that was made for it.
    fn insert(&self, shard: &mut Shard, key: Key, entry: Entry, now: Duration) {
        let cost = key.cost();
        if let Some(replaced) = shard.entries.insert(key, entry) {
            self.release(cost + replaced.held.cost());
        }
        shard.inserted += 1;
        if shard.inserted > SWEEP_AFTER.max(shard.entries.len() / 2) {
            self.release(shard.sweep(now));
        }
    }

    fn remove(&self, shard: &mut Shard, key: &Key) {
        if let Some(removed) = shard.entries.remove(key) {
            self.release(key.cost() + removed.held.cost());
        }
    }

    /// Sets octets aside, or refuses. Called with no shard locked.
    fn reserve(&self, kind: &'static str, octets: usize) -> Result<(), EphemeralError> {
        let limit = if KEPT_FOR_STRANGERS.contains(&kind) {
            self.capacity / 4 * 3
        } else {
            self.capacity
        };
        if self.try_reserve(octets, limit) {
            return Ok(());
        }
        self.sweep_all();
        if self.try_reserve(octets, limit) {
            return Ok(());
        }
        Err(EphemeralError::Unavailable("full".into()))
    }

    fn try_reserve(&self, octets: usize, limit: usize) -> bool {
        let fits = |used: usize| used.checked_add(octets).filter(|used| *used <= limit);
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .is_ok()
    }

    fn release(&self, octets: usize) {
        self.used.fetch_sub(octets, Ordering::Relaxed);
    }

    /// At most one sweep of everything in [`SWEEP_PAUSE`]: a flood must not buy one with every entry.
    fn sweep_all(&self) {
        let now = self.clock.now();
        {
            let mut next = self
                .next_sweep
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if now < *next {
                return;
            }
            *next = now + SWEEP_PAUSE;
        }
        self.sweep_every_shard(now);
    }

    fn sweep_every_shard(&self, now: Duration) {
        for shard in &self.all {
            let freed = shard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .sweep(now);
            self.release(freed);
        }
    }
}
