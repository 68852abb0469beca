//! `[audit]`: the audit trail as a log.

use idp_core::transparency::{SignatureKind, VerifierKey};
use serde::{Deserialize, Serialize};

use super::{Config, ConfigError};

/// `[audit]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// The log's name in its signed tree heads; empty: the issuer's host and port, then `/audit`. For ever.
    pub origin: String,
    /// New events get their place in the tree this often, in milliseconds.
    pub sequence_milliseconds: u64,
    /// A tree that grew is signed at most this often, in seconds.
    pub checkpoint_seconds: u64,
    /// Whether tree heads, hashes and proofs are anybody's to read. Events never are.
    pub public: bool,
    /// Lines may be sealed, and their rows go, after so many days; 0: never.
    pub retention_days: u32,
    /// Verifier keys of witnesses whose cosignatures are taken.
    pub witnesses: Vec<String>,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self {
            origin: String::new(),
            sequence_milliseconds: 1000,
            checkpoint_seconds: 60,
            public: true,
            retention_days: 0,
            witnesses: Vec::new(),
        }
    }
}

impl Config {
    /// The log's name.
    pub fn audit_origin(&self) -> String {
        if !self.audit.origin.is_empty() {
            return self.audit.origin.clone();
        }
        let host = self.issuer.split_once("://").map(|(_, host)| host);
        format!("{}/audit", host.unwrap_or(&self.issuer))
    }

    /// The keys of witnesses.
    pub fn audit_witnesses(&self) -> Result<Vec<VerifierKey>, ConfigError> {
        let read = self.audit.witnesses.iter().map(|text| {
            let key = VerifierKey::parse(text).ok();
            key.filter(|key| key.kind() == SignatureKind::Cosignature)
        });
        let read: Option<Vec<VerifierKey>> = read.collect();
        read.ok_or_else(|| ConfigError::Value {
            key: "audit.witnesses",
            problem:
                "each is the verifier key of a witness: NAME+ID+KEY, for cosignatures (type 4)"
                    .to_owned(),
        })
    }

    pub(super) fn check_audit(&self) -> Result<(), ConfigError> {
        self.audit_witnesses()?;
        // The name must be able to stand in a note.
        match VerifierKey::new(&self.audit_origin(), SignatureKind::Note, [0; 32]) {
            Some(_) => Ok(()),
            None => Err(ConfigError::Value {
                key: "audit.origin",
                problem: "must be without blanks and plus signs, as `example.com/audit`".to_owned(),
            }),
        }
    }
}
