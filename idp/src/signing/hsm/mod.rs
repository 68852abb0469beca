//! Signing keys inside a hardware security module, by PKCS #11 (ADR 19).
//!
//! Owns the library, the log-in, the sessions, and that all of it comes back by itself after the module was away. Private
//! keys are made inside and never come out. A PIN that was refused is not tried again: tokens lock.

mod failure;
mod line;
mod objects;
mod pin;
mod pool;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cryptoki::context::Pkcs11;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use zeroize::Zeroizing;

pub use failure::HsmError;

use self::line::{Line, Seat};
use self::pin::pin;
use super::public_key::PublicKey;
use crate::config::Pkcs11Config;

/// After a connection failed, requests are refused for so long without another try.
const REST: Duration = Duration::from_millis(900);

/// A key that a new connection did not show either is looked for without another one for so long.
const MISSED: Duration = Duration::from_secs(30);

/// One token.
pub struct Hsm {
    settings: Pkcs11Config,
    pin: Zeroizing<String>,
    /// Loaded at the first connection and never unloaded: libraries leave threads and handlers behind.
    library: OnceLock<Pkcs11>,
    line: RwLock<Option<Line>>,
    /// Why it is not tried any more.
    barred: OnceLock<String>,
    failed_at: RwLock<Option<(Instant, String)>>,
    missed_at: Mutex<Option<Instant>>,
    away: AtomicBool,
}

impl Hsm {
    /// Not connected yet: the first call does it. `None`: none is configured.
    pub fn of(settings: &Pkcs11Config) -> Result<Option<Self>, HsmError> {
        if !settings.is_set() {
            return Ok(None);
        }
        let pin = pin(settings)?;
        Ok(Some(Self {
            settings: settings.clone(),
            pin,
            library: OnceLock::new(),
            line: RwLock::new(None),
            barred: OnceLock::new(),
            failed_at: RwLock::new(None),
            missed_at: Mutex::new(None),
            away: AtomicBool::new(false),
        }))
    }

    /// What rows call it: its label, else its serial number.
    pub fn name(&self) -> &str {
        self.settings.name()
    }

