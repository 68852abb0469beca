//! Verifying a receipt from its text and what the reader trusts: no database, no network, no word of ours.
//!
//! Owns the order of the checks and their names. Each is made by itself, so that a reader sees all that is wrong; what can't be
//! looked at, because nothing is trusted that it could be held against, is said to be unchecked and never passes.

mod content;
mod envelope;
mod line;
mod lock;
mod log;
mod revocation;

use idp_core::transparency::VerifierKey;
use pki::certificate::Certificate;
use serde_json::Value;

use super::format::Receipt;

/// What the reader trusts. What is left out leaves checks unmade.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The provider's public keys (RFC 7517 §5).
    pub keys: Option<Value>,
    /// The key of the audit log.
    pub log_key: Option<VerifierKey>,
    /// Certificates of CAs that are trusted, and of responders whom they trust.
    pub authorities: Vec<Certificate>,
    /// Lists that were too long to stand in the receipt, DER.
    pub lists: Vec<Vec<u8>>,
}

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not; the machine word for why.
    Failed(&'static str),
    /// It could not be looked at; the machine word for why.
    Unchecked(&'static str),
}

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
}

/// How all of them ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything holds.
    Good,
    /// Nothing is wrong as far as could be looked.
    Incomplete,
    /// Something is wrong.
    Bad,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// In the order in which they were made.
    pub checks: Vec<Check>,
    /// What it says, where it can be read. True only as far as the checks say.
    pub receipt: Option<Receipt>,
}

impl Verified {
    /// How all of them ended.
    pub fn standing(&self) -> Standing {
        let mut outcomes = self.checks.iter().map(|check| check.outcome);
        if outcomes.clone().any(|it| matches!(it, Outcome::Failed(_))) {
            Standing::Bad
        } else if outcomes.any(|it| matches!(it, Outcome::Unchecked(_))) {
            Standing::Incomplete
        } else {
            Standing::Good
        }
    }

    /// Whether it was taken back, by its own words.
    pub fn is_withdrawn(&self) -> bool {
        let receipt = self.receipt.as_ref();
        receipt.is_some_and(|receipt| receipt.events.len() > 1)
    }
}

/// Verifies a receipt.
pub fn verify(text: &str, trust: &Trust) -> Verified {
    let (receipt, signed) = match envelope::open(text.trim(), trust.keys.as_ref()) {
        Ok(opened) => opened,
        Err(why) => {
            let outcome = Outcome::Failed(why);
            return Verified {
                checks: vec![Check {
                    name: "format",
                    outcome,
                }],
                receipt: None,
            };
        }
    };
    let mut checks = vec![
        ("format", Outcome::Passed),
        ("jws", signed),
        ("statement", outcome(content::statement(&receipt))),
        ("content", outcome(content::agrees(&receipt))),
    ];
    checks.extend(lock::checks(&receipt, trust));
    checks.extend(log::checks(&receipt, trust.log_key.as_ref()));
    let named = |(name, outcome)| Check { name, outcome };
    Verified {
        checks: checks.into_iter().map(named).collect(),
        receipt: Some(receipt),
    }
}

/// What a check that needs nobody's trust found.
fn outcome(found: Result<(), &'static str>) -> Outcome {
    found.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}
