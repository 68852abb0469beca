//! What a verification found, for people and for programs; and how far a long run is.

use idp_core::transparency::{Finding, Verification, VerifierKey};
use serde_json::json;

use crate::audit_log::Verified;
use crate::cli::output::{remark, say};
use crate::serve::StartError;

/// Lines between two words about progress.
const STEP: u64 = 1_000_000;

/// Tells how far it is, on standard error.
pub(super) struct Progress {
    what: &'static str,
    next: u64,
}

impl Progress {
    pub(super) const fn new(what: &'static str) -> Self {
        Self { what, next: STEP }
    }

    pub(super) fn tell(&mut self, lines: u64) {
        if lines >= self.next {
            remark(format_args!("{lines} {}", self.what));
            self.next = lines + STEP;
        }
    }
}

/// The outcome.
pub(super) struct Report {
    lines: u64,
    signed: u64,
    heads: u64,
    waiting: u64,
    sealed: u64,
    files: u64,
    altered: Vec<i64>,
    findings: Vec<Finding>,
    more: u64,
}

impl Report {
    pub(super) fn of_export(verification: &Verification<'_>) -> Self {
        Self {
            lines: verification.size(),
            signed: verification.signed(),
            heads: verification.heads(),
            waiting: 0,
            sealed: 0,
            files: 0,
            altered: Vec::new(),
            findings: verification.findings().to_vec(),
            more: verification.more(),
        }
    }

    pub(super) fn of_database(verified: &Verified<'_>) -> Self {
        Self {
            waiting: verified.waiting,
            sealed: verified.sealed,
            files: verified.files,
            altered: verified.altered.clone(),
            ..Self::of_export(&verified.verification)
        }
    }

    fn is_good(&self) -> bool {
        self.findings.is_empty() && self.altered.is_empty()
    }

    /// Prints it; an error unless all is as it was.
    pub(super) fn tell(&self, key: &VerifierKey, as_json: bool) -> Result<(), StartError> {
        if as_json {
            say(format_args!("{:#}", self.json(key)))?;
        } else {
            self.tell_people()?;
        }
        if self.is_good() {
            Ok(())
        } else {
            Err(StartError::new("audit log", "it is not as it was written"))
        }
    }

    fn tell_people(&self) -> Result<(), StartError> {
        let Self {
            lines,
            signed,
            heads,
            waiting,
            ..
        } = self;
        for finding in &self.findings {
            say(format_args!(
                "{}: {}",
                finding.kind.as_str(),
                finding.detail
            ))?;
        }
        for sequence in &self.altered {
            say(format_args!(
                "altered: event {sequence}, which has no place in the log yet: its words are not those that were written"
            ))?;
        }
        if self.sealed > 0 {
            let (sealed, files) = (self.sealed, self.files);
            say(format_args!(
                "{sealed} lines are in sealed segments; the files of {files} were verified"
            ))?;
        }
        if self.more > 0 {
            say(format_args!("and {} more", self.more))?;
        }
        let unsigned = lines.saturating_sub(*signed);
        let verdict = if self.is_good() {
            ""
        } else {
            "NOT AS IT WAS WRITTEN; looked at: "
        };
        say(format_args!(
            "{verdict}{lines} lines, {heads} signed heads verified; {unsigned} lines under no verified head, {waiting} events wait for \
             their place"
        ))
    }

    fn json(&self, key: &VerifierKey) -> serde_json::Value {
        let finding = |finding: &Finding| {
            json!({
                "kind": finding.kind.as_str(),
                "index": finding.index,
                "sequence": finding.sequence,
                "detail": finding.detail,
            })
        };
        let findings: Vec<_> = self.findings.iter().map(finding).collect();
        json!({
            "ok": self.is_good(),
            "key": key.to_string(),
            "lines": self.lines,
            "lines_under_verified_heads": self.signed,
            "verified_heads": self.heads,
            "waiting": self.waiting,
            "sealed_lines": self.sealed,
            "verified_segment_files": self.files,
            "altered_while_waiting": self.altered,
            "findings": findings,
            "more_findings": self.more,
        })
    }
}
