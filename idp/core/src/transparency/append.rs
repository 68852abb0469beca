//! Events get their place: in the order of their numbers they are appended to the tree and to the chain.
//!
//! Two beats, so that no writer waits while hashes are made: [`prepare`] reads and computes, [`append`] writes the result if
//! the log still ends where it did. Of several processes that do the same at once one wins.

use super::chain::Link;
use super::hash::Hash;
use super::head::{AuditBundle, AuditHead};
use super::tiles::{BUNDLE, LogError, StoreTiles, TileId, TileSource, damaged, tile_root};
use crate::store::{Store, StoreError};

/// The next lines, computed.
#[derive(Clone, Debug)]
pub struct Batch {
    from: AuditHead,
    to: AuditHead,
    tiles: Vec<(TileId, Vec<Hash>)>,
    bundles: Vec<AuditBundle>,
    /// Numbers of rows that do not say any more what was written with them. Their leaf is the one that was.
    pub altered: Vec<i64>,
}

impl Batch {
    /// How many lines.
    pub fn len(&self) -> u64 {
        self.to.size - self.from.size
    }

    /// Never so.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The next lines up to event `through`, which nothing can come before any more; `None` when there are none.
pub fn prepare(store: &mut dyn Store, through: i64, limit: u32) -> Result<Option<Batch>, LogError> {
    let from = store.find_audit_head()?;
    let records = store.list_audit_records((from.last_sequence, through), limit)?;
    if records.is_empty() {
        return Ok(None);
    }
    let (mut to, mut leaves) = (from, Vec::with_capacity(records.len()));
    let (mut bundles, mut altered) = (Vec::new(), Vec::new());
    for record in records {
        let leaf = record.leaf();
        // What was hashed in the event's own transaction counts: a row that was changed since is named, now and by every
        // later verification.
        let leaf = match record.written() {
            Some(written) if written != leaf => {
                altered.push(record.sequence);
                written
            }
            _ => leaf,
        };
        let sequence = record.sequence;
        to = AuditHead {
            size: to.size + 1,
            last_sequence: sequence,
            chain: Link { sequence, leaf }.after(&to.chain),
        };
        leaves.push(leaf);
        if to.size.is_multiple_of(BUNDLE) {
            bundles.push(AuditBundle {
                number: to.size / BUNDLE - 1,
                last_sequence: sequence,
                chain: to.chain,
            });
        }
    }
    let tiles = extend(&mut StoreTiles::over(store), from.size, leaves)?;
    Ok(Some(Batch {
        from,
        to,
        tiles,
        bundles,
        altered,
    }))
}

/// Writes them; `false` when the log ends elsewhere by now.
pub fn append(store: &mut dyn Store, batch: &Batch) -> Result<bool, StoreError> {
    if !store.exchange_audit_head(&batch.from, &batch.to)? {
        return Ok(false);
    }
    for (id, hashes) in &batch.tiles {
        store.put_audit_tile(*id, &super::tiles::octets_of(hashes))?;
    }
    for bundle in &batch.bundles {
        store.append_audit_bundle(bundle)?;
    }
    Ok(true)
}

/// The tiles that change when leaves follow a tree of `size`.
pub(super) fn extend(
    tiles: &mut dyn TileSource,
    size: u64,
    leaves: Vec<Hash>,
) -> Result<Vec<(TileId, Vec<Hash>)>, LogError> {
    let (mut level, mut count, mut coming) = (0, size, leaves);
    let mut changed = Vec::new();
    while !coming.is_empty() {
        let mut id = TileId {
            level,
            number: count / BUNDLE,
        };
        let mut tile = match count % BUNDLE {
            0 => Vec::new(),
            width => {
                let mut begun = tiles.tile(id)?;
                if (begun.len() as u64) < width {
                    return Err(damaged(id));
                }
                begun.truncate(usize::try_from(width).unwrap_or(usize::MAX));
                begun
            }
        };
        let mut above = Vec::new();
        for hash in coming {
            tile.push(hash);
            if let Some(root) = tile_root(&tile) {
                changed.push((id, std::mem::take(&mut tile)));
                above.push(root);
                id.number += 1;
            }
        }
        if !tile.is_empty() {
            changed.push((id, tile));
        }
        (level, count, coming) = (level + 1, count / BUNDLE, above);
    }
    Ok(changed)
}
