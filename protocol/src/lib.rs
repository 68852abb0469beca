//! Words on the wire that provider, client adapter and key agent share.
//!
//! Owns: the bytes a key lock signs ([`challenge`]), the answer it gives ([`proof`]), the scopes a
//! platform may ask for ([`scope`]), the claims it receives ([`claims`]) and the discovery document
//! ([`metadata`]). Does not know: certificates beyond their DER bytes, HTTP, storage, time.

pub mod challenge;
pub mod claims;
pub mod metadata;
pub mod proof;
pub mod registration;
pub mod scope;

// The fuzz target's entry names this crate from outside.
#[cfg(test)]
extern crate self as protocol;
#[cfg(test)]
#[path = "../../fuzz/entries/protocol.rs"]
mod fuzz_entries;
#[cfg(test)]
mod seeds;

/// Format name of the proof this project defines; also the first thing that is hashed.
pub const PROOF_FORMAT: &str = "yzt-proof:v1";

/// Format prefix of a Web eID authentication token, accepted for purpose `login` only.
pub const WEB_EID_FORMAT_PREFIX: &str = "web-eid:1";
