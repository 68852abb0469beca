//! Signatures as a device makes them: of a digest that somebody else took.

use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use pkcs8::DecodePrivateKey as _;
use sm2::dsa::signature::hazmat::PrehashSigner as _;
use sm2::dsa::{Signature, SigningKey};

/// What precedes a SHA-256 digest in its `DigestInfo` (RFC 8017 §9.2).
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// Pads and signs a `DigestInfo`.
pub(crate) fn rsa(pkcs8: &[u8], digest_info: &[u8]) -> Option<Vec<u8>> {
    let key = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
    let digest = digest_info.strip_prefix(&SHA256_PREFIX)?;
    let digest = Digest::import_less_safe(digest, &SHA256).ok()?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature)
        .ok()?;
    Some(signature)
}

/// Signs e; r and s stand at the right of 64 octets each.
pub(crate) fn sm2(pkcs8: &[u8], digest: &[u8]) -> Option<[u8; 128]> {
    let secret = sm2::SecretKey::from_pkcs8_der(pkcs8).ok()?;
    // The ID does not matter: e is given.
    let key = SigningKey::new("1234567812345678", &secret).ok()?;
    let signature: Signature = key.sign_prehash(digest).ok()?;
    let numbers = signature.to_bytes();
    let (r, s) = numbers.split_at_checked(32)?;
    let mut blob = [0; 128];
    blob.get_mut(32..64)?.copy_from_slice(r);
    blob.get_mut(96..128)?.copy_from_slice(s);
    Some(blob)
}
