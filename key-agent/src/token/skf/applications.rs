//! The applications of a library's devices, without a PIN.
//!
//! Owns what is read and how much of it. Does not know keys.

use std::ffi::{CStr, CString};
use std::rc::Rc;

use protocol::proof::ProofAlgorithm;

use super::library::{Application, Counter, Device, Functions};
use crate::token::driver::LockId;
use crate::token::told::{self, CERTIFICATE_MAX_OCTETS};
use crate::token::{
    CertificateFacts, LockFacts, PinState, SEAL_MAX_OCTETS, SEALS_MAX, TokenError, Tries,
};

/// Largest part of a file that is read at once: what any device takes.
const FILE_PART: usize = 1024;

/// A lock that is there. The fields close in their order: the application before its device.
pub(super) struct Found {
    pub(super) facts: LockFacts,
    /// The container of each of the facts' certificates.
    pub(super) containers: Vec<CString>,
    pub(super) application: Application,
    pub(super) device: Rc<Device>,
}

/// What a look finds.
#[derive(Default)]
pub(super) struct Look {
    pub(super) locks: Vec<Found>,
    /// Devices that cannot be read, by what a person calls them.
    pub(super) unreadable: Vec<(String, TokenError)>,
}

/// Every lock. A device that is pulled out meanwhile is passed over; one that fails hides no other.
pub(super) fn all(functions: &'static Functions, tag: &str) -> Result<Look, TokenError> {
    let mut look = Look::default();
    for device in functions.devices()? {
        match of_device(functions, &device, tag) {
            Ok(found) => look.locks.extend(found),
            Err(TokenError::LockRemoved) => {}
            Err(error) => {
                let label = told::label(&device.to_string_lossy());
                look.unreadable.push((label, error));
            }
        }
    }
    Ok(look)
}

/// The lock with this id.
pub(super) fn one(functions: &'static Functions, lock: &LockId) -> Result<Found, TokenError> {
    for device in functions.devices()? {
        for found in of_device(functions, &device, &lock.tag).unwrap_or_default() {
            if found.facts.id == lock.id {
                return Ok(found);
            }
        }
    }
    Err(TokenError::LockRemoved)
}

/// The locks of a device. They share one connection: with some libraries a second one ends with the first.
fn of_device(
    functions: &'static Functions,
    name: &CStr,
    tag: &str,
) -> Result<Vec<Found>, TokenError> {
    let device = Rc::new(functions.connect(name)?);
    let applications = device.applications()?;
    if applications.is_empty() {
        return Err(TokenError::Unreadable("it holds no application"));
    }
    let several = applications.len() > 1;
    applications
        .iter()
        .map(|application| {
            let opened = device.application(application)?;
            let about = About::read(&device.info()?);
            let (certificates, containers) = certificates(&opened)?;
            let own = told::id(&[
                name.to_bytes(),
                application.to_bytes(),
                about.serial.as_bytes(),
            ]);
            let application = application.to_string_lossy();
            let facts = LockFacts {
                id: format!("{tag}-{own}"),
                label: about.label(if several { &application } else { "" }),
                software: false,
                media_number: told::media_number(&about.serial),
                pin: pin_state(&opened)?,
                certificates,
                sealed: false,
            };
            Ok(Found {
                facts,
                containers,
                application: opened,
                device: Rc::clone(&device),
            })
        })
        .collect()
}

/// What `DEVINFO` tells: a version of 2 octets, manufacturer and issuer of 64, label and serial number of 32.
struct About {
    manufacturer: String,
    label: String,
    serial: String,
}

impl About {
    fn read(info: &[u8]) -> Self {
        let text = |from: usize, octets: usize| {
            let field = info.get(from..from + octets).unwrap_or_default();
            let end = field.iter().position(|octet| *octet == 0);
            let text = field.get(..end.unwrap_or(octets)).unwrap_or_default();
            String::from_utf8_lossy(text).into_owned()
        };
        Self {
            manufacturer: text(2, 64),
            label: text(130, 32),
            serial: text(162, 32),
        }
    }

    fn label(&self, application: &str) -> String {
        let own = told::label(&self.label);
        let own = if own.is_empty() {
            told::label(&self.manufacturer)
        } else {
            own
        };
        told::label(&format!("{own} {application}"))
    }
}

/// A device that does not count is believed; one whose count says nothing is "untold".
fn pin_state(application: &Application) -> Result<PinState, TokenError> {
    match application.counter() {
        Ok(counter) => Ok(PinState {
            tries: tries(counter),
            max: u8::try_from(counter.max).ok().filter(|max| *max > 0),
        }),
        Err(TokenError::PinLocked) => Ok(PinState {
            tries: Tries::None,
            max: None,
        }),
        Err(TokenError::LockRemoved) => Err(TokenError::LockRemoved),
        Err(_) => Ok(PinState {
            tries: Tries::Untold,
            max: None,
        }),
    }
}

/// What a count says. No PIN has more than 255 tries; and none has none at all: a device that answers 0 of 0 does not count,
/// and whether the PIN is locked it tells when it is asked.
pub(super) fn tries(counter: Counter) -> Tries {
    match counter {
        Counter { max: 0, left: 0 } => Tries::Untold,
        Counter { left, .. } => u8::try_from(left).map_or(Tries::Untold, Tries::counted),
    }
}

/// Both certificates of every container, where there are any.
fn certificates(
    application: &Application,
) -> Result<(Vec<CertificateFacts>, Vec<CString>), TokenError> {
    let (mut found, mut containers) = (Vec::new(), Vec::new());
    for name in application.containers()? {
        let container = application.container(&name)?;
        for signing in [true, false] {
            let der = match container.certificate(signing, CERTIFICATE_MAX_OCTETS) {
                Ok(der) => der,
                Err(TokenError::NoSigningCertificate) => continue,
                Err(error) => return Err(error),
            };
            if let Some(facts) = told::certificate(&der, able) {
                found.push(facts);
                containers.push(name.clone());
            }
        }
    }
    Ok((found, containers))
}

/// What such a device can do with a key: it pads RSA one way only, and knows SM2 of all curves.
fn able(all: &'static [ProofAlgorithm]) -> &'static [ProofAlgorithm] {
    match all {
        [ProofAlgorithm::Rs256, ..] => &[ProofAlgorithm::Rs256],
        [ProofAlgorithm::Sm2Sm3] => all,
        _ => &[],
    }
}

impl Found {
    /// Files whose name names a seal.
    pub(super) fn seals(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        let mut found = Vec::new();
        for name in self.application.files()? {
            if !told::names_seal(&name.to_string_lossy()) || found.len() >= SEALS_MAX {
                continue;
            }
            let length = self.application.file_length(&name)?;
            if (1..=SEAL_MAX_OCTETS).contains(&length) {
                found.push(self.file(&name, length)?);
            }
        }
        Ok(found)
    }

    fn file(&self, name: &CStr, length: usize) -> Result<Vec<u8>, TokenError> {
        let mut octets = Vec::with_capacity(length);
        while octets.len() < length {
            let size = FILE_PART.min(length - octets.len());
            let offset = u32::try_from(octets.len()).unwrap_or(u32::MAX);
            let part = self.application.read(name, offset, size)?;
            if part.is_empty() {
                return Err(TokenError::Driver(
                    "SKF_ReadFile answers nothing".to_owned(),
                ));
            }
            octets.extend(part);
        }
        Ok(octets)
    }
}
