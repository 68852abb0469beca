//! Proofs as JSON: as they are answered by HTTP and printed by commands.

use idp_core::transparency::{Consistency, Hash, Inclusion};
use serde_json::{Value, json};

/// That a line is in the log.
pub fn inclusion(proven: &Inclusion) -> Value {
    json!({
        "index": proven.index,
        "size": proven.size,
        "leaf_hash": proven.leaf.to_text(),
        "proof": texts(&proven.path),
        "checkpoint": proven.checkpoint,
    })
}

/// That the log grew from what it was.
pub fn consistency(proven: &Consistency) -> Value {
    json!({
        "first": proven.first,
        "size": proven.size,
        "proof": texts(&proven.proof),
        "checkpoint": proven.checkpoint,
    })
}

fn texts(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| hash.to_text()).collect()
}
