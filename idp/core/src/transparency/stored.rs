//! A stored log verified: rows against leaves, leaves against the tree above them, the chain, and all of it against what
//! was signed.

use std::collections::{HashMap, VecDeque};

use super::append::extend;
use super::chain::Link;
use super::hash::Hash;
use super::head::{AuditBundle, AuditHead};
use super::line::AuditRecord;
use super::rows::RowFaultKind;
use super::tiles::{BUNDLE, LogError, TileId, TileSource, hashes_of};
use super::verification::{FindingKind, Verification};
use crate::store::{Store, StoreError};

/// A signed head that is to be compared once so many lines have come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadToCheck {
    /// Lines under it.
    pub size: u64,
    /// The note.
    pub note: String,
    /// For people: where it is from.
    pub whose: &'static str,
}

/// What is stored of up to 256 lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLines {
    /// The leaves, as the tree has them.
    pub leaves: Vec<Hash>,
    /// The rows.
    pub rows: Vec<AuditRecord>,
    /// The end of a full bundle.
    pub end: Option<AuditBundle>,
}

/// A row with a number that is no event's.
pub fn read_before(store: &mut dyn Store) -> Result<Vec<AuditRecord>, StoreError> {
    store.list_audit_records((i64::MIN, 0), 1)
}

/// The next lines of the log, `from` being how many were read, and the number of the last of them.
pub fn read_lines(
    store: &mut dyn Store,
    head: &AuditHead,
    (from, after): (u64, i64),
) -> Result<StoredLines, LogError> {
    let number = from / BUNDLE;
    let width = head.size.saturating_sub(from).min(BUNDLE);
    let id = TileId { level: 0, number };
    let octets = store.find_audit_tile(id)?.unwrap_or_default();
    let mut leaves = hashes_of(id, &octets)?;
    leaves.truncate(usize::try_from(width).unwrap_or(usize::MAX));
    let end = match width {
        BUNDLE => store.find_audit_bundle(number)?,
        _ => None,
    };
    let through = end.map_or(head.last_sequence, |end| end.last_sequence);
    // One more than there should be shows that there are too many; where nothing says which is the last, they are counted.
    let is_lost = width == BUNDLE && end.is_none();
    let limit = u32::try_from(BUNDLE + u64::from(!is_lost)).unwrap_or(u32::MAX);
    let rows = store.list_audit_records((after, through), limit)?;
    Ok(StoredLines { leaves, rows, end })
}

/// The tiles above the leaves, made again.
#[derive(Debug, Default)]
struct Above(HashMap<TileId, Vec<Hash>>);

impl TileSource for Above {
    fn tile(&mut self, id: TileId) -> Result<Vec<Hash>, LogError> {
        Ok(self.0.get(&id).cloned().unwrap_or_default())
    }
}

/// A stored log, verified bundle by bundle.
#[derive(Debug)]
pub struct StoredLog<'a> {
    /// What was found.
    pub verification: Verification<'a>,
    head: AuditHead,
    heads: VecDeque<HeadToCheck>,
    above: Above,
    after: i64,
    is_whole: bool,
    /// Lines before this one are in sealed segments: their rows may be gone.
    sealed: u64,
}

impl<'a> StoredLog<'a> {
    /// Begins. Heads come by [`Self::expect`].
    pub fn new(verification: Verification<'a>, head: AuditHead) -> Self {
        Self {
            verification,
            head,
            heads: VecDeque::new(),
            above: Above::default(),
            after: 0,
            is_whole: true,
            sealed: 0,
        }
    }

    /// Lines before this one were sealed.
    pub fn sealed(&mut self, to: u64) {
        self.sealed = to;
    }

    /// Where to read on, `None` at the end.
    pub fn position(&self) -> Option<(u64, i64)> {
        let size = self.verification.size();
        (self.is_whole && size < self.head.size).then_some((size, self.after))
    }

    /// Rows from [`read_before`]: no event has such a number, and nobody who reads on from the first would see them.
    pub fn before(&mut self, rows: &[AuditRecord]) {
        if let Some(row) = rows.first() {
            let sequence = row.sequence;
            let detail = format!(
                "a row that never was in the log stands before its first line: event {sequence}"
            );
            let kind = FindingKind::Row(RowFaultKind::Inserted);
            self.verification.find(kind, (0, Some(sequence)), detail);
        }
    }

    /// Another head, of more lines than came by; in the order of their sizes.
    pub fn expect(&mut self, head: HeadToCheck) {
        let place = self.heads.partition_point(|other| other.size <= head.size);
        self.heads.insert(place, head);
    }

