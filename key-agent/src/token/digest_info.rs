//! The `DigestInfo` that devices pad which know RSA and no digests (RFC 8017 §9.2).

use sha2::{Digest as _, Sha256};

/// What precedes a SHA-256 digest (RFC 8017 §9.2, note 1).
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// `DigestInfo` of the message with SHA-256.
pub(super) fn sha256_digest_info(message: &[u8]) -> Vec<u8> {
    let mut info = SHA256_PREFIX.to_vec();
    info.extend_from_slice(&Sha256::digest(message));
    info
}
