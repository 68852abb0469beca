//! Lets one thing at a time through to a library, each in a thread of its own and within a time limit.
//!
//! Does not know what is done there.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::token::TokenError;

/// How long a library may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To tell what locks there are.
    pub look: Duration,
    /// To check a PIN or to sign: some devices wait for a button.
    pub work: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            look: Duration::from_secs(10),
            work: Duration::from_mins(1),
        }
    }
}

/// Lets one thing at a time through to a library.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
    left: Condvar,
    pub(super) patience: Patience,
}

#[derive(Debug, Default)]
struct Inside {
    turns: u64,
    now: Option<u64>,
    /// The one inside is past its time: nobody waits for it.
    overdue: bool,
}

/// One's turn with the library; it ends when this value goes, by a panic too.
pub(super) struct Turn {
    gate: Arc<Gate>,
    pub(super) number: u64,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut inside = self.gate.inside();
        inside.now = None;
        inside.overdue = false;
        self.gate.left.notify_one();
    }
}

impl Gate {
    pub(super) fn new(patience: Patience) -> Arc<Self> {
        Arc::new(Self {
            patience,
            ..Self::default()
        })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(self: &Arc<Self>, patience: Duration) -> Result<Turn, TokenError> {
        let deadline = Instant::now() + patience;
        let mut inside = self.inside();
        while inside.now.is_some() {
            let rest = deadline.saturating_duration_since(Instant::now());
            if inside.overdue || rest.is_zero() {
                return Err(TokenError::DriverSilent);
            }
            inside = self
                .left
                .wait_timeout(inside, rest)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        inside.turns += 1;
        inside.now = Some(inside.turns);
        Ok(Turn {
            gate: Arc::clone(self),
            number: inside.turns,
        })
    }

    pub(super) fn give_up(&self, turn: u64) {
        let mut inside = self.inside();
        if inside.now == Some(turn) {
            tracing::warn!("the driver of a lock does not answer; it is left alone until it does");
            inside.overdue = true;
        }
    }

    /// Waits for what a turn's thread tells.
    pub(super) fn wait<T>(
        &self,
        told: &Receiver<Result<T, TokenError>>,
        turn: u64,
        patience: Duration,
    ) -> Result<T, TokenError> {
        match told.recv_timeout(patience) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => {
                self.give_up(turn);
                Err(TokenError::DriverSilent)
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(TokenError::Driver("it ended unexpectedly".to_owned()))
            }
        }
    }

    /// Looks at the locks of the library.
    pub(super) fn look<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce() -> Result<T, TokenError> + Send + 'static,
    ) -> Result<T, TokenError> {
        let turn = self.enter(self.patience.look)?;
        let (number, (tell, told)) = (turn.number, mpsc::sync_channel(1));
        spawn(move || {
            let outcome = look();
            drop(turn);
            // Whoever asked may have given up.
            let _gone = tell.send(outcome);
        })?;
        self.wait(&told, number, self.patience.look)
    }
}

pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), TokenError> {
    thread::Builder::new()
        .name("lock-driver".to_owned())
        .spawn(work)
        .map(drop)
        .or(Err(TokenError::Unreadable("no thread for its driver")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Arc<Gate> {
        let short = Duration::from_millis(50);
        Gate::new(Patience {
            look: short,
            work: short,
        })
    }

    #[test]
    fn a_library_that_hangs_is_given_up_and_taken_back_when_it_answers() {
        let gate = gate();
        let (let_go, held) = mpsc::channel::<()>();
        let hanging = gate.look(move || {
            held.recv().ok();
            Ok(())
        });
        assert_eq!(hanging, Err(TokenError::DriverSilent));
        // The next one does not even wait.
        assert_eq!(gate.look(|| Ok(1)), Err(TokenError::DriverSilent));
        drop(let_go);
        let mut tries = 0;
        while gate.look(|| Ok(2)) != Ok(2) {
            tries += 1;
            assert!(tries < 100);
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_panic_in_the_library_s_thread_ends_that_turn_alone() {
        // Long enough for a trace of the panic.
        let gate = Gate::new(Patience::default());
        let broken: Result<(), _> = gate.look(|| panic!("on purpose"));
        assert!(matches!(broken, Err(TokenError::Driver(_))));
        assert_eq!(gate.look(|| Ok(3)), Ok(3));
    }
}