    /// The next lines; the tiles that are to be compared with the stored ones ([`Self::tile`]).
    pub fn lines(&mut self, lines: &StoredLines) -> Result<Vec<(TileId, Vec<Hash>)>, LogError> {
        let first = self.verification.size();
        let width = self.head.size.saturating_sub(first).min(BUNDLE);
        if (lines.leaves.len() as u64) < width {
            self.break_off(first, "the tree's leaves are gone");
            return Ok(Vec::new());
        }
        // What is in a sealed segment is verified there; a row of it that is here yet, or again, says the same.
        let is_sealed = first.saturating_add(width) <= self.sealed;
        let right = if is_sealed {
            self.verification
                .left_over(first, &lines.rows, &lines.leaves);
            false
        } else {
            self.verification.rows(first, &lines.rows, &lines.leaves)
        };
        for leaf in &lines.leaves {
            self.verification.leaf(*leaf);
            self.check_heads();
        }
        match (lines.end, width) {
            (Some(end), _) => {
                self.verification.chain_is(first, right, end.chain);
                self.after = end.last_sequence;
            }
            (None, BUNDLE) => {
                let detail =
                    format!("the end of the 256 lines from {first} on is not recorded any more");
                let kind = FindingKind::TreeChanged;
                self.verification.find(kind, (first, None), detail);
                self.after = lines.rows.last().map_or(self.after, |row| row.sequence);
            }
            (None, _) => {
                self.verification.chain_is(first, right, self.head.chain);
                self.after = self.head.last_sequence;
            }
        }
        let changed = extend(&mut self.above, first, lines.leaves.clone())?;
        let above = changed.into_iter().filter(|(id, _)| id.level > 0);
        let (full, begun): (Vec<_>, Vec<_>) =
            above.partition(|(_, hashes)| hashes.len() as u64 == BUNDLE);
        for (id, _) in &full {
            self.above.0.remove(id);
        }
        self.above.0.extend(begun);
        Ok(full)
    }

    /// A tile as it is stored against how it was made again.
    pub fn tile(&mut self, (id, made): (TileId, &[Hash]), stored: Option<&[u8]>) {
        let stored = stored.and_then(|octets| hashes_of(id, octets).ok());
        if !stored.is_some_and(|stored| stored.starts_with(made)) {
            let first = id.number << (8 * (u32::from(id.level) + 1)).min(63);
            let detail = format!("tile {} of level {} is not the tree's", id.number, id.level);
            let kind = FindingKind::TreeChanged;
            self.verification.find(kind, (first, None), detail);
        }
    }

    /// The tiles at the tree's edge, for [`Self::tile`]; and what was signed beyond it.
    pub fn end(&mut self) -> Vec<(TileId, Vec<Hash>)> {
        let there = self.head.size;
        while let Some(head) = self
            .heads
            .pop_front_if(|head| self.is_whole || head.size > there)
        {
            self.verification.head_beyond(&head.note, head.whose);
        }
        self.above.0.drain().collect()
    }

    fn check_heads(&mut self) {
        let size = self.verification.size();
        while let Some(head) = self.heads.pop_front_if(|head| head.size <= size) {
            self.verification.head(&head.note, head.whose);
        }
    }

    fn break_off(&mut self, first: u64, why: &str) {
        self.is_whole = false;
        let detail = format!("from line {first} on: {why}");
        let kind = FindingKind::TreeChanged;
        self.verification.find(kind, (first, None), detail);
    }
}

/// Events that have no place in the log yet, and whether they say what was written: how many, and the numbers of those that
/// do not.
pub fn read_waiting(
    store: &mut dyn Store,
    after: i64,
    limit: u32,
) -> Result<(Vec<i64>, Vec<i64>), StoreError> {
    let rows = store.list_audit_records((after, i64::MAX), limit)?;
    let altered = rows.iter().filter(|row| !row.is_as_written());
    let altered = altered.map(|row| row.sequence).collect();
    Ok((rows.iter().map(|row| row.sequence).collect(), altered))
}

/// The chain before a bundle's first line, and the number of the event before it.
pub fn before_bundle(store: &mut dyn Store, number: u64) -> Result<(Hash, i64), LogError> {
    let Some(before) = number.checked_sub(1) else {
        return Ok((super::chain::CHAIN_START, 0));
    };
    let bundle = store.find_audit_bundle(before)?;
    let bundle = bundle.ok_or_else(|| LogError::Damaged(format!("the end of bundle {before}")))?;
    Ok((bundle.chain, bundle.last_sequence))
}

/// The links of some lines, with the chain after each.
pub fn links(before: Hash, lines: &StoredLines) -> Vec<(i64, Hash)> {
    let mut chain = before;
    let rows = lines.rows.iter().zip(&lines.leaves);
    rows.map(|(row, leaf)| {
        chain = Link {
            sequence: row.sequence,
            leaf: *leaf,
        }
        .after(&chain);
        (row.sequence, chain)
    })
    .collect()
}
