//! A key of a PKCS #11 token, from its PIN to its signatures.
//!
//! Owns log-in, log-out and the choice of mechanism. Does not know who asked.

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use protocol::proof::ProofAlgorithm;
use sha2::{Digest as _, Sha256, Sha384};

use super::Started;
use super::failure::told;
use super::slots::{self, Found};
use crate::pin::Pin;
use crate::token::choice::chosen;
use crate::token::digest_info::sha256_digest_info;
use crate::token::driver::{OpenKey, Opened};
use crate::token::{TokenError, Wanted};

/// Opens the wanted key. The fields of what comes back close in their order: session first, library last.
pub(super) fn open(
    started: Started,
    found: Found,
    wanted: &Wanted,
    pin: &Pin,
) -> Result<(Opened, Key), TokenError> {
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
    let session = LoggedIn::begin(&started, &found, pin)?;
    let certificates = found.facts.certificates.iter().zip(&found.key_ids);
    let key_id = certificates
        .filter(|(one, _)| one.id == facts.id)
        .map(|(_, id)| id.as_slice())
        .next()
        .unwrap_or_default();
    let handle = private_key(&session.0, key_id)?;
    let mechanisms = found.mechanisms;
    Ok((
        opened,
        Key {
            session,
            handle,
            mechanisms,
            _started: started,
        },
    ))
}

/// The private key with this `CKA_ID`; the only one there is, if the certificate has none.
fn private_key(session: &Session, id: &[u8]) -> Result<ObjectHandle, TokenError> {
    const NONE: TokenError = TokenError::Unreadable("it holds no key for its certificate");
    let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    if !id.is_empty() {
        template.push(Attribute::Id(id.to_vec()));
    }
    let found = slots::objects(session, &template)?;
    match found.as_slice() {
        [only] => Ok(*only),
        [first, ..] if !id.is_empty() => Ok(*first),
        _ => Err(NONE),
    }
}

/// A session whose user is logged in; logs out before it closes.
struct LoggedIn(Session);

impl LoggedIn {
    fn begin(started: &Started, found: &Found, pin: &Pin) -> Result<Self, TokenError> {
        let session = started
            .context
            .open_ro_session(found.slot)
            .map_err(|error| told(&error))?;
        let pin = AuthPin::new(pin.expose().into());
        match session
            .login(UserType::User, Some(&pin))
            .map_err(|error| told(&error))
        {
            Ok(()) => Ok(Self(session)),
            Err(TokenError::PinWrong(_)) => Err(after_wrong_pin(started, found)),
            Err(other) => Err(other),
        }
    }
}

/// What the token's flags say now.
fn after_wrong_pin(started: &Started, found: &Found) -> TokenError {
    match started.context.get_token_info(found.slot) {
        Ok(info) if info.user_pin_locked() => TokenError::PinLocked,
        Ok(info) => TokenError::PinWrong(slots::tries(&info)),
        Err(error) => told(&error),
    }
}

impl Drop for LoggedIn {
    fn drop(&mut self) {
        if let Err(error) = self.0.logout() {
            tracing::debug!(error = %told(&error), "a token did not log out");
        }
    }
}

/// An opened key.
pub(super) struct Key {
    session: LoggedIn,
    handle: ObjectHandle,
    mechanisms: Vec<MechanismType>,
    _started: Started,
}

impl OpenKey for Key {
    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let has = |wanted| self.mechanisms.contains(&wanted);
        let sha256 = || Sha256::digest(message).to_vec();
        let (mechanism, input) = match algorithm {
            ProofAlgorithm::Rs256 if has(MechanismType::SHA256_RSA_PKCS) => {
                (Mechanism::Sha256RsaPkcs, message.to_vec())
            }
            ProofAlgorithm::Rs256 => (Mechanism::RsaPkcs, sha256_digest_info(message)),
            ProofAlgorithm::Ps256 if has(MechanismType::SHA256_RSA_PKCS_PSS) => {
                (Mechanism::Sha256RsaPkcsPss(salted()), message.to_vec())
            }
            ProofAlgorithm::Ps256 => (Mechanism::RsaPkcsPss(salted()), sha256()),
            ProofAlgorithm::Es256 => (Mechanism::Ecdsa, sha256()),
            ProofAlgorithm::Es384 => (Mechanism::Ecdsa, Sha384::digest(message).to_vec()),
            ProofAlgorithm::Sm2Sm3 => return Err(TokenError::UnsupportedAlgorithm),
        };
        self.session
            .0
            .sign(&mechanism, self.handle, &input)
            .map_err(|error| told(&error))
    }
}

/// RFC 7518 §3.5: SHA-256 throughout, a salt as long as the digest.
fn salted() -> PkcsPssParams {
    PkcsPssParams {
        hash_alg: MechanismType::SHA256,
        mgf: PkcsMgfType::MGF1_SHA256,
        s_len: 32.into(),
    }
}
