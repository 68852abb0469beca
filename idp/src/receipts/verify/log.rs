//! The log: each event's line in the tree (RFC 9162 §2.1.3.2), the tree's head signed by the log's key.

use idp_core::transparency::{
    Checkpoint, Hash, SignedNote, VerifierKey, leaf_hash, verify_inclusion,
};

use super::{Outcome, outcome};
use crate::receipts::format::{Event, Receipt};
use crate::signing::verify_ed25519;

/// More hashes than any tree has levels.
const PATH_MAX: usize = 64;

pub(super) fn checks(receipt: &Receipt, key: Option<&VerifierKey>) -> Vec<(&'static str, Outcome)> {
    let note = receipt.evidence.checkpoint.as_str();
    let head = SignedNote::parse(note).and_then(|note| Checkpoint::parse(&note.text));
    let mut events = receipt.events.iter();
    let given = events.next().ok_or("no-event");
    let included = |event: &Event| match &head {
        Ok(head) => inclusion(event, head),
        Err(_) => Err("checkpoint-malformed"),
    };
    let mut checks = vec![
        ("inclusion", outcome(given.and_then(included))),
        ("checkpoint", signed(note, key)),
    ];
    checks.extend(events.map(|event| ("withdrawal", outcome(included(event)))));
    checks
}

fn inclusion(event: &Event, head: &Checkpoint) -> Result<(), &'static str> {
    let log = &event.log;
    let leaf = leaf_hash(log.line.as_bytes());
    if leaf.to_text() != log.leaf_hash {
        return Err("leaf-differs");
    }
    if log.proof.len() > PATH_MAX {
        return Err("not-in-the-tree");
    }
    let path: Option<Vec<Hash>> = log.proof.iter().map(|text| Hash::of_text(text)).collect();
    let path = path.ok_or("proof-malformed")?;
    if verify_inclusion(leaf, (log.index, head.size), &path, head.root) {
        Ok(())
    } else {
        Err("not-in-the-tree")
    }
}

fn signed(note: &str, key: Option<&VerifierKey>) -> Outcome {
    match key {
        None => Outcome::Unchecked("no-log-key"),
        Some(key) => match Checkpoint::opened(note, key, verify_ed25519) {
            Ok(_) => Outcome::Passed,
            Err(_) => Outcome::Failed("not-signed-by-the-log"),
        },
    }
}
