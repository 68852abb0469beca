//! Where an event stands in the log, and what proves it: for whoever has a line and wants to know whether it is in there,
//! and for receipts.

use super::checkpoint::Checkpoint;
use super::hash::Hash;
use super::head::StoredCheckpoint;
use super::note::SignedNote;
use super::proof::{consistency_proof, inclusion_proof};
use super::tiles::{BUNDLE, LogError, StoreTiles, TileId, TileSource};
use crate::store::{Store, StoreError};

/// That a leaf is in a signed tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Which line, from 0.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// Lines in the tree.
    pub size: u64,
    /// From the leaf to the root.
    pub path: Vec<Hash>,
    /// The signed tree head, with what witnesses signed of it.
    pub checkpoint: String,
}

/// That one signed tree grew from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// Lines in the first.
    pub first: u64,
    /// Lines in the second.
    pub size: u64,
    /// RFC 6962 §2.1.2.
    pub proof: Vec<Hash>,
    /// The second's signed head.
    pub checkpoint: String,
}

/// The index of an event in the log; `None` when it has no place yet, or its row is none.
pub fn find_index(store: &mut dyn Store, sequence: i64) -> Result<Option<u64>, StoreError> {
    let head = store.find_audit_head()?;
    if sequence < 1 || sequence > head.last_sequence {
        return Ok(None);
    }
    let number = match store.find_audit_bundle_of(sequence)? {
        Some(bundle) => bundle.number,
        None => head.size / BUNDLE,
    };
    let before = number.checked_sub(1);
    let before = before
        .map(|before| store.find_audit_bundle(before))
        .transpose()?;
    let after = before.flatten().map_or(0, |bundle| bundle.last_sequence);
    let limit = u32::try_from(BUNDLE).unwrap_or(u32::MAX);
    let rows = store.list_audit_records((after, sequence), limit)?;
    let is_there = rows.last().is_some_and(|row| row.sequence == sequence);
    let index = (number * BUNDLE).checked_add(rows.len() as u64);
    Ok(index
        .and_then(|end| end.checked_sub(1))
        .filter(|_| is_there))
}

/// The index of an event by its number and its leaf hash: also where its row was sealed and is gone. `None` when it has no
/// place yet.
pub fn find_index_of_leaf(
    store: &mut dyn Store,
    (sequence, leaf): (i64, Hash),
) -> Result<Option<u64>, LogError> {
    let head = store.find_audit_head()?;
    if sequence < 1 || sequence > head.last_sequence {
        return Ok(None);
    }
    let number = match store.find_audit_bundle_of(sequence)? {
        Some(bundle) => bundle.number,
        None => head.size / BUNDLE,
    };
    let id = TileId { level: 0, number };
    let leaves = StoreTiles::over(store).tile(id)?;
    let place = leaves.iter().position(|one| *one == leaf);
    Ok(place.map(|place| number * BUNDLE + place as u64))
}

/// The signed tree head that holds so many lines at least, or the newest.
fn signed(
    store: &mut dyn Store,
    least: Option<u64>,
) -> Result<Option<StoredCheckpoint>, StoreError> {
    match least {
        Some(size) => store.find_checkpoint_from(size),
        None => store.find_newest_checkpoint(),
    }
}

/// A signed tree head as it is given out: with what witnesses signed of it.
pub fn with_cosignatures(
    store: &mut dyn Store,
    stored: &StoredCheckpoint,
) -> Result<String, StoreError> {
    let mut note = stored.note.clone();
    for cosignature in store.list_cosignatures(stored.size)? {
        note.push_str(&cosignature.line);
        note.push('\n');
    }
    Ok(note)
}

/// What proves that the line is in the log: in the first signed tree of `least` lines at least, or the newest. `None` when
/// no signed tree holds it.
pub fn prove_inclusion(
    store: &mut dyn Store,
    index: u64,
    least: Option<u64>,
) -> Result<Option<Inclusion>, LogError> {
    let Some(stored) = signed(store, least.map(|least| least.max(index.saturating_add(1))))? else {
        return Ok(None);
    };
    let checkpoint = with_cosignatures(store, &stored)?;
    let mut tiles = StoreTiles::over(store);
    let Some(path) = inclusion_proof(&mut tiles, index, stored.size)? else {
        return Ok(None);
    };
    let id = TileId {
        level: 0,
        number: index / BUNDLE,
    };
    let place = usize::try_from(index % BUNDLE).unwrap_or(usize::MAX);
    let leaf = tiles.tile(id)?.get(place).copied();
    Ok(Some(Inclusion {
        index,
        leaf: leaf.ok_or_else(|| super::tiles::damaged(id))?,
        size: stored.size,
        path,
        checkpoint,
    }))
}

/// What proves that a signed tree (the first of `least` lines at least, or the newest) grew from the first `first` lines.
pub fn prove_consistency(
    store: &mut dyn Store,
    first: u64,
    least: Option<u64>,
) -> Result<Option<Consistency>, LogError> {
    let Some(stored) = signed(store, least)? else {
        return Ok(None);
    };
    let checkpoint = with_cosignatures(store, &stored)?;
    let proof = consistency_proof(&mut StoreTiles::over(store), first, stored.size)?;
    Ok(proof.map(|proof| Consistency {
        first,
        size: stored.size,
        proof,
        checkpoint,
    }))
}

/// The checkpoint that a stored note says, unverified; for the store's own words about itself.
pub fn read_stored(stored: &StoredCheckpoint) -> Result<Checkpoint, LogError> {
    let note = SignedNote::parse(&stored.note);
    let read = note.and_then(|note| Checkpoint::parse(&note.text));
    let read = read
        .ok()
        .filter(|checkpoint| checkpoint.size == stored.size);
    read.ok_or_else(|| LogError::Damaged(format!("the signed tree head of {} lines", stored.size)))
}
