//! A key of a library, from its opening to the closing of everything.
//!
//! Owns that it stays open exactly as long as its session, that a failure of a lock which is gone is told as such, and
//! that no signature leaves which does not fit the certificate. Does not know how it is opened.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pki::certificate::Certificate;
use pki::signature::{SignatureAlgorithm, verify_signature};
use protocol::proof::ProofAlgorithm;

use super::gate::{Gate, spawn};
use crate::token::{SigningSession, TokenError};

/// How long the end of a session is waited for.
const CLOSING_TIME: Duration = Duration::from_secs(3);

impl Gate {
    /// Opens a key. `still_there` is asked, after everything is closed, when the library reports a failure that could
    /// mean anything: drivers differ in what they say of a lock that was pulled out.
    pub(super) fn open(
        self: &Arc<Self>,
        open: impl FnOnce() -> Result<(Opened, Box<dyn OpenKey>), TokenError> + Send + 'static,
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

/// Signs until the session goes or the library fails.
fn serve(
    key: Box<dyn OpenKey>,
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
pub trait OpenKey {
    /// Signs; the algorithm's own digest runs over `message`.
    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError>;
}

/// What is told of an opened key.
pub struct Opened {
    /// The key's certificate.
    pub certificate: Certificate,
    /// 硬件介质号 of the lock, if it has one.
    pub media_number: Option<String>,
    /// What the key can do, the preferred one first.
    pub algorithms: &'static [ProofAlgorithm],
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
