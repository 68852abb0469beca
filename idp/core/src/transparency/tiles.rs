//! The tree in tiles of 256 hashes, as C2SP tlog-tiles cuts it: level 0 holds leaf hashes, each level above the roots of
//! the full tiles below. So a hundred million lines are some four hundred thousand rows, and any proof needs a handful.

use std::collections::HashMap;

use super::hash::{Hash, empty, node_hash, perfect};
use crate::store::{Store, StoreError};

/// Hashes of a full tile, and lines of a bundle.
pub const BUNDLE: u64 = 256;

/// Height of a tile.
const HEIGHT: u32 = 8;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// 0: leaf hashes.
    pub level: u8,
    /// From the left, from 0.
    pub number: u64,
}

/// Why the log could not answer.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The store is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored is not a tree: somebody changed it, or lost some of it.
    #[error("the log's tree is damaged: {0}")]
    Damaged(String),
}

/// Where tiles come from.
pub trait TileSource {
    /// The hashes of a tile, as far as there are any.
    fn tile(&mut self, id: TileId) -> Result<Vec<Hash>, LogError>;
}

/// Tiles out of a store, each read once.
pub struct StoreTiles<'a> {
    store: &'a mut dyn Store,
    read: HashMap<TileId, Vec<Hash>>,
}

impl<'a> StoreTiles<'a> {
    /// Over one transaction.
    pub fn over(store: &'a mut dyn Store) -> Self {
        Self {
            store,
            read: HashMap::new(),
        }
    }
}

impl TileSource for StoreTiles<'_> {
    fn tile(&mut self, id: TileId) -> Result<Vec<Hash>, LogError> {
        if let Some(tile) = self.read.get(&id) {
            return Ok(tile.clone());
        }
        let octets = self.store.find_audit_tile(id)?.unwrap_or_default();
        let tile = hashes_of(id, &octets)?;
        self.read.insert(id, tile.clone());
        Ok(tile)
    }
}

/// Stored octets as hashes.
pub fn hashes_of(id: TileId, octets: &[u8]) -> Result<Vec<Hash>, LogError> {
    let (hashes, rest) = octets.as_chunks::<32>();
    if !rest.is_empty() || octets.len() as u64 > BUNDLE * 32 {
        return Err(damaged(id));
    }
    Ok(hashes.iter().copied().map(Hash).collect())
}

/// Hashes as they are stored and served.
pub fn octets_of(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hash of a full tile, which stands on the level above.
pub fn tile_root(hashes: &[Hash]) -> Option<Hash> {
    perfect(hashes).filter(|_| hashes.len() as u64 == BUNDLE)
}

pub(super) fn damaged(id: TileId) -> LogError {
    LogError::Damaged(format!("tile {} of level {}", id.number, id.level))
}

/// The root of the tree's first `size` leaves.
pub fn root(tiles: &mut dyn TileSource, size: u64) -> Result<Hash, LogError> {
    match size {
        0 => Ok(empty()),
        size => range_hash(tiles, 0, size),
    }
}

/// The roots of the perfect subtrees of the first `size` leaves, largest first.
pub fn subtrees(tiles: &mut dyn TileSource, size: u64) -> Result<Vec<Hash>, LogError> {
    let mut from = 0;
    let mut hashes = Vec::new();
    for height in (0..u64::BITS).rev().filter(|h| size >> h & 1 == 1) {
        let length = 1 << height;
        hashes.push(range_hash(tiles, from, from + length)?);
        from += length;
    }
    Ok(hashes)
}

/// The hash of leaves `from..to`, where `from` is a multiple of the power of two that holds them.
pub(super) fn range_hash(tiles: &mut dyn TileSource, from: u64, to: u64) -> Result<Hash, LogError> {
    let length = to.saturating_sub(from);
    if length.is_power_of_two() {
        return perfect_subtree(tiles, from, length.trailing_zeros());
    }
    let middle = from + split(length);
    let left = range_hash(tiles, from, middle)?;
    let right = range_hash(tiles, middle, to)?;
    Ok(node_hash(&left, &right))
}

/// The largest power of two below a length of two at least (RFC 6962 §2.1).
pub(super) const fn split(length: u64) -> u64 {
    1 << (u64::BITS - 1 - length.saturating_sub(1).leading_zeros())
}

fn perfect_subtree(tiles: &mut dyn TileSource, from: u64, height: u32) -> Result<Hash, LogError> {
    let (level, within) = (height / HEIGHT, height % HEIGHT);
    // In hashes of this level.
    let start = from >> (level * HEIGHT);
    let id = TileId {
        level: u8::try_from(level).unwrap_or(u8::MAX),
        number: start / BUNDLE,
    };
    let tile = tiles.tile(id)?;
    let first = usize::try_from(start % BUNDLE).unwrap_or(usize::MAX);
    let hashes = tile.get(first..first.saturating_add(1 << within));
    hashes.and_then(perfect).ok_or_else(|| damaged(id))
}
