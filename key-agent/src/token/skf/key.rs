//! A key of a SKF device, from its PIN to its signatures.
//!
//! Owns the PIN check, forgetting it again, and what is given to the device to sign. Does not know who asked.

use std::ffi::CString;
use std::rc::Rc;

use pki::certificate::Certificate;
use pki::sm2;
use protocol::proof::ProofAlgorithm;
use zeroize::Zeroize as _;

use super::applications::{Found, tries};
use super::library::{Application, Container, Counter, Device};
use crate::pin::Pin;
use crate::token::choice::chosen;
use crate::token::digest_info::sha256_digest_info;
use crate::token::driver::{OpenKey, Opened};
use crate::token::{TokenError, Tries, Wanted};

/// Room for an RSA signature of 8192 bits.
const RSA_SIGNATURE_ROOM: usize = 1024;

/// Opens the wanted key.
pub(super) fn open(found: Found, wanted: &Wanted, pin: &Pin) -> Result<(Opened, Key), TokenError> {
    // What can be refused without a PIN is refused without spending a try.
    let facts = chosen(&found.facts.certificates, wanted)?;
    if facts.algorithms.is_empty() {
        return Err(TokenError::UnsupportedAlgorithm);
    }
    if found.facts.pin.is_locked() {
        return Err(TokenError::PinLocked);
    }
    let opened = Opened {
        certificate: facts.certificate.clone(),
        media_number: found.facts.media_number.clone(),
        algorithms: facts.algorithms,
    };
    let mut certificates = found.facts.certificates.iter().zip(&found.containers);
    let name = certificates
        .find(|(one, _)| one.id == facts.id)
        .map(|(_, container)| container.clone())
        .ok_or(TokenError::LockRemoved)?;
    let container = found.application.container(&name)?;
    let application = Unlocked::with_pin(found.application, pin)?;
    let key = Key {
        certificate: opened.certificate.clone(),
        container,
        _application: application,
        _device: found.device,
    };
    Ok((opened, key))
}

/// An application whose PIN was shown; forgets it before it closes.
struct Unlocked(Application);

impl Unlocked {
    fn with_pin(application: Application, pin: &Pin) -> Result<Self, TokenError> {
        let plain = CString::new(pin.expose())
            .or(Err(TokenError::Unreadable("no PIN holds a zero octet")))?;
        let (outcome, left) = application.verify(&plain);
        let mut octets = plain.into_bytes_with_nul();
        octets.zeroize();
        match outcome {
            Ok(()) => Ok(Self(application)),
            Err(TokenError::PinWrong(_)) => Err(after_wrong_pin(&application, left)),
            Err(other) => Err(other),
        }
    }
}

/// The count that came with the refusal is only believed where the device's own count agrees or is silent: not every
/// library writes one.
fn after_wrong_pin(application: &Application, left: usize) -> TokenError {
    let own = match application.counter() {
        Ok(counter) => tries(counter),
        Err(TokenError::LockRemoved) => return TokenError::LockRemoved,
        Err(TokenError::PinLocked) => Tries::None,
        Err(_) => Tries::Untold,
    };
    match own {
        Tries::None => TokenError::PinLocked,
        // Silent: what came with the refusal, as of a count without an end.
        Tries::Untold => TokenError::PinWrong(tries(Counter { max: left, left })),
        now => TokenError::PinWrong(now),
    }
}

impl Drop for Unlocked {
    fn drop(&mut self) {
        self.0.forget_pin();
    }
}

/// An opened key. The fields close in their order.
pub(super) struct Key {
    certificate: Certificate,
    container: Container,
    _application: Unlocked,
    _device: Rc<Device>,
}

impl OpenKey for Key {
    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        match algorithm {
            ProofAlgorithm::Rs256 => {
                let input = sha256_digest_info(message);
                self.container.rsa_sign(&input, RSA_SIGNATURE_ROOM)
            }
            ProofAlgorithm::Sm2Sm3 => {
                // The device signs e = SM3(Z ‖ M), not M.
                let spki = self.certificate.subject_public_key_info_der();
                let digest =
                    sm2::digest(spki, message).or(Err(TokenError::UnsupportedAlgorithm))?;
                let raw = self.container.ecc_sign(&digest)?;
                let nonsense = "SKF_ECCSignData answers no signature";
                sm2::signature_der_from_device(&raw)
                    .or(Err(TokenError::Driver(nonsense.to_owned())))
            }
            _ => Err(TokenError::UnsupportedAlgorithm),
        }
    }
}