    /// Whether it, or a key that is to sign, was not there when it was asked last.
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Nobody waits for it any more, until it answers again.
    pub fn give_up(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    /// Connects where it is not connected, and looks whether the token answers and has these keys.
    pub fn look(&self, kids: &[KeyId]) -> Result<(), HsmError> {
        self.serving(|seat| {
            seat.session.get_session_info()?;
            for kid in kids {
                if objects::sought(seat, kid.as_str())?.is_none() {
                    return Err(HsmError::NoKey(kid.as_str().to_owned()));
                }
            }
            Ok(())
        })
    }

    /// Of these keys those that it does not have.
    pub fn missing(&self, kids: &[KeyId]) -> Result<Vec<KeyId>, HsmError> {
        self.with(|seat| {
            let mut missing = Vec::new();
            for kid in kids {
                if objects::sought(seat, kid.as_str())?.is_none() {
                    missing.push(kid.clone());
                }
            }
            Ok(missing)
        })
    }

    /// Makes a key pair inside; its public half.
    pub(super) fn make(&self, algorithm: JwsAlgorithm) -> Result<PublicKey, HsmError> {
        self.with(|seat| objects::make(seat, algorithm))
    }

    /// Whether the key is inside.
    pub(super) fn holds(&self, kid: &str) -> Result<bool, HsmError> {
        self.with(|seat| Ok(objects::private_key(seat, kid)?.is_some()))
    }

    /// Signs with the key of this name; what does not verify comes to nobody.
    pub(super) fn sign(
        &self,
        (kid, algorithm): (&str, JwsAlgorithm),
        message: &[u8],
        verifies: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<u8>, HsmError> {
        self.serving(|seat| objects::sign(seat, (kid, algorithm), message, &verifies))
    }

    /// Destroys the key pair; `false`: there was none.
    pub(super) fn destroy(&self, kid: &str) -> Result<bool, HsmError> {
        self.with(|seat| objects::destroy(seat, kid))
    }

    /// As [`Self::with`], for what shows whether the keys that sign are there.
    fn serving<T>(&self, work: impl Fn(&mut Seat) -> Result<T, HsmError>) -> Result<T, HsmError> {
        let outcome = self.with(work);
        match &outcome {
            Ok(_) => self.away.store(false, Ordering::Relaxed),
            Err(HsmError::Away(_) | HsmError::NoKey(_)) => self.give_up(),
            // It is there, and is busy, or does not do this one thing.
            Err(_) => (),
        }
        outcome
    }

    /// Runs it in a session. Where that fails because the connection is worth nothing any more, a new one is tried once:
    /// for everybody, so not for what is about one request.
    fn with<T>(&self, work: impl Fn(&mut Seat) -> Result<T, HsmError>) -> Result<T, HsmError> {
        match self.in_line(&work) {
            Some(Err(HsmError::Away(_))) | None => (),
            // A token that lost its log-in shows no private key.
            Some(Err(HsmError::NoKey(_))) if !self.was_missed() => (),
            Some(outcome) => return outcome,
        }
        self.connect().inspect_err(|_| self.give_up())?;
        let outcome = self.in_line(&work).unwrap_or_else(away);
        if matches!(outcome, Err(HsmError::NoKey(_))) {
            *self.missed() = Some(Instant::now());
        }
        outcome
    }

    /// Whether a new connection was of no use to who missed a key.
    fn was_missed(&self) -> bool {
        self.missed().is_some_and(|at| at.elapsed() < MISSED)
    }

    fn missed(&self) -> MutexGuard<'_, Option<Instant>> {
        let missed = self.missed_at.lock();
        missed.unwrap_or_else(PoisonError::into_inner)
    }

    /// `None`: there is no connection.
    fn in_line<T>(
        &self,
        work: &impl Fn(&mut Seat) -> Result<T, HsmError>,
    ) -> Option<Result<T, HsmError>> {
        let line = self.line.read().unwrap_or_else(PoisonError::into_inner);
        line.as_ref().map(|line| line.work(work))
    }

    fn library(&self) -> Result<Pkcs11, HsmError> {
        if let Some(library) = self.library.get() {
            return Ok(library.clone());
        }
        let module = &self.settings.module;
        let named = |why: &str| HsmError::Module(format!("{} {why}", module.display()));
        if !module.is_file() {
            return Err(named("is not there"));
        }
        let library = Pkcs11::new(module).map_err(|error| match HsmError::from(error) {
            HsmError::Module(why) => named(&why),
            other => other,
        })?;
        Ok(self.library.get_or_init(|| library).clone())
    }

    /// Ends the connection that there is and begins another. Nobody is inside the library meanwhile.
    fn connect(&self) -> Result<(), HsmError> {
        let mut place = self.line.write().unwrap_or_else(PoisonError::into_inner);
        // Here alone: whoever waits for the place may wait for one whose PIN is refused.
        if let Some(why) = self.barred.get() {
            return Err(HsmError::Barred(why.clone()));
        }
        // Another did it while this one waited.
        if place.as_ref().is_some_and(Line::is_fresh) {
            return Ok(());
        }
        let mut failed = self
            .failed_at
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((at, why)) = failed.as_ref()
            && at.elapsed() < REST
        {
            return Err(HsmError::Away(why.clone()));
        }
        if let Some(line) = place.take() {
            line.end();
        }
        let library = self.library();
        let begun = library.and_then(|library| Line::begin(library, &self.settings, &self.pin));
        match begun {
            Ok(line) => {
                *place = Some(line);
                *failed = None;
                Ok(())
            }
            Err(error) => {
                if let HsmError::Barred(why) = &error {
                    let _ = self.barred.set(why.clone());
                }
                *failed = Some((Instant::now(), error.to_string()));
                Err(error)
            }
        }
    }
}

fn away<T>() -> Result<T, HsmError> {
    Err(HsmError::Away("the connection was lost again".to_owned()))
}
