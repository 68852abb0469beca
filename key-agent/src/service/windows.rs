//! The agent's windows that are open, and the one operation that may be under way.
//!
//! Owns the tokens and the time limit. Does not know HTTP, and no clock: time is an argument.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::failure::Failure;
use super::pace::Pace;
use super::request::Asked;
use crate::texts::Language;

/// Most windows that are remembered; the oldest idle one gives way.
const WINDOWS_MAX: usize = 32;

/// How long a window may wait for its page to ask.
const IDLE_LIMIT: Duration = Duration::from_mins(5);

/// How long the window of an operation may be away before another window takes its place. Longer than a browser takes to
/// connect anew.
const AWAY_LIMIT: Duration = Duration::from_secs(3);

/// Windows are found by the digest of their token, so that the time of a search tells nothing about the token.
type TokenDigest = [u8; 32];

/// All windows.
pub(super) struct Windows {
    open: HashMap<TokenDigest, Window>,
    pace: Pace,
    operation_limit: Duration,
}

struct Window {
    opened: Instant,
    state: State,
    /// How many connections say that its browser is there.
    attended: usize,
    /// When it was last heard of.
    heard: Instant,
}

enum State {
    /// Its page has not asked yet.
    Idle,
    /// Its page has asked; the person decides.
    Asked {
        operation: Pending,
        deadline: Instant,
    },
    /// The lock is at work: no second try meanwhile.
    AtWork {
        operation: Pending,
        deadline: Instant,
    },
}

/// The operation under way.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) asked: Arc<Asked>,
    pub(super) language: Language,
}

impl Windows {
    pub(super) fn new(operation_limit: Duration) -> Self {
        Self {
            open: HashMap::new(),
            pace: Pace::default(),
            operation_limit,
        }
    }

    /// A token for a new window, or nothing if the system has no randomness.
    pub(super) fn issue(&mut self, now: Instant) -> Option<String> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).ok()?;
        self.forget_stale(now);
        if self.open.len() >= WINDOWS_MAX {
            let idle = self
                .open
                .iter()
                .filter(|(_, window)| matches!(window.state, State::Idle));
            let oldest = idle
                .min_by_key(|(_, window)| window.opened)
                .map(|(digest, _)| *digest);
            self.open.remove(&oldest?);
        }
        let token = URL_SAFE_NO_PAD.encode(octets);
        self.open.insert(
            digest(&token),
            Window {
                opened: now,
                state: State::Idle,
                attended: 0,
                heard: now,
            },
        );
        Some(token)
    }

    /// Whether a window has this token.
    pub(super) fn knows(&self, token: &str) -> bool {
        self.open.contains_key(&digest(token))
    }

    /// Starts the operation of a window. There is one at a time in the whole service, and one in the life of a window.
    pub(super) fn begin(
        &mut self,
        token: &str,
        operation: Pending,
        now: Instant,
    ) -> Result<Duration, Failure> {
        self.forget_stale(now);
        if self
            .open
            .values()
            .any(|window| !matches!(window.state, State::Idle))
        {
            return Err(Failure::Busy);
        }
        let limit = self.operation_limit;
        let window = self
            .open
            .get_mut(&digest(token))
            .ok_or(Failure::NotOurWindow)?;
        window.heard = now;
        window.state = State::Asked {
            operation,
            deadline: now + limit,
        };
        Ok(limit)
    }

    /// The window's browser connects to say that it is there.
    pub(super) fn attend(&mut self, token: &str, now: Instant) -> Result<(), Failure> {
        self.pending(token, now)?;
        if let Some(window) = self.open.get_mut(&digest(token)) {
            window.attended += 1;
            window.heard = now;
        }
        Ok(())
    }

    /// Such a connection has ended.
    pub(super) fn leave(&mut self, token: &str, now: Instant) {
        if let Some(window) = self.open.get_mut(&digest(token)) {
            window.attended = window.attended.saturating_sub(1);
            window.heard = now;
        }
    }

    /// The window called.
    pub(super) fn hear(&mut self, token: &str, now: Instant) {
        if let Some(window) = self.open.get_mut(&digest(token)) {
            window.heard = now;
        }
    }

    /// Whether the window's operation may still go on.
    pub(super) fn is_under_way(&self, token: &str, now: Instant) -> bool {
        self.pending(token, now).is_ok()
    }

    /// The window's operation, if it may still go on.
    pub(super) fn pending(&self, token: &str, now: Instant) -> Result<Pending, Failure> {
        let window = self.open.get(&digest(token)).ok_or(Failure::NotOurWindow)?;
        match &window.state {
            State::Idle => Err(Failure::BadRequest("nothing was asked")),
            State::Asked { deadline, .. } | State::AtWork { deadline, .. } if *deadline <= now => {
                Err(Failure::TimedOut)
            }
            State::Asked { operation, .. } | State::AtWork { operation, .. } => {
                Ok(operation.clone())
            }
        }
    }

    /// Takes the operation for one try; a second try of the same window meanwhile is refused.
    pub(super) fn take(&mut self, token: &str, now: Instant) -> Result<Pending, Failure> {
        let pending = self.pending(token, now)?;
        let window = self
            .open
            .get_mut(&digest(token))
            .ok_or(Failure::NotOurWindow)?;
        match window.state {
            State::Asked { deadline, .. } => {
                window.state = State::AtWork {
                    operation: pending.clone(),
                    deadline,
                };
                Ok(pending)
            }
            State::Idle | State::AtWork { .. } => Err(Failure::TooManyTries),
        }
    }

    /// Gives the operation back after a try that failed but may be repeated.
    pub(super) fn give_back(&mut self, token: &str) {
        if let Some(window) = self.open.get_mut(&digest(token))
            && let State::AtWork {
                operation,
                deadline,
            } = &window.state
        {
            window.state = State::Asked {
                operation: operation.clone(),
                deadline: *deadline,
            };
        }
    }

    /// Ends a window: its token is worth nothing from now on.
    pub(super) fn end(&mut self, token: &str) -> bool {
        self.open.remove(&digest(token)).is_some()
    }

    /// Counts one PIN try, or refuses it.
    pub(super) fn count_try(&mut self, now: Instant) -> Result<(), Failure> {
        if self.pace.allows(now) {
            Ok(())
        } else {
            Err(Failure::TooManyTries)
        }
    }

    fn forget_stale(&mut self, now: Instant) {
        self.open.retain(|_, window| match &window.state {
            State::Idle => now.duration_since(window.opened) < IDLE_LIMIT,
            State::Asked { deadline, .. } => *deadline > now && !window.is_away(now),
            // The lock is at work, whether or not anybody waits for it.
            State::AtWork { deadline, .. } => *deadline > now,
        });
    }
}

