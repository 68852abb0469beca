//! Sealed segments: lines that were written to a file with what proves them, after which their rows may go. The tree and
//! the chain stay, so that every proof and every verification of the rest holds.

use super::hash::Hash;
use super::note::{NoteError, SignedNote, VerifierKey, Verify};
use crate::timestamp::Timestamp;

/// The first line of a manifest: no head of a log begins like this.
const HEADING: &str = "yizhengtong audit segment 1";

/// What is in a segment's file, as the log's key signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Whose log.
    pub origin: String,
    /// Its first line, from 0.
    pub from: u64,
    /// One after its last; of both, a multiple of 256.
    pub to: u64,
    /// The number of its last event in the database.
    pub last_sequence: i64,
    /// The chain at its end.
    pub chain: Hash,
    /// SHA-256 of the file.
    pub file_sha256: Hash,
}

impl Segment {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let Self {
            origin,
            from,
            to,
            last_sequence,
            ..
        } = self;
        let (chain, file) = (self.chain.to_text(), self.file_sha256.to_text());
        format!("{HEADING}\n{origin}\n{from}\n{to}\n{last_sequence}\n{chain}\n{file}\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [HEADING, origin, from, to, last_sequence, chain, file] = *lines.as_slice() else {
            return None;
        };
        let read = Self {
            origin: origin.to_owned(),
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            last_sequence: last_sequence.parse().ok()?,
            chain: Hash::of_text(chain)?,
            file_sha256: Hash::of_text(file)?,
        };
        (read.text() == text).then_some(read)
    }

    /// The segment of a manifest that this key signed, about its own log.
    pub fn opened(manifest: &str, key: &VerifierKey, verify: Verify) -> Result<Self, NoteError> {
        let note = SignedNote::parse(manifest)?;
        let segment = Self::parse(&note.text).ok_or(NoteError::Malformed)?;
        if segment.origin != key.name() || !note.is_signed_by(key, verify) {
            return Err(NoteError::Malformed);
        }
        Ok(segment)
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        format!("audit-{:012}-{:012}.jsonl.gz", self.from, self.to)
    }
}

/// A segment on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSegment {
    /// Its first line.
    pub from: u64,
    /// One after its last.
    pub to: u64,
    /// The number of its last event.
    pub last_sequence: i64,
    /// When it was sealed.
    pub at: Timestamp,
    /// The signed manifest.
    pub manifest: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transparency::{Checkpoint, leaf_hash};

    #[test]
    fn a_manifest_is_read_as_it_was_written_and_is_no_head() {
        let segment = Segment {
            origin: "log.example/audit".into(),
            from: 256,
            to: 1024,
            last_sequence: 1100,
            chain: leaf_hash(b"chain"),
            file_sha256: leaf_hash(b"file"),
        };
        let text = segment.text();
        assert_eq!(Segment::parse(&text), Some(segment.clone()));
        assert_eq!(
            segment.file_name(),
            "audit-000000000256-000000001024.jsonl.gz"
        );
        assert!(Checkpoint::parse(&text).is_err());
        for (what, with) in [
            ("\n256\n", "\n0256\n"),
            ("segment 1", "segment 2"),
            ("1100\n", ""),
        ] {
            assert_eq!(Segment::parse(&text.replace(what, with)), None, "{what}");
        }
    }
}
