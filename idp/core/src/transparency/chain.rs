//! The hash chain beside the tree: each link names the one before it, the event's number in the database and its leaf.
//!
//! The tree proves much with little; the chain is what can be walked with a pencil, and it holds the numbers too.

use sha2::{Digest as _, Sha256};

use super::hash::Hash;

/// Before the first line.
pub const CHAIN_START: Hash = Hash([0; 32]);

/// What the next link holds.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The event's number in the database.
    pub sequence: i64,
    /// Its leaf hash.
    pub leaf: Hash,
}

impl Link {
    /// `SHA-256(before ‖ sequence, 8 octets, big-endian ‖ leaf)`.
    pub fn after(self, before: &Hash) -> Hash {
        let mut digest = Sha256::new();
        digest.update(before.0);
        digest.update(self.sequence.to_be_bytes());
        digest.update(self.leaf.0);
        Hash(digest.finalize().into())
    }
}
