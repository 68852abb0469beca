//! Hashes of the tree (RFC 6962 §2.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a leaf, of a node or of a link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// From octets, where there are 32.
    pub fn of_octets(octets: &[u8]) -> Option<Self> {
        octets.try_into().ok().map(Self)
    }

    /// From its base64 text.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::of_octets(&STANDARD.decode(text).ok()?)
    }

    /// As checkpoints write it: standard base64.
    pub fn to_text(self) -> String {
        STANDARD.encode(self.0)
    }
}

/// Of a line: `SHA-256(0x00 ‖ line)`.
pub fn leaf_hash(line: &[u8]) -> Hash {
    let mut digest = Sha256::new();
    digest.update([0]);
    digest.update(line);
    Hash(digest.finalize().into())
}

/// Of two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut digest = Sha256::new();
    digest.update([1]);
    digest.update(left.0);
    digest.update(right.0);
    Hash(digest.finalize().into())
}

/// Of a tree without leaves: `SHA-256()`.
pub(super) fn empty() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// Of a perfect subtree over a power of two of hashes.
pub(super) fn perfect(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level
            .chunks_exact(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(left, right)),
                _ => None,
            })
            .collect();
    }
    level.first().copied()
}
