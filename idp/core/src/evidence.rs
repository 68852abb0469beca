//! Evidence (证明材料): a paper, scanned, that was handed in and waits for the signature under what it is evidence of.
//!
//! Owns how large it may be, how long it waits and for whom. Does not know what it proves.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::duty::OperatorAuthentication;
use crate::id::OperatorId;
use crate::timestamp::Timestamp;

/// Largest evidence, in octets.
pub const EVIDENCE_MAX: usize = 8 << 20;

/// So long it waits for the signature.
pub const WAITS: Duration = Duration::from_mins(10);

/// Longest file name, in characters.
const NAME_MAX: usize = 100;

/// The paper behind a change, scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its file name.
    pub name: String,
    /// The file.
    pub content: Vec<u8>,
}

/// Which file it is: what an act says of it, so that what is signed is about this file and no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFacts {
    /// Its file name.
    pub name: String,
    /// What it is, by how it begins.
    pub media_type: String,
    /// Its length, in octets.
    pub octets: u64,
    /// SHA-256 over it, hexadecimal.
    pub sha256: String,
}

impl Evidence {
    /// A file as a browser names it: the last part of a path, without what can't be seen.
    pub fn named(name: &str, content: Vec<u8>) -> Self {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let seen = last.chars().filter(|c| !crate::fields::is_unseen(*c));
        let name: String = seen.take(NAME_MAX).collect();
        let name = match name.trim() {
            "" => "evidence",
            name => name,
        };
        Self {
            name: name.to_owned(),
            content,
        }
    }

    /// What tells it from every other file.
    pub fn facts(&self) -> EvidenceFacts {
        EvidenceFacts {
            name: self.name.clone(),
            media_type: media_type(&self.content).to_owned(),
            octets: u64::try_from(self.content.len()).unwrap_or(u64::MAX),
            sha256: hex::encode(Sha256::digest(&self.content)),
        }
    }
}

/// What a file is, by how it begins: told to whoever looks, never believed.
fn media_type(content: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 4] = [
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"PK\x03\x04", "application/zip"),
    ];
    let known = KNOWN.iter().find(|(begins, _)| content.starts_with(begins));
    known.map_or("application/octet-stream", |(_, name)| name)
}

/// For whom evidence waits: one sign-in of one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who handed it in.
    pub operator_id: OperatorId,
    /// When that sign-in began.
    pub signed_in_at: Timestamp,
}

impl Holder {
    /// Whoever signed in so.
    pub fn of(authentication: &OperatorAuthentication) -> Self {
        Self {
            operator_id: authentication.operator_id.clone(),
            signed_in_at: authentication.auth_time,
        }
    }
}

/// Evidence that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingEvidence {
    /// For whom.
    pub holder: Holder,
    /// The file.
    pub evidence: Evidence,
    /// Since when.
    pub handed_in_at: Timestamp,
}

impl WaitingEvidence {
    /// Whether it waits still.
    pub fn waits(&self, now: Timestamp) -> bool {
        now < self.handed_in_at + WAITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_the_last_part_of_its_path_without_what_can_t_be_seen() {
        let named = |name: &str| Evidence::named(name, Vec::new()).name;
        assert_eq!(named("C:\\fakepath\\核准通知书.pdf"), "核准通知书.pdf");
        assert_eq!(named("../../etc/passwd"), "passwd");
        assert_eq!(named("a\u{202e}fdp.exe\r\n"), "afdp.exe");
        for nothing in ["", "/", " \u{200b}", "..\\"] {
            assert_eq!(named(nothing), "evidence", "{nothing:?}");
        }
        assert_eq!(named(&"名".repeat(500)).chars().count(), NAME_MAX);
    }

    #[test]
    fn a_file_is_what_it_begins_with_whatever_it_is_called() {
        let of = |content: &[u8]| Evidence::named("a.pdf", content.to_vec()).facts();
        assert_eq!(of(b"%PDF-1.7").media_type, "application/pdf");
        assert_eq!(of(b"<html>").media_type, "application/octet-stream");
        assert_eq!(of(b"abc").octets, 3);
        assert!(of(b"abc").sha256.starts_with("ba7816bf"));
    }
}
