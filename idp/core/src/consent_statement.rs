//! Consent statement: the exact text that an enterprise agreed to, who signed it, and what shows years later that the
//! signature was good.
//!
//! Owns what is kept beside a consent's record, appended only. Does not know how a signature is checked
//! ([`crate::signed_consent`]) nor what a receipt looks like.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::id::ConsentId;
use crate::timestamp::Timestamp;

/// By whom the text of a consent is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentSigner {
    /// By the provider, when a receipt is asked for.
    #[default]
    Provider,
    /// By the enterprise's own lock, before anything is given.
    Lock,
}

impl ConsentSigner {
    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Lock => "lock",
        }
    }

    /// The signer that a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Provider, Self::Lock]
            .into_iter()
            .find(|one| one.as_str() == word)
    }

    /// Whether what was signed so is enough where `wanted` is asked for.
    pub const fn is_enough_for(self, wanted: Self) -> bool {
        matches!((self, wanted), (Self::Lock, _) | (_, Self::Provider))
    }
}

/// What was agreed to, and by whose signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentStatement {
    /// The record it belongs to.
    pub consent_id: ConsentId,
    /// The text as the page showed it, to the octet.
    pub text: String,
    /// The lock's signature; absent where the provider's word is all there is.
    pub signature: Option<LockSignature>,
}

impl ConsentStatement {
    /// SHA-256 over the text, hexadecimal.
    pub fn sha256(&self) -> String {
        sha256(self.text.as_bytes())
    }

    /// Who signed it.
    pub const fn signer(&self) -> ConsentSigner {
        match self.signature {
            Some(_) => ConsentSigner::Lock,
            None => ConsentSigner::Provider,
        }
    }

    /// What the audit trail says of it, so that the log holds text and signature.
    pub fn words(&self) -> String {
        let mut words = format!(
            "statement-sha256={} signed-by={}",
            self.sha256(),
            self.signer().as_str()
        );
        if let Some(signature) = &self.signature {
            // Nothing can go wrong in memory.
            let _ = write!(
                words,
                " proof-sha256={}",
                sha256(signature.proof.as_bytes())
            );
        }
        words
    }
}

/// A lock's signature over a statement. With the text, these are all the octets under it (`docs/KEY-AGENT.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockSignature {
    /// When it was checked.
    pub at: Timestamp,
    /// `scheme://host[:port]` it was made for.
    pub origin: String,
    /// The nonce of the challenge.
    pub nonce: String,
    /// The proof as the agent gave it: certificate, algorithm and signature, JSON.
    pub proof: String,
    /// What the certificate was judged by.
    pub path: PathEvidence,
}

/// What a verdict on a certificate rested on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathEvidence {
    /// DER: the lock's certificate first, the trust anchor last.
    pub chain: Vec<Vec<u8>>,
    /// Whether the CA's entry asked for revocation to be judged.
    pub revocation_checked: bool,
    /// What cleared each certificate below the anchor.
    pub revocation: Vec<RevocationEvidence>,
}

/// What says that a certificate was not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A revocation list (RFC 5280 §5).
    Crl,
    /// The answer of a responder (RFC 6960).
    Ocsp,
}

/// One list or answer about one certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationEvidence {
    /// About which certificate: SHA-256 over its DER, hexadecimal.
    pub certificate: String,
    /// List or answer.
    pub kind: EvidenceKind,
    /// SHA-256 over all of it, hexadecimal.
    pub sha256: String,
    /// Who issued the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The list's number, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// From when it is; seconds since the Unix epoch.
    pub this_update: i64,
    /// It counts before this second only.
    pub next_update: i64,
    /// All of it, kept apart from the rest; absent where it was too long to be kept.
    #[serde(skip)]
    pub octets: Option<Vec<u8>>,
}

/// An event of the audit trail about a consent, with its line, so that it can be shown after the trail's rows were sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEvent {
    /// Its number in the trail.
    pub sequence: i64,
    /// The line as the log holds it (`transparency::event_line`).
    pub line: String,
}

fn sha256(octets: &[u8]) -> String {
    hex::encode(Sha256::digest(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_enough_for_everybody_and_the_provider_for_those_who_ask_no_more() {
        use ConsentSigner::{Lock, Provider};
        assert!(Lock.is_enough_for(Provider) && Lock.is_enough_for(Lock));
        assert!(Provider.is_enough_for(Provider) && !Provider.is_enough_for(Lock));
        for signer in [Lock, Provider] {
            assert_eq!(ConsentSigner::of_word(signer.as_str()), Some(signer));
        }
        assert_eq!(ConsentSigner::of_word("nobody"), None);
    }

    #[test]
    fn what_the_trail_says_holds_text_and_signature() {
        let mut statement = ConsentStatement {
            consent_id: ConsentId::from_text("c"),
            text: "abc".to_owned(),
            signature: None,
        };
        // FIPS 180-2, B.1.
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let words = format!("statement-sha256={of_abc} signed-by=provider");
        assert_eq!(statement.words(), words);
        statement.signature = Some(LockSignature {
            at: Timestamp::from_unix_seconds(1),
            origin: String::new(),
            nonce: String::new(),
            proof: "abc".to_owned(),
            path: PathEvidence {
                chain: Vec::new(),
                revocation_checked: false,
                revocation: Vec::new(),
            },
        });
        let words = format!("statement-sha256={of_abc} signed-by=lock proof-sha256={of_abc}");
        assert_eq!(statement.words(), words);
    }
}
