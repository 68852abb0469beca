//! A line of the audit log, as far as receipts speak of it.

use idp_core::unique_members::Unique;
use serde::Deserialize;
use serde_json::Value;

/// Members that are looked at; others may stand beside them.
#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) v: u8,
    pub(super) at: i64,
    pub(super) kind: String,
    pub(super) enterprise_id: String,
    pub(super) platform_id: String,
    pub(super) consent_id: String,
    #[serde(default)]
    pub(super) detail: String,
}

/// Reads it.
pub(super) fn read(line: &str) -> Result<Line, &'static str> {
    let Unique(members) = serde_json::from_str(line).or(Err("line-malformed"))?;
    let line: Line = serde_json::from_value(Value::Object(members)).or(Err("line-malformed"))?;
    if line.v == 1 {
        Ok(line)
    } else {
        Err("line-malformed")
    }
}

impl Line {
    /// What stands after `name=` in its detail.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        let mut words = self.detail.split(' ');
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    /// The scopes and claims, which come before those.
    pub(super) fn asked(&self) -> Vec<&str> {
        let words = self.detail.split(' ');
        words.take_while(|word| !word.contains('=')).collect()
    }
}
