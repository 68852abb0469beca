//! Whether one key signed one certificate, list or other octets. Asked outside a path, of what a CA was configured with and
//! of seals.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode as _, Encode as _};

use super::question::algorithms;
use crate::certificate::Certificate;

/// What certificates and lists have in common (RFC 5280 §4.1, §5.1).
#[derive(der::Sequence)]
struct Signed<'a> {
    content: AnyRef<'a>,
    algorithm: AnyRef<'a>,
    signature: BitStringRef<'a>,
}

/// RFC 5280 §4.1.2.7.
#[derive(der::Sequence)]
struct Spki<'a> {
    algorithm: AnyRef<'a>,
    key: BitStringRef<'a>,
}

/// Whether the key of `issuer` signed these octets, with an algorithm that counts. Names are not looked at.
pub(super) fn is_signed_by(der: &[u8], issuer: &Certificate) -> bool {
    verified(der, issuer.subject_public_key_info_der()).is_some()
}

fn verified(der: &[u8], spki_der: &[u8]) -> Option<()> {
    let signed = Signed::from_der(der).ok()?;
    let spki = Spki::from_der(spki_der).ok()?;
    let content = signed.content.to_der().ok()?;
    let (signature, key) = (signed.signature.as_bytes()?, spki.key.as_bytes()?);
    algorithms()
        .into_iter()
        .filter(|candidate| {
            candidate.signature_alg_id().as_ref() == signed.algorithm.value()
                && candidate.public_key_alg_id().as_ref() == spki.algorithm.value()
        })
        .find_map(|fitting| fitting.verify_signature(key, &content, signature).ok())
}

/// The answer on a signature whose algorithm is named by its object identifier alone.
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
    let (Ok(spki), Ok(algorithm)) = (
        Spki::from_der(signer.subject_public_key_info_der()),
        algorithm.to_der(),
    ) else {
        return Named::Unsupported;
    };
    let Some(key) = spki.key.as_bytes() else {
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
                && candidate.public_key_alg_id().as_ref() == spki.algorithm.value()
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
