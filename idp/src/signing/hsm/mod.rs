//! Signing keys inside a hardware security module, by PKCS #11 (ADR 19).
//!
//! Owns the library, the log-in, the sessions, and that all of it comes back by itself after the module was away. Private
//! keys are made inside and never come out. A PIN that was refused is not tried again: tokens lock.

mod failure;
mod line;
mod objects;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cryptoki::context::Pkcs11;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use zeroize::Zeroizing;

pub use failure::HsmError;

use self::line::{Line, Seat};
use super::master_key::is_its_owners_alone;
use super::public_key::PublicKey;
use crate::config::Pkcs11Config;

/// After a connection failed, requests are refused for so long without another try.
const REST: Duration = Duration::from_millis(900);

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
            away: AtomicBool::new(false),
        }))
    }

    /// What rows call it: its label, else its serial number.
    pub fn name(&self) -> &str {
        self.settings.name()
    }

    /// Whether the last thing that was asked of it failed because it was not there.
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Nobody waits for it any more, until it answers again.
    pub fn give_up(&self) {
        self.away.store(true, Ordering::Relaxed);
    }

    /// Connects where it is not connected, and looks whether the token answers and has these keys.
    pub fn look(&self, kids: &[KeyId]) -> Result<(), HsmError> {
        self.with(|seat| {
            seat.session.get_session_info()?;
            for kid in kids {
                if objects::sought(seat, kid.as_str())?.is_none() {
                    return Err(HsmError::NoKey(kid.as_str().to_owned()));
                }
            }
            Ok(())
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

    /// Signs with the key of this name.
    pub(super) fn sign(
        &self,
        (kid, algorithm): (&str, JwsAlgorithm),
        message: &[u8],
    ) -> Result<Vec<u8>, HsmError> {
        self.with(|seat| objects::sign(seat, (kid, algorithm), message))
    }

    /// Destroys the key pair; `false`: there was none.
    pub(super) fn destroy(&self, kid: &str) -> Result<bool, HsmError> {
        self.with(|seat| objects::destroy(seat, kid))
    }

    /// Runs it in a session. Where that fails because the connection is worth nothing any more, a new one is tried once.
    fn with<T>(&self, work: impl Fn(&mut Seat) -> Result<T, HsmError>) -> Result<T, HsmError> {
        let outcome = match self.in_line(&work) {
            // A token that lost its log-in shows no private key.
            Some(Err(HsmError::Away(_) | HsmError::NoKey(_))) | None => self
                .connect()
                .and_then(|()| self.in_line(&work).unwrap_or_else(away)),
            Some(outcome) => outcome,
        };
        match &outcome {
            Ok(_) => self.away.store(false, Ordering::Relaxed),
            // It is there, and busy.
            Err(HsmError::Busy) => (),
            Err(_) => self.away.store(true, Ordering::Relaxed),
        }
        outcome
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
        if let Some(why) = self.barred.get() {
            return Err(HsmError::Barred(why.clone()));
        }
        let mut place = self.line.write().unwrap_or_else(PoisonError::into_inner);
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

/// From the environment or the file; a file ends with a line's end, which is none of it.
fn pin(settings: &Pkcs11Config) -> Result<Zeroizing<String>, HsmError> {
    if !settings.pin.is_empty() {
        return Ok(Zeroizing::new(settings.pin.clone()));
    }
    let file = &settings.pin_file;
    let failed = |why: &dyn std::fmt::Display| HsmError::Pin(format!("{}: {why}", file.display()));
    if !is_its_owners_alone(file).map_err(|e| failed(&e))? {
        return Err(failed(&"readable by others; set its mode to 600"));
    }
    let text = std::fs::read_to_string(file).map_err(|e| failed(&e))?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

fn away<T>() -> Result<T, HsmError> {
    Err(HsmError::Away("the connection was lost again".to_owned()))
}
