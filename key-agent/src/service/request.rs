//! What a page asks for, read strictly.
//!
//! Owns the limits on each member. Does not know whether the page is allowed to ask.

use std::sync::Arc;

use protocol::challenge::Purpose;
use protocol::proof::ProofAlgorithm;
use serde::Deserialize;

use super::WINDOW_PROTOCOL_VERSION;
use super::failure::Failure;
use super::origin::Origin;
use crate::pin::Pin;
use crate::token::Wanted;

/// Longest statement, in octets. A consent text is a page or two.
const STATEMENT_MAX_OCTETS: usize = 16 * 1024;

/// What the window's script passes on: the page's message and the origin the browser attested for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginBody {
    pub(super) origin: String,
    operation: String,
    version: Option<u32>,
    nonce: Option<String>,
    purpose: Option<String>,
    statement: Option<String>,
    algorithms: Option<Vec<String>>,
    pub(super) lang: Option<String>,
}

/// A request that may be shown to a person.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) origin: Origin,
    pub(super) operation: Operation,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Operation {
    /// Sign a challenge.
    Sign {
        nonce: String,
        purpose: Purpose,
        statement: String,
        accepted: Vec<ProofAlgorithm>,
    },
    /// 读取证书: hand a certificate over.
    Read,
}

impl BeginBody {
    /// Checks the origin first, then everything else: a stranger learns nothing but that it is one.
    pub(super) fn check(self, allowed: &[Origin]) -> Result<Arc<Asked>, Failure> {
        let origin: Origin = self.origin.parse().or(Err(Failure::OriginRefused))?;
        if !allowed.contains(&origin) {
            return Err(Failure::OriginRefused);
        }
        if self
            .version
            .is_some_and(|version| version != WINDOW_PROTOCOL_VERSION)
        {
            return Err(Failure::Version);
        }
        let operation = match self.operation.as_str() {
            "read" => Operation::Read,
            "sign" => Operation::Sign {
                nonce: self
                    .nonce
                    .filter(|text| is_nonce(text))
                    .ok_or(Failure::BadRequest("nonce"))?,
                purpose: self
                    .purpose
                    .and_then(|word| word.parse().ok())
                    .ok_or(Failure::BadRequest("purpose"))?,
                statement: self
                    .statement
                    .filter(|text| is_statement(text))
                    .ok_or(Failure::BadRequest("statement"))?,
                accepted: accepted(self.algorithms)?,
            },
            _ => return Err(Failure::BadRequest("operation")),
        };
        Ok(Arc::new(Asked { origin, operation }))
    }
}

/// KEY-AGENT §1: the 43–44-character base64 text of 32 random octets, in either alphabet.
fn is_nonce(text: &str) -> bool {
    let digits = text.strip_suffix('=').unwrap_or(text);
    digits.len() == 43
        && digits
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || matches!(one, b'+' | b'/' | b'-' | b'_'))
}

/// What you see is what you sign: characters that show nothing, or turn the direction of others, are refused.
fn is_statement(text: &str) -> bool {
    !text.trim().is_empty()
        && text.len() <= STATEMENT_MAX_OCTETS
        && text.chars().all(|one| match one {
            '\n' | '\t' => true,
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => false,
            other => !other.is_control(),
        })
}

/// Words nobody here knows are passed over: a newer page may name newer algorithms.
fn accepted(words: Option<Vec<String>>) -> Result<Vec<ProofAlgorithm>, Failure> {
    let Some(words) = words else {
        return Ok(ProofAlgorithm::ALL.to_vec());
    };
    let known: Vec<_> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if known.is_empty() {
        Err(Failure::UnsupportedAlgorithm)
    } else {
        Ok(known)
    }
}

impl Operation {
    /// The word of the message.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Sign { .. } => "sign",
            Self::Read => "read",
        }
    }

    /// The text a person signs.
    pub(super) fn statement(&self) -> &str {
        match self {
            Self::Sign { statement, .. } => statement,
            Self::Read => "",
        }
    }

    /// The key of the purpose in words.
    pub(super) fn text_key(&self) -> &'static str {
        match self {
            Self::Read => "purpose-read",
            Self::Sign { purpose, .. } => match purpose {
                Purpose::Login => "purpose-login",
                Purpose::Bind => "purpose-bind",
                Purpose::ActivateLock => "purpose-activate-lock",
                Purpose::Consent => "purpose-consent",
                Purpose::OperatorLogin => "purpose-operator-login",
                Purpose::Approve => "purpose-approve",
            },
        }
    }
}

/// Which certificate, and the PIN where one is needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    pub(super) certificate: String,
    pub(super) pin: Option<Pin>,
}

impl Choice {
    /// The lock's id and the certificate in it.
    pub(super) fn split(&self) -> Result<(String, Wanted), Failure> {
        let (lock, certificate) = self
            .certificate
            .split_once('/')
            .ok_or(Failure::BadRequest("certificate"))?;
        Ok((lock.to_owned(), Wanted::Certificate(certificate.to_owned())))
    }
}
