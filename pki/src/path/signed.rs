//! Whether one key signed one certificate or list. Asked outside a path, of what a CA was configured with.

use der::asn1::{AnyRef, BitStringRef};
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
