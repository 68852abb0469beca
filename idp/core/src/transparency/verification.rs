//! Everything made again, line by line, and compared with what was signed: names what was changed, and where.
//!
//! Lines stream by; nothing is kept but the tree's edge and what was found. Where they come from (a database, an export, a
//! sealed segment) is the caller's to know.

use super::chain::{CHAIN_START, Link};
use super::checkpoint::Checkpoint;
use super::growing::Growing;
use super::hash::Hash;
use super::line::AuditRecord;
use super::note::{VerifierKey, Verify};
use super::rows::{RowFault, RowFaultKind, compare, compare_left_over};

/// Findings that are kept; more are counted.
const FINDINGS_MAX: usize = 100;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A line.
    Row(RowFaultKind),
    /// The numbers of lines are not those that the chain holds.
    Renumbered,
    /// The stored tree does not hold together.
    TreeChanged,
    /// A signed head stands for another tree.
    HeadDiffers,
    /// A head that the log's key did not sign.
    HeadForged,
    /// More was signed than is there.
    Truncated,
    /// An export that no signed head ends: nothing vouches for its lines.
    Unsigned,
    /// Rows are gone, and what the log's key signed does not say that they were sealed.
    SegmentForged,
    /// The file of a sealed segment is missing, or is not what was sealed.
    SegmentDiffers,
}

impl FindingKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Row(kind) => kind.as_str(),
            Self::Renumbered => "renumbered",
            Self::TreeChanged => "tree-changed",
            Self::HeadDiffers => "head-differs",
            Self::HeadForged => "head-forged",
            Self::Truncated => "truncated",
            Self::Unsigned => "unsigned",
            Self::SegmentForged => "segment-forged",
            Self::SegmentDiffers => "segment-differs",
        }
    }
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// Which line, from 0; of several the first.
    pub index: u64,
    /// The number of its event, where one is there.
    pub sequence: Option<i64>,
    /// For people.
    pub detail: String,
}

/// A verification under way.
#[derive(Debug)]
pub struct Verification<'a> {
    key: &'a VerifierKey,
    verify: Verify,
    tree: Growing,
    chain: Hash,
    /// Lines under the last head that was found right.
    signed: u64,
    heads: u64,
    /// Once a head differs, those after it do too.
    differs: bool,
    findings: Vec<Finding>,
    more: u64,
}

impl<'a> Verification<'a> {
    /// From the first line on.
    pub fn new(key: &'a VerifierKey, verify: Verify) -> Self {
        Self::after(key, verify, (Growing::default(), CHAIN_START))
    }

    /// From a later line on, with the tree and the chain before it. Heads bind the tree; the chain is taken as told.
    pub fn after(key: &'a VerifierKey, verify: Verify, (tree, chain): (Growing, Hash)) -> Self {
        Self {
            key,
            verify,
            signed: tree.size(),
            tree,
            chain,
            heads: 0,
            differs: false,
            findings: Vec::new(),
            more: 0,
        }
    }

    /// Lines so far.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The chain so far.
    pub fn chain(&self) -> Hash {
        self.chain
    }

    /// Lines under the last signed head that is right.
    pub fn signed(&self) -> u64 {
        self.signed
    }

    /// Signed heads that are right.
    pub fn heads(&self) -> u64 {
        self.heads
    }

    /// What was found, first things first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Findings that are not among those.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// Notes something.
    pub fn find(
        &mut self,
        kind: FindingKind,
        (index, sequence): (u64, Option<i64>),
        detail: String,
    ) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                kind,
                index,
                sequence,
                detail,
            });
        } else {
            self.more += 1;
        }
    }

    /// The next leaf of the tree.
    pub fn leaf(&mut self, leaf: Hash) {
        self.tree.push(leaf);
    }

    /// The next link of the chain.
    pub fn link(&mut self, link: Link) {
        self.chain = link.after(&self.chain);
    }

    /// Rows against the leaves of the tree from line `first` on; whether they are the same lines.
    pub fn rows(&mut self, first: u64, rows: &[AuditRecord], leaves: &[Hash]) -> bool {
        let Some(fault) = compare(rows, leaves) else {
            for (row, leaf) in rows.iter().zip(leaves) {
                self.link(Link {
                    sequence: row.sequence,
                    leaf: *leaf,
                });
            }
            return true;
        };
        self.fault(first, fault);
        false
    }

    /// Rows of lines from `first` on that were sealed: they may be gone, and those that are there are the last of these lines.
    pub fn left_over(&mut self, first: u64, rows: &[AuditRecord], leaves: &[Hash]) {
        if let Some(fault) = compare_left_over(rows, leaves) {
            self.fault(first, fault);
        }
    }

    fn fault(&mut self, first: u64, fault: RowFault) {
        let index = first + fault.place as u64;
        let at = match fault.sequence {
            Some(sequence) => format!("event {sequence} stands in its place"),
            None => "no event stands in its place".to_owned(),
        };
        let what = match fault.kind {
            RowFaultKind::Altered => "its words are not those that were written",
            RowFaultKind::Missing => "its row is gone",
            RowFaultKind::Inserted => "a row stands there that never was in the log",
            RowFaultKind::Reordered => "rows stand in another order",
        };
        let detail = format!("line {index}: {what}; {at}");
        self.find(
            FindingKind::Row(fault.kind),
            (index, fault.sequence),
            detail,
        );
    }

    /// The chain at the end of these lines, as it was stored. What comes after goes on from what was stored.
    pub fn chain_is(&mut self, first: u64, rows_are_right: bool, stored: Hash) {
        if rows_are_right && self.chain != stored {
            let last = self.tree.size().saturating_sub(1);
            let detail =
                format!("lines {first} to {last}: their numbers are not those in the chain");
            self.find(FindingKind::Renumbered, (first, None), detail);
        }
        self.chain = stored;
    }

    /// A signed head of as many lines as there are now. `whose`: for people.
    pub fn head(&mut self, note: &str, whose: &str) {
        let size = self.tree.size();
        let Ok(head) = Checkpoint::opened(note, self.key, self.verify) else {
            let detail = format!("the {whose} head of {size} lines is not signed by the log's key");
            return self.find(
                FindingKind::HeadForged,
                (size.saturating_sub(1), None),
                detail,
            );
        };
        if head.size == size && head.root == self.tree.root() {
            self.signed = size;
            self.heads += 1;
        } else if !self.differs {
            self.differs = true;
            let (from, to) = (self.signed, size.saturating_sub(1));
            let detail = format!(
                "the {whose} head of {size} lines was signed over another tree: a line from {from} to {to} was changed, \
                 together with its hashes"
            );
            self.find(FindingKind::HeadDiffers, (from, None), detail);
        }
    }

    /// A head of more lines than there are.
    pub fn head_beyond(&mut self, note: &str, whose: &str) {
        let size = self.tree.size();
        let opened = Checkpoint::opened(note, self.key, self.verify);
        let (kind, detail) = if let Ok(head) = opened {
            let signed = head.size;
            let detail =
                format!("the {whose} head was signed over {signed} lines, and {size} are there");
            (FindingKind::Truncated, detail)
        } else {
            let detail = format!("a {whose} head is not signed by the log's key");
            (FindingKind::HeadForged, detail)
        };
        self.find(kind, (size, None), detail);
    }
}
