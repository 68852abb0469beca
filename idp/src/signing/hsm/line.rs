//! A connection: the library begun, the token found, its user logged in, and sessions to work in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::failure::HsmError;
use super::pool::Pool;
use crate::config::Pkcs11Config;

/// How long a connection counts as just begun.
const FRESH: Duration = Duration::from_millis(500);

/// What the three algorithms need, and how each is called.
const NEEDED: [(&str, &[MechanismType]); 5] = [
    ("CKM_EC_KEY_PAIR_GEN", &[MechanismType::ECC_KEY_PAIR_GEN]),
    (
        "CKM_RSA_PKCS_KEY_PAIR_GEN",
        &[MechanismType::RSA_PKCS_KEY_PAIR_GEN],
    ),
    ("CKM_ECDSA", &[MechanismType::ECDSA]),
    (
        "CKM_SHA256_RSA_PKCS or CKM_RSA_PKCS",
        &[MechanismType::SHA256_RSA_PKCS, MechanismType::RSA_PKCS],
    ),
    (
        "CKM_SHA256_RSA_PKCS_PSS or CKM_RSA_PKCS_PSS",
        &[
            MechanismType::SHA256_RSA_PKCS_PSS,
            MechanismType::RSA_PKCS_PSS,
        ],
    ),
];

/// A session, and where it found keys.
pub(super) struct Seat {
    pub(super) session: Session,
    pub(super) handles: HashMap<String, ObjectHandle>,
    pub(super) mechanisms: Arc<[MechanismType]>,
}

/// A connection.
pub(super) struct Line {
    context: Pkcs11,
    slot: Slot,
    mechanisms: Arc<[MechanismType]>,
    seats: Pool<Seat>,
    /// Stays open, so that the log-in does.
    anchor: Mutex<Session>,
    begun: Instant,
}

impl Line {
    /// Logs in. The PIN is tried once, and not at all where the token has one try left.
    pub(super) fn begin(
        context: Pkcs11,
        settings: &Pkcs11Config,
        pin: &str,
    ) -> Result<Self, HsmError> {
        initialize(&context)?;
        Self::logged_in(&context, settings, pin).inspect_err(|_| end(context))
    }

    fn logged_in(context: &Pkcs11, settings: &Pkcs11Config, pin: &str) -> Result<Self, HsmError> {
        let slot = find(context, settings)?;
        let info = context.get_token_info(slot)?;
        if info.user_pin_locked() {
            return Err(HsmError::Barred("its PIN is locked".to_owned()));
        }
        if info.user_pin_final_try() {
            let why = "one try is left for its PIN, and it is a person's";
            return Err(HsmError::Barred(why.to_owned()));
        }
        let mechanisms = mechanisms(context, slot)?;
        let session = context.open_rw_session(slot)?;
        let pin = AuthPin::new(pin.into());
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => (),
            Err(error) => return Err(error.into()),
        }
        Ok(Self {
            context: context.clone(),
            slot,
            mechanisms,
            // One is the anchor.
            seats: Pool::of(settings.sessions.saturating_sub(1).max(1)),
            anchor: Mutex::new(session),
            begun: Instant::now(),
        })
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.begun.elapsed() < FRESH
    }

    /// In a session of the pool.
    pub(super) fn work<T>(
        &self,
        work: &impl Fn(&mut Seat) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        self.seats.work(|| self.open(), work)
    }

    /// The log-in is the process's: sessions that are opened after it have it too.
    fn open(&self) -> Result<Seat, HsmError> {
        Ok(Seat {
            session: self.context.open_rw_session(self.slot)?,
            handles: HashMap::new(),
            mechanisms: Arc::clone(&self.mechanisms),
        })
    }

    /// Ends all sessions and the library: some see a token that came back only after a new beginning.
    pub(super) fn end(self) {
        let Self {
            context,
            seats,
            anchor,
            ..
        } = self;
        drop((seats, anchor));
        end(context);
    }
}

fn end(context: Pkcs11) {
    if let Err(error) = context.finalize() {
        tracing::debug!(%error, "a PKCS #11 library did not end well");
    }
}

fn initialize(context: &Pkcs11) -> Result<(), HsmError> {
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The one token with this label and this serial number, as far as they are named.
fn find(context: &Pkcs11, settings: &Pkcs11Config) -> Result<Slot, HsmError> {
    let named = |wanted: &str, found: &str| wanted.is_empty() || wanted == found.trim_end();
    let mut found = Vec::new();
    for slot in context.get_slots_with_token()? {
        // One that can't be read hides no other.
        let Ok(info) = context.get_token_info(slot) else {
            continue;
        };
        if named(&settings.token, info.label()) && named(&settings.serial, info.serial_number()) {
            found.push(slot);
        }
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(HsmError::Away(format!(
            "there is no token {}",
            settings.name()
        ))),
        _ => Err(HsmError::Away(format!(
            "more than one token is called {}; name its serial number too",
            settings.name()
        ))),
    }
}

/// Asked one by one: a list holds numbers that nobody here knows.
fn mechanisms(context: &Pkcs11, slot: Slot) -> Result<Arc<[MechanismType]>, HsmError> {
    let has = |one: &MechanismType| context.get_mechanism_info(slot, *one).is_ok();
    let mut found = Vec::new();
    for (name, any) in NEEDED {
        let before = found.len();
        found.extend(any.iter().copied().filter(|one| has(one)));
        if found.len() == before {
            return Err(HsmError::Unable(name));
        }
    }
    Ok(found.into())
}
