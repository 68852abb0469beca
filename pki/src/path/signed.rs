//! Whether one key signed something: certificates outside a path, lists, answers of responders.

use der::asn1::{AnyRef, BitStringRef};
use der::{Decode as _, Encode as _};

use super::question::algorithms;
use crate::certificate::Certificate;

/// What a certificate is made of (RFC 5280 §4.1).
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

/// Whether the key of `issuer` signed this certificate, with an algorithm that counts. Names are not looked at.
pub(crate) fn is_signed_by(der: &[u8], issuer: &Certificate) -> bool {
    let Ok(signed) = Signed::from_der(der) else {
        return false;
    };
    let (Ok(content), Some(signature)) = (signed.content.to_der(), signed.signature.as_bytes())
    else {
        return false;
    };
    is_signature_of(issuer, signed.algorithm.value(), &content, signature)
}

/// Whether `signature` over `message` was made by the key of `signer`, with the algorithm whose identifier has this
/// content and which counts.
pub(crate) fn is_signature_of(
    signer: &Certificate,
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Ok(spki) = Spki::from_der(signer.subject_public_key_info_der()) else {
        return false;
    };
    let Some(key) = spki.key.as_bytes() else {
        return false;
    };
    algorithms().into_iter().any(|candidate| {
        candidate.signature_alg_id().as_ref() == algorithm
            && candidate.public_key_alg_id().as_ref() == spki.algorithm.value()
            && candidate.verify_signature(key, message, signature).is_ok()
    })
}
