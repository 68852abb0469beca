//! Proofs of the tree (RFC 6962 §2.1.1, §2.1.2), made from tiles and verified as RFC 9162 §2.1.3.2 and §2.1.4.2 say.

use super::hash::{Hash, node_hash};
use super::tiles::{LogError, TileSource, range_hash, split};

/// That leaf `index` is in the tree of `size` leaves; `None` when it is not.
pub fn inclusion_proof(
    tiles: &mut dyn TileSource,
    index: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, LogError> {
    if index >= size {
        return Ok(None);
    }
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range_hash(tiles, middle, to)?);
            to = middle;
        } else {
            path.push(range_hash(tiles, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// That the tree of `size` leaves begins with the tree of `first`; `None` when `first` is none of its beginnings.
pub fn consistency_proof(
    tiles: &mut dyn TileSource,
    first: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, LogError> {
    if first == 0 || first > size {
        return Ok(None);
    }
    let (mut from, mut to) = (0, size);
    let mut proof = Vec::new();
    // Whether what is left is the whole of the first tree, whose root the reader has.
    let mut is_whole = true;
    while to != first {
        let middle = from + split(to - from);
        if first <= middle {
            proof.push(range_hash(tiles, middle, to)?);
            to = middle;
        } else {
            proof.push(range_hash(tiles, from, middle)?);
            from = middle;
            is_whole = false;
        }
    }
    if !is_whole {
        proof.push(range_hash(tiles, from, to)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// RFC 9162 §2.1.3.2.
pub fn verify_inclusion(leaf: Hash, (index, size): (u64, u64), path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut one, mut last) = (index, size - 1);
    let mut hash = leaf;
    for step in path {
        if last == 0 {
            return false;
        }
        if one & 1 == 1 || one == last {
            hash = node_hash(step, &hash);
            while one & 1 == 0 && one != 0 {
                one >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        one >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// RFC 9162 §2.1.4.2. Sizes and roots of the first tree and of the one that grew from it.
pub fn verify_consistency(
    (first, first_root): (u64, Hash),
    (size, root): (u64, Hash),
    proof: &[Hash],
) -> bool {
    if first == 0 || first > size {
        return false;
    }
    if first == size {
        return proof.is_empty() && first_root == root;
    }
    let whole = first.is_power_of_two().then_some(first_root);
    let mut path = whole.iter().chain(proof);
    let Some(start) = path.next() else {
        return false;
    };
    let (mut one, mut last) = (first - 1, size - 1);
    while one & 1 == 1 {
        one >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (*start, *start);
    for step in path {
        if last == 0 {
            return false;
        }
        if one & 1 == 1 || one == last {
            old = node_hash(step, &old);
            new = node_hash(step, &new);
            while one & 1 == 0 && one != 0 {
                one >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, step);
        }
        one >>= 1;
        last >>= 1;
    }
    last == 0 && old == first_root && new == root
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::append::extend;
    use super::super::growing::Growing;
    use super::super::hash::leaf_hash;
    use super::super::tiles::{TileId, root};
    use super::*;

    #[derive(Default)]
    pub(in super::super) struct Kept(pub HashMap<TileId, Vec<Hash>>);

    impl TileSource for Kept {
        fn tile(&mut self, id: TileId) -> Result<Vec<Hash>, LogError> {
            Ok(self.0.get(&id).cloned().unwrap_or_default())
        }
    }

    fn leaf(index: u64) -> Hash {
        leaf_hash(&index.to_be_bytes())
    }

    /// Trees of these sizes, grown in uneven steps.
    fn grown(size: u64) -> (Kept, Growing) {
        let (mut kept, mut growing) = (Kept::default(), Growing::default());
        let (mut at, mut step) = (0, 1);
        while at < size {
            let to = (at + step).min(size);
            let leaves: Vec<Hash> = (at..to).map(leaf).collect();
            for hash in &leaves {
                growing.push(*hash);
            }
            let changed = extend(&mut kept, at, leaves).unwrap();
            kept.0.extend(changed);
            at = to;
            step = step * 3 + 1;
        }
        (kept, growing)
    }

    #[test]
    fn tiles_hold_the_same_tree_however_they_grew() {
        for size in [1, 2, 3, 255, 256, 257, 511, 70_000] {
            let (mut kept, growing) = grown(size);
            assert_eq!(root(&mut kept, size).unwrap(), growing.root(), "{size}");
        }
        // The example of C2SP tlog-tiles: 273 full tiles and one of 112, one full and one of 17, one of 1.
        let (kept, _) = grown(70_000);
        let width = |level, number| kept.0.get(&TileId { level, number }).map(Vec::len);
        assert_eq!(
            (width(0, 272), width(0, 273), width(0, 274)),
            (Some(256), Some(112), None)
        );
        assert_eq!(
            (width(1, 0), width(1, 1), width(2, 0)),
            (Some(256), Some(17), Some(1))
        );
    }

    #[test]
    fn every_leaf_and_every_beginning_of_small_trees_is_proven_and_nothing_else() {
        let (mut kept, _) = grown(600);
        let mut growing = Growing::default();
        let mut roots = vec![growing.root()];
        for index in 0..600 {
            growing.push(leaf(index));
            roots.push(growing.root());
        }
        let at = |size: u64| roots[usize::try_from(size).unwrap()];
        for size in (1..=40).chain([255, 256, 257, 300, 512, 513, 600]) {
            for index in (0..size).filter(|i| size < 40 || i % 37 == 0 || i + 2 > size) {
                let path = inclusion_proof(&mut kept, index, size).unwrap().unwrap();
                assert!(verify_inclusion(
                    leaf(index),
                    (index, size),
                    &path,
                    at(size)
                ));
                assert!(!verify_inclusion(
                    leaf(index + 1),
                    (index, size),
                    &path,
                    at(size)
                ));
                assert!(!verify_inclusion(
                    leaf(index),
                    (index, size),
                    &path,
                    at(size - 1)
                ));
                let longer = [path.clone(), vec![leaf(0)]].concat();
                assert!(!verify_inclusion(
                    leaf(index),
                    (index, size),
                    &longer,
                    at(size)
                ));
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!verify_inclusion(
                        leaf(index),
                        (index, size),
                        shorter,
                        at(size)
                    ));
                }
            }
            for first in (1..=size).filter(|i| size < 40 || i % 31 == 0 || *i == 256) {
                let proof = consistency_proof(&mut kept, first, size).unwrap().unwrap();
                let new = (size, at(size));
                assert!(
                    verify_consistency((first, at(first)), new, &proof),
                    "{first} {size}"
                );
                assert!(!verify_consistency((first, at(first - 1)), new, &proof));
                assert!(!verify_consistency(
                    (first, at(first)),
                    (size, at(size - 1)),
                    &proof
                ));
            }
        }
        assert_eq!(inclusion_proof(&mut kept, 600, 600).unwrap(), None);
        assert_eq!(consistency_proof(&mut kept, 0, 600).unwrap(), None);
        assert_eq!(consistency_proof(&mut kept, 601, 600).unwrap(), None);
        assert!(!verify_inclusion(leaf(1), (1, 1), &[], leaf(1)));
        assert!(!verify_consistency((0, roots[0]), (1, roots[1]), &[]));
    }
}
