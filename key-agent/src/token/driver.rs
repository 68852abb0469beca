//! Driver libraries: other people's code in this process.
//!
//! Owns that a library does one thing at a time, each in a thread of its own and within a time limit, so that one that
//! hangs or panics holds up nobody but its own locks; that a key stays open exactly as long as its session; that a
//! failure of a lock which is gone is told as such; and that no signature leaves which does not fit the certificate.
//! Does not know what kind of library it is.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use pki::certificate::Certificate;
use pki::signature::{SignatureAlgorithm, verify_signature};
use protocol::proof::ProofAlgorithm;

use super::{SigningSession, TokenError};

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

/// How long the end of a session is waited for.
const CLOSING_TIME: Duration = Duration::from_secs(3);

/// Lets one thing at a time through to a library.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
    left: Condvar,
    patience: Patience,
}

#[derive(Debug, Default)]
struct Inside {
    turns: u64,
    now: Option<u64>,
    /// The one inside is past its time: nobody waits for it.
    overdue: bool,
}

/// One's turn with the library; it ends when this value goes, by a panic too.
struct Turn {
    gate: Arc<Gate>,
    number: u64,
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

    fn enter(self: &Arc<Self>, patience: Duration) -> Result<Turn, TokenError> {
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

    fn give_up(&self, turn: u64) {
        let mut inside = self.inside();
        if inside.now == Some(turn) {
            tracing::warn!("the driver of a lock does not answer; it is left alone until it does");
            inside.overdue = true;
        }
    }

    /// Waits for what a turn's thread tells.
    fn wait<T>(
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

    /// Opens a key. `still_there` is asked, after everything is closed, when the library reports a failure that could
    /// mean anything: drivers differ in what they say of a lock that was pulled out.
    pub(super) fn open<K: OpenKey>(
        self: &Arc<Self>,
        open: impl FnOnce() -> Result<(Opened, K), TokenError> + Send + 'static,
        still_there: impl Fn() -> bool + Send + 'static,
    ) -> Result<Box<dyn SigningSession>, TokenError> {
        let turn = self.enter(self.patience.work)?;
        let number = turn.number;
        let (tell, told) = mpsc::sync_channel(1);
        let (ask, asked) = mpsc::channel();
        let (closing, closed) = mpsc::channel();
        spawn(move || {
            match open() {
                Ok((opened, key)) => {
                    let certificate = opened.certificate.clone();
                    if tell.send(Ok(opened)).is_ok() {
                        serve(key, &certificate, &asked, still_there);
                    }
                }
                Err(error) => {
                    let _gone = tell.send(Err(settled(error, still_there)));
                }
            }
            drop(turn);
            drop(closing);
        })?;
        let opened = self.wait(&told, number, self.patience.work)?;
        Ok(Box::new(DriverSession {
            opened,
            ask: Some(ask),
            closed: Mutex::new(closed),
            gate: Arc::clone(self),
            turn: number,
        }))
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), TokenError> {
    thread::Builder::new()
        .name("lock-driver".to_owned())
        .spawn(work)
        .map(drop)
        .or(Err(TokenError::Unreadable("no thread for its driver")))
}

/// Signs until the session goes or the library fails.
fn serve<K: OpenKey>(
    key: K,
    certificate: &Certificate,
    asked: &Receiver<Request>,
    still_there: impl Fn() -> bool,
) {
    for request in asked {
        let outcome = key
            .sign(request.algorithm, &request.message)
            .and_then(|signature| fitting(signature, certificate, &request));
        if let Err(error) = outcome {
            // Closes the lock first: what is open hides that it is gone.
            drop(key);
            let _gone = request.answer.send(Err(settled(error, still_there)));
            return;
        }
        let _gone = request.answer.send(outcome);
    }
}

/// What a failure means once it is known whether the lock is still there.
fn settled(error: TokenError, still_there: impl Fn() -> bool) -> TokenError {
    match error {
        TokenError::Driver(reason) if still_there() => TokenError::Driver(reason),
        TokenError::Driver(_) => TokenError::LockRemoved,
        other => other,
    }
}

/// A driver that signs with the other key of a pair, or returns noise, is found out here and not at the provider.
fn fitting(
    signature: Vec<u8>,
    certificate: &Certificate,
    request: &Request,
) -> Result<Vec<u8>, TokenError> {
    let fits = request
        .algorithm
        .as_str()
        .parse::<SignatureAlgorithm>()
        .is_ok_and(|algorithm| {
            verify_signature(certificate, algorithm, &request.message, &signature).is_ok()
        });
    if fits {
        Ok(signature)
    } else {
        let reason = "its signature does not fit the certificate";
        Err(TokenError::Driver(reason.to_owned()))
    }
}

/// A key that was opened with its PIN. Dropping it logs out and closes everything.
pub(super) trait OpenKey {
    /// Signs; the algorithm's own digest runs over `message`.
    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError>;
}

/// What is told of an opened key.
pub(super) struct Opened {
    pub(super) certificate: Certificate,
    pub(super) media_number: Option<String>,
    pub(super) algorithms: &'static [ProofAlgorithm],
}

struct Request {
    algorithm: ProofAlgorithm,
    message: Vec<u8>,
    answer: SyncSender<Result<Vec<u8>, TokenError>>,
}

/// The near end of an opened key.
struct DriverSession {
    opened: Opened,
    ask: Option<Sender<Request>>,
    closed: Mutex<Receiver<()>>,
    gate: Arc<Gate>,
    turn: u64,
}

impl SigningSession for DriverSession {
    fn certificate(&self) -> &Certificate {
        &self.opened.certificate
    }

    fn media_number(&self) -> Option<&str> {
        self.opened.media_number.as_deref()
    }

    fn algorithms(&self) -> &'static [ProofAlgorithm] {
        self.opened.algorithms
    }

    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        if !self.opened.algorithms.contains(&algorithm) {
            return Err(TokenError::UnsupportedAlgorithm);
        }
        let (answer, answered) = mpsc::sync_channel(1);
        let request = Request {
            algorithm,
            message: message.to_vec(),
            answer,
        };
        let asked = self
            .ask
            .as_ref()
            .is_some_and(|ask| ask.send(request).is_ok());
        if !asked {
            return Err(TokenError::LockRemoved);
        }
        self.gate
            .wait(&answered, self.turn, self.gate.patience.work)
    }
}

impl Drop for DriverSession {
    /// The lock is closed before the program goes on, let alone ends.
    fn drop(&mut self) {
        self.ask = None;
        let closed = self
            .closed
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if closed.recv_timeout(CLOSING_TIME) == Err(RecvTimeoutError::Timeout) {
            self.gate.give_up(self.turn);
        }
    }
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
