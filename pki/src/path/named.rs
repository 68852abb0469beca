//! Whether one key made a signature whose algorithm is named by its object identifier alone, as in electronic seals.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode as _, Encode as _, Reader as _};

use super::question::algorithms;
use crate::certificate::Certificate;

/// The answer.
pub(crate) enum Named {
    /// The key made it over these octets.
    Verified,
    /// It did not.
    Wrong,
    /// The algorithm is none that counts, or none of this key.
    Unsupported,
}

/// Whether the key of `signer` made `signature` over `message`, with an algorithm that an identifier alone names: its
/// parameters are absent or NULL. The signature is written as in certificates.
pub(crate) fn named_signature(
    signer: &Certificate,
    algorithm: ObjectIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Named {
    let Ok((of_key, key)) = key_of(signer.subject_public_key_info_der()) else {
        return Named::Unsupported;
    };
    let (Ok(algorithm), Some(key)) = (algorithm.to_der(), key.as_bytes()) else {
        return Named::Unsupported;
    };
    let is_named = |identifier: &[u8]| {
        let parameters = identifier.strip_prefix(algorithm.as_slice());
        matches!(parameters, Some([] | [5, 0]))
    };
    let mut fitting = algorithms()
        .into_iter()
        .filter(|candidate| {
            is_named(candidate.signature_alg_id().as_ref())
                && candidate.public_key_alg_id().as_ref() == of_key.value()
        })
        .peekable();
    if fitting.peek().is_none() {
        return Named::Unsupported;
    }
    if fitting.any(|one| one.verify_signature(key, message, signature).is_ok()) {
        Named::Verified
    } else {
        Named::Wrong
    }
}

/// The algorithm and the key of a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
fn key_of(spki_der: &[u8]) -> Result<(AnyRef<'_>, BitStringRef<'_>), der::Error> {
    AnyRef::from_der(spki_der)?.sequence(|reader| Ok((reader.decode()?, reader.decode()?)))
}
