//! Verifies an export with nothing but a verifier key: every hash is made again from the lines' octets, and compared with
//! what the signed heads in it say.

use std::collections::VecDeque;
use std::io::BufRead;

use idp_core::transparency::{
    Checkpoint, FindingKind, Growing, Hash, HeadToCheck, Link, RowFaultKind, SignedNote,
    Verification, VerifierKey, leaf_hash,
};

use super::export_lines::{Beginning, ExportLine, LogLine, VERSION};
use crate::signing::verify_ed25519;

/// A longer line is none of ours.
const LINE_MAX: u64 = 1 << 20;

/// Why an export can't be verified.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file.
    #[error("the export can't be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is no export, or not the whole of one.
    #[error("line {0} of the file is none of an export")]
    Malformed(u64),
}

/// An export that is being read.
struct Reader<'a, R> {
    from: R,
    number: u64,
    line: Vec<u8>,
    heads: VecDeque<HeadToCheck>,
    verification: Verification<'a>,
    /// After the first line that is not as it was, lines stand elsewhere: their places tell nothing more.
    is_in_place: bool,
}

/// Verifies; heads from outside are compared too. `progress` hears how many lines there were.
pub fn verify_export<'a, R: BufRead>(
    from: R,
    key: &'a VerifierKey,
    outside: Vec<HeadToCheck>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verification<'a>, ReadError> {
    let mut reader = Reader {
        from,
        number: 0,
        line: Vec::new(),
        heads: outside.into(),
        verification: Verification::new(key, verify_ed25519),
        is_in_place: true,
    };
    let beginning = reader.begin(key)?;
    let end = loop {
        let line = reader.next()?;
        match serde_json::from_slice(line) {
            Ok(ExportLine::Line(line)) => reader.log_line(&line),
            Ok(ExportLine::Head(head)) => reader.head_line(&head.checkpoint),
            Ok(ExportLine::End(end)) => break end.end,
            Err(_) => return Err(ReadError::Malformed(reader.number)),
        }
        let size = reader.verification.size();
        if size.is_multiple_of(256) {
            progress(size - beginning.from);
        }
    };
    if !reader.at_end()? {
        return Err(ReadError::Malformed(reader.number));
    }
    Ok(reader.finish(end.max(beginning.to)))
}

impl<'a, R: BufRead> Reader<'a, R> {
    /// The next line's octets. A file that ends before its last line was cut.
    fn next(&mut self) -> Result<&[u8], ReadError> {
        self.line.clear();
        self.number += 1;
        let mut bounded = std::io::Read::take(&mut self.from, LINE_MAX);
        bounded.read_until(b'\n', &mut self.line)?;
        match self.line.strip_suffix(b"\n") {
            Some(line) => Ok(line),
            None => Err(ReadError::Malformed(self.number)),
        }
    }

    fn at_end(&mut self) -> Result<bool, ReadError> {
        self.number += 1;
        Ok(self.from.fill_buf()?.is_empty())
    }

    fn begin(&mut self, key: &'a VerifierKey) -> Result<Beginning, ReadError> {
        let beginning: Option<Beginning> = serde_json::from_slice(self.next()?).ok();
        let malformed = ReadError::Malformed(self.number);
        let known = beginning.filter(|b| b.audit_export == VERSION && b.from <= b.to);
        let Some(beginning) = known else {
            return Err(malformed);
        };
        let subtrees: Option<Vec<Hash>> = beginning
            .subtrees
            .iter()
            .map(|text| Hash::of_text(text))
            .collect();
        let tree = subtrees.and_then(|subtrees| Growing::of(beginning.from, &subtrees));
        let (Some(tree), Some(chain)) = (tree, Hash::of_text(&beginning.chain)) else {
            return Err(malformed);
        };
        self.verification = Verification::after(key, verify_ed25519, (tree, chain));
        // What was signed before the first line says nothing about these.
        self.heads.retain(|head| head.size >= beginning.from);
        // What was signed of exactly the lines before it vouches for where this begins.
        if beginning.from > 0 {
            self.check_heads();
        }
        Ok(beginning)
    }

    fn log_line(&mut self, line: &LogLine) {
        let index = self.verification.size();
        let leaf = leaf_hash(line.line.as_bytes());
        if self.is_in_place {
            self.compare(index, leaf, line);
        }
        self.verification.leaf(leaf);
        self.verification.link(Link {
            sequence: line.sequence,
            leaf,
        });
        if self.is_in_place && self.verification.chain().to_text() != line.chain {
            self.is_in_place = false;
            let detail = format!("line {index}: its number is not the one in the chain");
            let at = (index, Some(line.sequence));
            self.verification.find(FindingKind::Renumbered, at, detail);
        }
        self.check_heads();
    }

    /// Heads from outside of as many lines as there are now.
    fn check_heads(&mut self) {
        let size = self.verification.size();
        while let Some(head) = self.heads.pop_front_if(|head| head.size <= size) {
            self.verification.head(&head.note, head.whose);
        }
    }

    /// A head stands after the last of its lines.
    fn head_line(&mut self, note: &str) {
        let read = SignedNote::parse(note).and_then(|note| Checkpoint::parse(&note.text));
        let size = self.verification.size();
        match read {
            Ok(head) if head.size != size => {
                if self.is_in_place {
                    self.is_in_place = false;
                    let (kind, what) = if head.size > size {
                        (RowFaultKind::Missing, "a line before it is gone")
                    } else {
                        (
                            RowFaultKind::Inserted,
                            "a line before it never was in the log",
                        )
                    };
                    let detail = format!(
                        "the head of {} lines stands after {size}: {what}",
                        head.size
                    );
                    let at = (size.min(head.size), None);
                    self.verification.find(FindingKind::Row(kind), at, detail);
                }
            }
            _ => self.verification.head(note, "exported"),
        }
    }

    fn compare(&mut self, index: u64, leaf: Hash, line: &LogLine) {
        let (kind, what) = if line.index > index {
            (RowFaultKind::Missing, "is gone")
        } else if line.index < index {
            (RowFaultKind::Reordered, "stands elsewhere")
        } else if leaf.to_text() != line.leaf_hash {
            (RowFaultKind::Altered, "says something else than was hashed")
        } else {
            return;
        };
        self.is_in_place = false;
        let detail = format!(
            "line {index} {what}; event {} stands in its place",
            line.sequence
        );
        let at = (index, Some(line.sequence));
        self.verification.find(FindingKind::Row(kind), at, detail);
    }

    fn finish(mut self, end: u64) -> Verification<'a> {
        let size = self.verification.size();
        if size < end {
            let detail =
                format!("the export says that it ends at {end}, and {size} lines are there");
            self.verification
                .find(FindingKind::Truncated, (size, None), detail);
        }
        while let Some(head) = self.heads.pop_front() {
            self.verification.head_beyond(&head.note, head.whose);
        }
        // Each export ends at a head. Without one its hashes are whoever's who wrote it.
        let (signed, heads) = (self.verification.signed(), self.verification.heads());
        if self.verification.findings().is_empty() && (signed < size || heads == 0) {
            let detail = format!("no signed head vouches for line {signed} and what follows it");
            let at = (signed, None);
            self.verification.find(FindingKind::Unsigned, at, detail);
        }
        self.verification
    }
}
