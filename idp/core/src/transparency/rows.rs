//! Rows against the tree: which of a bundle's rows is not the line that stands there, and what became of it.

use super::hash::Hash;
use super::line::AuditRecord;

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFaultKind {
    /// The row says something else.
    Altered,
    /// There is no row.
    Missing,
    /// There is a row that never was a line.
    Inserted,
    /// The rows stand in another order.
    Reordered,
}

impl RowFaultKind {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Inserted => "inserted",
            Self::Reordered => "reordered",
        }
    }
}

/// The first row of a bundle that is not its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// What happened.
    pub kind: RowFaultKind,
    /// Which line of the bundle, from 0.
    pub place: usize,
    /// The number of the row that stands there, where one does.
    pub sequence: Option<i64>,
}

/// Compares the rows of one bundle with the leaves of its tile.
pub fn compare(rows: &[AuditRecord], leaves: &[Hash]) -> Option<RowFault> {
    let found: Vec<Hash> = rows.iter().map(AuditRecord::leaf).collect();
    let longest = found.len().max(leaves.len());
    let place =
        (0..longest).find(|i| found.get(*i) != leaves.get(*i) || !as_written(rows.get(*i)))?;
    Some(RowFault {
        kind: kind(rows, (&found, leaves), place),
        place,
        sequence: rows.get(place).map(|row| row.sequence),
    })
}

/// Looks at rows of lines that were sealed. The oldest go first, so those that are there are the last of their lines.
pub fn compare_left_over(rows: &[AuditRecord], leaves: &[Hash]) -> Option<RowFault> {
    let gone = leaves.len().saturating_sub(rows.len());
    let left = leaves.get(gone..).unwrap_or_default();
    let fault = compare(rows, left)?;
    let row = rows.get(fault.place);
    let is_line = row.is_some_and(|row| {
        let leaves = leaves.iter().copied().map(Some);
        leaves.clone().any(|leaf| leaf == row.written())
            || leaves.clone().any(|leaf| leaf == Some(row.leaf()))
    });
    let kind = if is_line {
        fault.kind
    } else {
        RowFaultKind::Inserted
    };
    Some(RowFault {
        kind,
        place: fault.place + gone,
        ..fault
    })
}

/// A row whose own hash was changed while its words were not is an altered one too.
fn as_written(row: Option<&AuditRecord>) -> bool {
    row.is_none_or(AuditRecord::is_as_written)
}

fn kind(rows: &[AuditRecord], (found, leaves): (&[Hash], &[Hash]), place: usize) -> RowFaultKind {
    let (Some(row), Some(hash)) = (rows.get(place), found.get(place)) else {
        return RowFaultKind::Missing;
    };
    let Some(leaf) = leaves.get(place) else {
        return RowFaultKind::Inserted;
    };
    let stands = |hash: Option<&Hash>, among: &[Hash]| {
        hash.is_some_and(|hash| among.iter().skip(place + 1).any(|other| other == hash))
    };
    if row.written().as_ref() == Some(leaf) || hash == leaf {
        return RowFaultKind::Altered;
    }
    match (stands(Some(leaf), found), stands(Some(hash), leaves)) {
        (true, true) => RowFaultKind::Reordered,
        (true, false) => RowFaultKind::Inserted,
        (false, true) => RowFaultKind::Missing,
        (false, false) => RowFaultKind::Altered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sequence: i64) -> AuditRecord {
        let mut row = AuditRecord {
            sequence,
            at: sequence,
            kind: "logout".into(),
            ..AuditRecord::default()
        };
        row.leaf_hash = Some(row.leaf().0.to_vec());
        row
    }

    #[test]
    fn the_first_wrong_row_is_named_with_what_became_of_it() {
        let rows: Vec<AuditRecord> = (1..=6).map(row).collect();
        let leaves: Vec<Hash> = rows.iter().map(AuditRecord::leaf).collect();
        assert_eq!(compare(&rows, &leaves), None);
        let told = |change: fn(&mut Vec<AuditRecord>)| {
            let mut changed = rows.clone();
            change(&mut changed);
            let fault = compare(&changed, &leaves).unwrap();
            (fault.kind, fault.place, fault.sequence)
        };
        let altered = told(|rows| rows[2].reason = Some("another".into()));
        assert_eq!(altered, (RowFaultKind::Altered, 2, Some(3)));
        let with_its_hash = told(|rows| {
            rows[2].at = 7;
            rows[2].leaf_hash = Some(rows[2].leaf().0.to_vec());
        });
        assert_eq!(with_its_hash, (RowFaultKind::Altered, 2, Some(3)));
        let hash_alone = told(|rows| rows[2].leaf_hash = Some(vec![0; 32]));
        assert_eq!(hash_alone, (RowFaultKind::Altered, 2, Some(3)));
        let missing = told(|rows| drop(rows.remove(2)));
        assert_eq!(missing, (RowFaultKind::Missing, 2, Some(4)));
        let cut = told(|rows| rows.truncate(4));
        assert_eq!(cut, (RowFaultKind::Missing, 4, None));
        let inserted = told(|rows| rows.insert(2, row(99)));
        assert_eq!(inserted, (RowFaultKind::Inserted, 2, Some(99)));
        let added = told(|rows| rows.push(row(99)));
        assert_eq!(added, (RowFaultKind::Inserted, 6, Some(99)));
        let swapped = told(|rows| rows.swap(1, 4));
        assert_eq!(swapped, (RowFaultKind::Reordered, 1, Some(5)));
    }
}
