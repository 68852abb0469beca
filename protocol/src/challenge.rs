//! What a key lock signs: the challenge and its exact bytes.
//!
//! Owns the concatenation of digests that goes under the signature. Does not know who asked, nor
//! how a signature is checked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha384};
use sm3::Sm3;

use crate::PROOF_FORMAT;
use crate::proof::ProofAlgorithm;

/// Seconds that a challenge lives.
pub const CHALLENGE_LIFETIME_SECONDS: i64 = 300;

/// Random octets in a nonce.
pub const NONCE_OCTETS: usize = 32;

/// What a signature is for. A signature made for one purpose is worthless for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Sign in (企业登录).
    Login,
    /// Bind a key lock to its enterprise (企业绑定).
    Bind,
    /// Activate a secondary lock (激活副锁).
    ActivateLock,
    /// Sign the text of a consent (确认授权).
    Consent,
    /// An operator signs in.
    OperatorLogin,
    /// Approve the change that the statement names: a primary lock makes way for another one.
    Approve,
}

impl Purpose {
    /// Every purpose there is.
    pub const ALL: [Self; 6] = [
        Self::Login,
        Self::Bind,
        Self::ActivateLock,
        Self::Consent,
        Self::OperatorLogin,
        Self::Approve,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Bind => "bind",
            Self::ActivateLock => "activate-lock",
            Self::Consent => "consent",
            Self::OperatorLogin => "operator-login",
            Self::Approve => "approve",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no purpose.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown purpose; known are login, bind, activate-lock, consent, operator-login, approve")]
pub struct UnknownPurpose;

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(word: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == word)
            .ok_or(UnknownPurpose)
    }
}

/// Everything a signature speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengeText<'a> {
    /// `scheme://host[:port]`, ASCII, no trailing slash, as the browser attests it.
    pub origin: &'a str,
    /// The base64 text of the random octets.
    pub nonce: &'a str,
    /// What the signature is for.
    pub purpose: Purpose,
    /// The text the agent shows before it asks for the PIN.
    pub statement: &'a str,
}

impl ChallengeText<'_> {
    /// The bytes to sign: `H(format) ‖ H(origin) ‖ H(nonce) ‖ H(purpose) ‖ H(statement)`.
    ///
    /// `H` is SM3 for SM2 keys, SHA-384 for P-384 and SHA-256 otherwise. The signature algorithm's
    /// own digest then runs over this result. Hashing each part alone leaves no way to move a
    /// character from one part to its neighbour.
    pub fn to_be_signed(&self, algorithm: ProofAlgorithm) -> Vec<u8> {
        digests(
            algorithm,
            &[
                PROOF_FORMAT,
                self.origin,
                self.nonce,
                self.purpose.as_str(),
                self.statement,
            ],
        )
    }

    /// The bytes a Web eID token signs: `H(origin) ‖ H(nonce)`. It names neither purpose nor
    /// statement, so it serves for `login` alone.
    pub fn web_eid_to_be_signed(&self, algorithm: ProofAlgorithm) -> Vec<u8> {
        digests(algorithm, &[self.origin, self.nonce])
    }
}

fn digests(algorithm: ProofAlgorithm, parts: &[&str]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.len() * 48);
    for part in parts {
        match algorithm {
            ProofAlgorithm::Sm2Sm3 => out.extend_from_slice(&Sm3::digest(part.as_bytes())),
            ProofAlgorithm::Es384 => out.extend_from_slice(&Sha384::digest(part.as_bytes())),
            ProofAlgorithm::Es256 | ProofAlgorithm::Rs256 | ProofAlgorithm::Ps256 => {
                out.extend_from_slice(&Sha256::digest(part.as_bytes()));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: ChallengeText<'_> = ChallengeText {
        origin: "https://idp.example",
        nonce: "bm9uY2U",
        purpose: Purpose::Login,
        statement: "登录一证通",
    };

    #[test]
    fn digest_follows_the_key() {
        assert_eq!(TEXT.to_be_signed(ProofAlgorithm::Es256).len(), 5 * 32);
        assert_eq!(TEXT.to_be_signed(ProofAlgorithm::Es384).len(), 5 * 48);
        assert_eq!(TEXT.to_be_signed(ProofAlgorithm::Sm2Sm3).len(), 5 * 32);
        assert_ne!(
            TEXT.to_be_signed(ProofAlgorithm::Rs256),
            TEXT.to_be_signed(ProofAlgorithm::Sm2Sm3)
        );
    }

    #[test]
    fn every_part_is_under_the_signature() {
        let base = TEXT.to_be_signed(ProofAlgorithm::Es256);
        let others = [
            ChallengeText {
                origin: "https://idp.example:444",
                ..TEXT
            },
            ChallengeText {
                nonce: "bm9uY2V",
                ..TEXT
            },
            ChallengeText {
                purpose: Purpose::Bind,
                ..TEXT
            },
            ChallengeText {
                statement: "登录一证通 ",
                ..TEXT
            },
        ];
        for other in others {
            assert_ne!(base, other.to_be_signed(ProofAlgorithm::Es256), "{other:?}");
        }
    }

    #[test]
    fn purposes_read_back() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
            assert_eq!(
                serde_json::to_string(&purpose).ok(),
                Some(format!("\"{purpose}\""))
            );
        }
        assert_eq!("Login".parse::<Purpose>(), Err(UnknownPurpose));
    }
}
