//! A tree that only grows: the roots of its perfect subtrees, largest first. So its root is known at any size while leaves
//! stream by, in memory for sixty-four hashes.

use super::hash::{Hash, empty, node_hash};

/// No log is longer: from there on counting lines would overflow.
const SIZE_MAX: u64 = u64::MAX >> 2;

/// The tree so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growing {
    size: u64,
    /// Height and root of each perfect subtree.
    subtrees: Vec<(u32, Hash)>,
}

impl Growing {
    /// A tree of which the perfect subtrees are known: `None` unless there are as many as the size needs, and it is one that a log
    /// can have.
    pub fn of(size: u64, subtrees: &[Hash]) -> Option<Self> {
        let heights = (0..u64::BITS).rev().filter(|h| size >> h & 1 == 1);
        let heights: Vec<u32> = heights.collect();
        (heights.len() == subtrees.len() && size <= SIZE_MAX).then(|| Self {
            size,
            subtrees: heights.into_iter().zip(subtrees.iter().copied()).collect(),
        })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The perfect subtrees, largest first.
    pub fn subtrees(&self) -> Vec<Hash> {
        self.subtrees.iter().map(|(_, hash)| *hash).collect()
    }

    /// Another leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut new = (0, leaf);
        while let Some((height, left)) = self.subtrees.pop_if(|(height, _)| *height == new.0) {
            new = (height + 1, node_hash(&left, &new.1));
        }
        self.subtrees.push(new);
        self.size += 1;
    }

    /// The root at this size.
    pub fn root(&self) -> Hash {
        let hashes = self.subtrees.iter().rev().map(|(_, hash)| *hash);
        let root = hashes.reduce(|right, left| node_hash(&left, &right));
        root.unwrap_or_else(empty)
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::leaf_hash;
    use super::*;

    /// Leaves and roots of the tests of Certificate Transparency, from the empty tree on.
    pub(in super::super) const LEAVES: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_those_of_rfc_6962() {
        let mut tree = Growing::default();
        for (size, root) in ROOTS.iter().enumerate() {
            assert_eq!(hex::encode(tree.root().0), *root, "size {size}");
            let again = Growing::of(tree.size(), &tree.subtrees()).unwrap();
            assert_eq!(again, tree);
            if let Some(leaf) = LEAVES.get(size) {
                tree.push(leaf_hash(&hex::decode(leaf).unwrap()));
            }
        }
        assert_eq!(Growing::of(3, &tree.subtrees()), None);
    }
}
