//! The lines of an export (JSON Lines): a beginning, the log's lines with signed heads between them, an end.
//!
//! Each line of the log stands in it as a string of its exact octets, so that its leaf hash is SHA-256 over a zero octet
//! and that string, whatever reads it.

use serde::{Deserialize, Serialize};

/// The version of this way of writing.
pub const VERSION: u8 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Beginning {
    /// [`VERSION`].
    pub audit_export: u8,
    /// The log's name.
    pub origin: String,
    /// Its verifier key, for whoever has no other way to know it: an export does not vouch for itself.
    pub key: String,
    /// The first line of the log that follows, from 0; a multiple of 256.
    pub from: u64,
    /// One after the last.
    pub to: u64,
    /// The chain before the first (base64).
    pub chain: String,
    /// Roots of the perfect subtrees before the first, largest first (base64).
    pub subtrees: Vec<String>,
}

/// A line of the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct LogLine {
    /// Its place, from 0.
    pub index: u64,
    /// The event's number in the database.
    pub sequence: i64,
    /// Its leaf hash (base64).
    pub leaf_hash: String,
    /// The chain after it (base64).
    pub chain: String,
    /// The line.
    pub line: String,
}

/// A signed head of as many lines as stand before it.
#[derive(Debug, Serialize, Deserialize)]
pub struct HeadLine {
    /// The signed note, with its cosignatures.
    pub checkpoint: String,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub struct End {
    /// As in the beginning.
    pub end: u64,
}

/// Any line but the first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExportLine {
    /// A line of the log.
    Line(LogLine),
    /// A signed head.
    Head(HeadLine),
    /// The end.
    End(End),
}