impl Window {
    fn is_away(&self, now: Instant) -> bool {
        self.attended == 0 && now.duration_since(self.heard) >= AWAY_LIMIT
    }
}

fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::super::request::Operation;
    use super::*;

    fn pending() -> Pending {
        let asked = Asked {
            origin: "https://idp.example".parse().unwrap(),
            operation: Operation::Read,
        };
        Pending {
            asked: Arc::new(asked),
            language: Language::ZhCn,
        }
    }

    #[test]
    fn one_operation_at_a_time_and_one_in_the_life_of_a_window() {
        let now = Instant::now();
        let mut windows = Windows::new(Duration::from_mins(2));
        let (one, other) = (windows.issue(now).unwrap(), windows.issue(now).unwrap());
        windows.begin(&one, pending(), now).unwrap();
        assert_eq!(
            windows.begin(&one, pending(), now).err(),
            Some(Failure::Busy)
        );
        assert_eq!(
            windows.begin(&other, pending(), now).err(),
            Some(Failure::Busy)
        );
        assert!(windows.end(&one));
        assert!(!windows.knows(&one));
        assert!(windows.begin(&other, pending(), now).is_ok());
    }

    #[test]
    fn an_operation_ends_by_itself_and_frees_the_agent() {
        let now = Instant::now();
        let mut windows = Windows::new(Duration::from_mins(2));
        let (one, other) = (windows.issue(now).unwrap(), windows.issue(now).unwrap());
        windows.begin(&one, pending(), now).unwrap();
        let later = now + Duration::from_mins(2);
        assert_eq!(windows.take(&one, later).err(), Some(Failure::TimedOut));
        assert!(windows.begin(&other, pending(), later).is_ok());
        assert_eq!(
            windows.pending(&one, later).err(),
            Some(Failure::NotOurWindow)
        );
    }

    #[test]
    fn a_window_that_is_away_gives_way_to_another_but_not_while_it_is_there_or_the_lock_works() {
        let now = Instant::now();
        let mut windows = Windows::new(Duration::from_mins(2));
        let (one, other) = (windows.issue(now).unwrap(), windows.issue(now).unwrap());
        windows.begin(&one, pending(), now).unwrap();
        windows.attend(&one, now).unwrap();
        let later = now + Duration::from_secs(100);
        // As long as it is connected it is nobody else's turn, however seldom its timers run.
        let busy = Some(Failure::Busy);
        assert_eq!(windows.begin(&other, pending(), later).err(), busy);
        windows.leave(&one, later);
        let soon = later + AWAY_LIMIT / 2;
        assert_eq!(windows.begin(&other, pending(), soon).err(), busy);
        windows.hear(&one, soon);
        let at_work = soon + AWAY_LIMIT / 2;
        windows.take(&one, at_work).unwrap();
        let away = soon + AWAY_LIMIT * 2;
        assert_eq!(windows.begin(&other, pending(), away).err(), busy);
        windows.give_back(&one);
        assert!(windows.begin(&other, pending(), away).is_ok());
        assert!(!windows.knows(&one));
        assert!(windows.attend(&one, away).is_err());
    }

    #[test]
    fn a_second_try_waits_for_the_first() {
        let now = Instant::now();
        let mut windows = Windows::new(Duration::from_mins(2));
        let one = windows.issue(now).unwrap();
        windows.begin(&one, pending(), now).unwrap();
        assert!(windows.take(&one, now).is_ok());
        assert_eq!(windows.take(&one, now).err(), Some(Failure::TooManyTries));
        windows.give_back(&one);
        assert!(windows.take(&one, now).is_ok());
    }

    #[test]
    fn windows_are_bounded() {
        let now = Instant::now();
        let mut windows = Windows::new(Duration::from_mins(2));
        for _ in 0..WINDOWS_MAX * 2 {
            windows.issue(now).unwrap();
        }
        assert_eq!(windows.open.len(), WINDOWS_MAX);
    }
}
