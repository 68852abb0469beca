//! The audit trail as a transparency log: what a line of it is, the Merkle tree (RFC 6962) and the hash chain over the
//! lines, proofs, signed tree heads (C2SP tlog-checkpoint), and the steps that bring events into them.
//!
//! Knows no key: whoever signs or verifies comes in as an argument. Events are written by their flows, each with its leaf
//! hash; here they only get their place, later and by whoever comes first (`docs/adr/0020`).

mod append;
mod chain;
mod checkpoint;
mod growing;
mod hash;
mod head;
mod line;
mod lookup;
mod note;
mod proof;
mod rows;
mod segment;
mod stored;
mod tiles;
mod verification;

pub use append::{Batch, append, prepare};
pub use chain::{CHAIN_START, Link};
pub use checkpoint::{Checkpoint, CosignError, cosigned, prepare_head};
pub use growing::Growing;
pub use hash::{Hash, leaf_hash, node_hash};
pub use head::{AuditBundle, AuditHead, AuditMark, StoredCheckpoint, StoredCosignature};
pub use line::{AuditRecord, event_leaf, event_line};
pub use lookup::{
    Consistency, Inclusion, find_index, find_index_of_leaf, prove_consistency, prove_inclusion,
    read_stored, with_cosignatures,
};
pub use note::{NoteError, NoteSignature, SignatureKind, SignedNote, VerifierKey, Verify};
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};
pub use rows::{RowFault, RowFaultKind, compare};
pub use segment::{Segment, StoredSegment};
pub use stored::{
    HeadToCheck, StoredLines, StoredLog, before_bundle, links, read_before, read_lines,
    read_waiting,
};
pub use tiles::{
    BUNDLE, LogError, StoreTiles, TileId, TileSource, hashes_of, octets_of, root, subtrees,
    tile_root,
};
pub use verification::{Finding, FindingKind, Verification};
