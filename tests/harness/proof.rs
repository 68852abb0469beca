//! The challenge a page carries, and proofs made for it: a true one, and drafts that a test bends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::ProofAlgorithm;
use serde_json::json;

use super::answer::Answer;
use super::lock::Lock;

/// What `#challenge-form` asks a lock to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// `data-origin`
    pub origin: String,
    /// `data-nonce`
    pub nonce: String,
    /// `data-purpose`
    pub purpose: Purpose,
    /// `data-statement`
    pub statement: String,
}

impl Challenge {
    /// Reads the form of a page.
    pub fn of(page: &Answer) -> Self {
        let data = |name: &str| {
            page.attribute("#challenge-form", &format!("data-{name}"))
                .unwrap_or_else(|| panic!("data-{name} in {}", page.summary()))
        };
        Self {
            origin: data("origin"),
            nonce: data("nonce"),
            purpose: data("purpose").parse().unwrap(),
            statement: data("statement"),
        }
    }

    /// A true proof by a lock that stands in this hardware, as the agent says.
    pub fn proof_in(&self, lock: &Lock, media_number: &str) -> String {
        let mut draft = self.draft(lock);
        media_number.clone_into(&mut draft.media_number);
        draft.json()
    }

    /// The octets under the signature.
    pub fn octets(&self, algorithm: ProofAlgorithm) -> Vec<u8> {
        self.text().to_be_signed(algorithm)
    }

    /// As the agent reads it.
    pub fn text(&self) -> ChallengeText<'_> {
        ChallengeText {
            origin: &self.origin,
            nonce: &self.nonce,
            purpose: self.purpose,
            statement: &self.statement,
        }
    }

    /// The true proof, JSON text.
    pub fn proof(&self, lock: &Lock) -> String {
        self.draft(lock).json()
    }

    /// The true proof, to be bent.
    pub fn draft(&self, lock: &Lock) -> Draft {
        self.draft_with(lock, lock.algorithm)
    }

    /// The true proof by another algorithm of the same key.
    pub fn draft_with(&self, lock: &Lock, algorithm: ProofAlgorithm) -> Draft {
        Draft {
            format: protocol::PROOF_FORMAT.to_owned(),
            certificate: lock.certificate.der().to_vec(),
            algorithm: algorithm.as_str().to_owned(),
            signature: lock.sign(algorithm, &self.octets(algorithm)),
            media_number: "5303201712015217".to_owned(),
        }
    }
}

/// A proof whose every part can be changed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// `format`
    pub format: String,
    /// `certificate`, before base64.
    pub certificate: Vec<u8>,
    /// `algorithm`
    pub algorithm: String,
    /// `signature`, before base64.
    pub signature: Vec<u8>,
    /// `media_number`
    pub media_number: String,
}

impl Draft {
    /// Its JSON text.
    pub fn json(&self) -> String {
        json!({
            "format": self.format,
            "certificate": STANDARD.encode(&self.certificate),
            "algorithm": self.algorithm,
            "signature": STANDARD.encode(&self.signature),
            "media_number": self.media_number,
        })
        .to_string()
    }
}
