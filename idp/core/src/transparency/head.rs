//! What is kept of the log beside its lines and tiles.

use super::hash::Hash;
use crate::timestamp::Timestamp;

/// Where the log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Lines in the tree.
    pub size: u64,
    /// Number of the last of them in the database; 0 before the first.
    pub last_sequence: i64,
    /// The chain's end.
    pub chain: Hash,
}

/// 256 lines that stand in the tree for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditBundle {
    /// From 0; its lines are `number * 256 ..`.
    pub number: u64,
    /// Number of its last line in the database.
    pub last_sequence: i64,
    /// The chain after it.
    pub chain: Hash,
}

/// A point of the trail, and by what it is told that nothing can come before it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditMark {
    /// The last event.
    pub sequence: i64,
    /// What the database tells it by.
    pub horizon: i64,
}

/// A signed tree head, as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Lines in the tree.
    pub size: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// The signed note.
    pub note: String,
}

/// What a witness signed of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCosignature {
    /// Of which.
    pub size: u64,
    /// The witness: its name and key id, as `name+0123abcd`.
    pub witness: String,
    /// The signature line, without its newline.
    pub line: String,
    /// When it came.
    pub at: Timestamp,
}
