//! The tokens in a library's slots, without a PIN.
//!
//! Owns what is read and how much of it. Does not know keys.

use cryptoki::context::Pkcs11;
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::{Slot, TokenInfo};
use protocol::proof::ProofAlgorithm;

use super::Started;
use super::failure::told as failure;
use crate::token::driver::LockId;
use crate::token::told::{self, CERTIFICATE_MAX_OCTETS, THINGS_MAX};
use crate::token::{
    CertificateKind, LockFacts, PinState, SEAL_MAX_OCTETS, SEALS_MAX, TokenError, Tries,
};

/// A token that is there.
pub(super) struct Found {
    pub(super) slot: Slot,
    pub(super) facts: LockFacts,
    /// `CKA_ID` of each of the facts' certificates.
    pub(super) key_ids: Vec<Vec<u8>>,
    pub(super) mechanisms: Vec<MechanismType>,
}

/// Every token. One that is pulled out meanwhile is passed over; one that fails hides no other.
pub(super) fn all(started: &Started, tag: &str) -> Result<Vec<Found>, TokenError> {
    let slots = present(started)?.into_iter();
    readable(slots.map(|slot| read(started, slot, tag)))
}

/// What can be read. A failure is told where nothing else is there.
fn readable<T>(
    read: impl Iterator<Item = Result<Option<T>, TokenError>>,
) -> Result<Vec<T>, TokenError> {
    let (mut found, mut failed) = (Vec::new(), None);
    for one in read {
        match one {
            Ok(token) => found.extend(token),
            Err(TokenError::LockRemoved) => {}
            Err(error) => {
                tracing::warn!(%error, "a token cannot be read");
                failed = Some(error);
            }
        }
    }
    match failed {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// The token with this id.
pub(super) fn one(started: &Started, lock: &LockId) -> Result<Found, TokenError> {
    all(started, &lock.tag)?
        .into_iter()
        .find(|found| found.facts.id == lock.id)
        .ok_or(TokenError::LockRemoved)
}

fn present(started: &Started) -> Result<Vec<Slot>, TokenError> {
    let mut slots = started
        .context
        .get_slots_with_token()
        .map_err(|error| failure(&error))?;
    slots.truncate(THINGS_MAX);
    Ok(slots)
}

/// `None`: the token was never set up, so nobody calls it a lock.
fn read(started: &Started, slot: Slot, tag: &str) -> Result<Option<Found>, TokenError> {
    let context = &started.context;
    let info = context
        .get_token_info(slot)
        .map_err(|error| failure(&error))?;
    if !info.token_initialized() {
        return Ok(None);
    }
    let mechanisms = mechanisms(context, slot);
    let session = context
        .open_ro_session(slot)
        .map_err(|error| failure(&error))?;
    let mut found = Vec::new();
    for object in objects(&session, &[Attribute::Class(ObjectClass::CERTIFICATE)])? {
        let Some(der) = value(&session, object, CERTIFICATE_MAX_OCTETS)? else {
            continue;
        };
        if let Some(facts) = told::certificate(&der, |all| able(all, &mechanisms)) {
            found.push((facts, key_id(&session, object)?));
        }
    }
    // Tokens keep no order.
    found.sort_by_key(|(facts, _)| facts.kind != CertificateKind::Signing);
    let (certificates, key_ids) = found.into_iter().unzip();
    let own = told::id(&[
        &slot.id().to_be_bytes(),
        info.serial_number().as_bytes(),
        info.label().as_bytes(),
    ]);
    let facts = LockFacts {
        id: format!("{tag}-{own}"),
        label: label(&info),
        software: false,
        media_number: told::media_number(info.serial_number()),
        pin: PinState {
            tries: tries(&info),
            max: None,
        },
        certificates,
        sealed: false,
    };
    Ok(Some(Found {
        slot,
        facts,
        key_ids,
        mechanisms,
    }))
}

/// Those that signing needs, of what the token has. Asked one by one: a list holds numbers that nobody here knows.
fn mechanisms(context: &Pkcs11, slot: Slot) -> Vec<MechanismType> {
    const WANTED: [MechanismType; 5] = [
        MechanismType::SHA256_RSA_PKCS,
        MechanismType::RSA_PKCS,
        MechanismType::SHA256_RSA_PKCS_PSS,
        MechanismType::RSA_PKCS_PSS,
        MechanismType::ECDSA,
    ];
    let signs = |one: &MechanismType| {
        context
            .get_mechanism_info(slot, *one)
            .is_ok_and(|info| info.sign())
    };
    WANTED.into_iter().filter(signs).collect()
}

fn label(info: &TokenInfo) -> String {
    let label = told::label(info.label());
    if label.is_empty() {
        told::label(&format!("{} {}", info.manufacturer_id(), info.model()))
    } else {
        label
    }
}

/// PKCS #11 tells no number, only three flags.
pub(super) fn tries(info: &TokenInfo) -> Tries {
    if info.user_pin_locked() {
        Tries::None
    } else if info.user_pin_final_try() {
        Tries::Last
    } else if info.user_pin_count_low() {
        Tries::Fewer
    } else {
        Tries::Untold
    }
}

/// What a key can do whose token has these mechanisms.
fn able(all: &'static [ProofAlgorithm], mechanisms: &[MechanismType]) -> &'static [ProofAlgorithm] {
    let any = |wanted: &[MechanismType]| wanted.iter().any(|one| mechanisms.contains(one));
    match all {
        [ProofAlgorithm::Rs256, ..] => {
            let plain = any(&[MechanismType::SHA256_RSA_PKCS, MechanismType::RSA_PKCS]);
            let salted = any(&[
                MechanismType::SHA256_RSA_PKCS_PSS,
                MechanismType::RSA_PKCS_PSS,
            ]);
            match (plain, salted) {
                (true, true) => all,
                (true, false) => &[ProofAlgorithm::Rs256],
                (false, true) => &[ProofAlgorithm::Ps256],
                (false, false) => &[],
            }
        }
        [ProofAlgorithm::Es256 | ProofAlgorithm::Es384] if any(&[MechanismType::ECDSA]) => all,
        // PKCS #11 has no name for SM2; vendors' numbers differ.
        _ => &[],
    }
}

/// The objects of a kind.
pub(super) fn objects(
    session: &Session,
    template: &[Attribute],
) -> Result<Vec<ObjectHandle>, TokenError> {
    session
        .iter_objects(template)
        .map_err(|error| failure(&error))?
        .take(THINGS_MAX)
        .collect::<Result<_, _>>()
        .map_err(|error| failure(&error))
}

/// `CKA_VALUE`, if it is there and no longer than it may be.
fn value(
    session: &Session,
    object: ObjectHandle,
    limit: usize,
) -> Result<Option<Vec<u8>>, TokenError> {
    Ok(
        attribute(session, object, (AttributeType::Value, limit))?.and_then(|found| match found {
            Attribute::Value(octets) if octets.len() <= limit => Some(octets),
            _ => None,
        }),
    )
}

/// `CKA_ID`; empty if there is none.
fn key_id(session: &Session, object: ObjectHandle) -> Result<Vec<u8>, TokenError> {
    Ok(
        match attribute(session, object, (AttributeType::Id, 1024))? {
            Some(Attribute::Id(octets)) => octets,
            _ => Vec::new(),
        },
    )
}

/// One attribute, whose length is asked first so that a driver cannot make this program set aside whatever it says.
fn attribute(
    session: &Session,
    object: ObjectHandle,
    (kind, limit): (AttributeType, usize),
) -> Result<Option<Attribute>, TokenError> {
    let lengths = session
        .get_attribute_info(object, &[kind])
        .map_err(|error| failure(&error))?;
    match lengths.first() {
        Some(AttributeInfo::Available(length)) if *length <= limit => {}
        _ => return Ok(None),
    }
    let found = session
        .get_attributes(object, &[kind])
        .map_err(|error| failure(&error))?;
    Ok(found.into_iter().next())
}

/// Data objects whose label or application names a seal.
pub(super) fn seals(started: &Started, slot: Slot) -> Result<Vec<Vec<u8>>, TokenError> {
    let session = started
        .context
        .open_ro_session(slot)
        .map_err(|error| failure(&error))?;
    let mut found = Vec::new();
    for object in objects(&session, &[Attribute::Class(ObjectClass::DATA)])? {
        let label = match attribute(&session, object, (AttributeType::Label, 1024))? {
            Some(Attribute::Label(octets)) => octets,
            _ => Vec::new(),
        };
        let application = match attribute(&session, object, (AttributeType::Application, 1024))? {
            Some(Attribute::Application(octets)) => octets,
            _ => Vec::new(),
        };
        let names = [label, application];
        if names
            .iter()
            .any(|name| told::names_seal(&String::from_utf8_lossy(name)))
        {
            found.extend(value(&session, object, SEAL_MAX_OCTETS)?);
        }
        if found.len() >= SEALS_MAX {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_cannot_be_read_hides_no_other() {
        let broken = || TokenError::Driver("C_GetTokenInfo".to_owned());
        let read = |all: Vec<Result<Option<u8>, TokenError>>| readable(all.into_iter());
        let all = vec![Err(broken()), Ok(Some(7)), Ok(None)];
        assert_eq!(read(all), Ok(vec![7]));
        assert_eq!(read(vec![Ok(None), Err(broken())]), Err(broken()));
        assert_eq!(read(vec![Err(TokenError::LockRemoved)]), Ok(vec![]));
    }
}
