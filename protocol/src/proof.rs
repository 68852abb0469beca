//! The signed answer to a challenge, as the agent hands it to the page and the page to the provider.
//!
//! Owns its JSON and the limits on it. Does not know whether it is true: nothing in here is
//! believed before the signature over the provider's own memory of the challenge verifies.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::{PROOF_FORMAT, WEB_EID_FORMAT_PREFIX};

/// Longest JSON text of a proof, in octets.
pub const PROOF_MAX_OCTETS: usize = 32 * 1024;

/// Longest media number, in characters.
const MEDIA_NUMBER_MAX: usize = 64;

/// Signature algorithms a key lock may use. Checked against the key, never believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProofAlgorithm {
    /// ECDSA P-256 with SHA-256, raw r‖s.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA P-384 with SHA-384, raw r‖s.
    #[serde(rename = "ES384")]
    Es384,
    /// RSA PKCS #1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// SM2 with SM3 (GB/T 32918), DER.
    #[serde(rename = "SM2SM3")]
    Sm2Sm3,
}

impl ProofAlgorithm {
    /// Every algorithm there is.
    pub const ALL: [Self; 5] = [
        Self::Sm2Sm3,
        Self::Es256,
        Self::Es384,
        Self::Rs256,
        Self::Ps256,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Sm2Sm3 => "SM2SM3",
        }
    }
}

impl fmt::Display for ProofAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProofAlgorithm {
    type Err = ProofError;

    fn from_str(word: &str) -> Result<Self, ProofError> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == word)
            .ok_or(ProofError::Algorithm)
    }
}

/// Which bytes the signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFormat {
    /// This project's own proof: origin, nonce, purpose and statement.
    YztProofV1,
    /// A Web eID authentication token: origin and nonce only.
    WebEid,
}

/// Why a text is no proof.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    /// Longer than [`PROOF_MAX_OCTETS`].
    #[error("proof is longer than {PROOF_MAX_OCTETS} octets")]
    TooLong,
    /// Not the JSON object this module describes (a missing, doubled or misspelt member).
    #[error("proof is not a JSON object of the expected members")]
    Json,
    /// A format nobody here knows.
    #[error("proof format is neither yzt-proof:v1 nor web-eid:1")]
    Format,
    /// An algorithm nobody here knows.
    #[error("proof algorithm is unknown")]
    Algorithm,
    /// Certificate or signature are not base64, or empty.
    #[error("proof {0} is not base64")]
    Base64(&'static str),
    /// The media number holds something other than letters, digits and hyphens.
    #[error("proof media number is malformed")]
    MediaNumber,
}

/// A well-formed proof: parsed, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Which bytes are signed.
    pub format: ProofFormat,
    /// The signing certificate, DER.
    pub certificate: Vec<u8>,
    /// What the agent says the algorithm is.
    pub algorithm: ProofAlgorithm,
    /// The signature in the encoding its algorithm fixes.
    pub signature: Vec<u8>,
    /// 硬件介质号: the device serial the agent read from the token.
    pub media_number: Option<String>,
}

/// The proof's own JSON members (KEY-AGENT §1).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct YztWire {
    format: String,
    certificate: String,
    algorithm: ProofAlgorithm,
    signature: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_number: Option<String>,
}

/// A Web eID token's members; those we do not use are named so that a misspelt one is refused.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WebEidWire {
    #[serde(rename = "format")]
    _format: String,
    unverified_certificate: String,
    algorithm: ProofAlgorithm,
    signature: String,
    #[serde(rename = "appVersion", default)]
    _app_version: Option<String>,
    /// Version 1.1 sends these two; signing in needs neither.
    #[serde(rename = "unverifiedSigningCertificates", default)]
    _signing_certificates: Option<serde_json::Value>,
    #[serde(rename = "unverifiedIntermediateCertificates", default)]
    _intermediate_certificates: Option<serde_json::Value>,
}

/// Reads only the format, to choose the wire shape.
#[derive(Deserialize)]
struct FormatOnly {
    format: String,
}

impl Proof {
    /// Reads the JSON text of either format.
    pub fn from_json(text: &str) -> Result<Self, ProofError> {
        if text.len() > PROOF_MAX_OCTETS {
            return Err(ProofError::TooLong);
        }
        let FormatOnly { format } = parse(text)?;
        if format == PROOF_FORMAT {
            let wire: YztWire = parse(text)?;
            Ok(Self {
                format: ProofFormat::YztProofV1,
                certificate: octets("certificate", &wire.certificate)?,
                algorithm: wire.algorithm,
                signature: octets("signature", &wire.signature)?,
                media_number: wire.media_number.map(checked_media_number).transpose()?,
            })
        } else if is_web_eid(&format) {
            let wire: WebEidWire = parse(text)?;
            Ok(Self {
                format: ProofFormat::WebEid,
                certificate: octets("certificate", &wire.unverified_certificate)?,
                algorithm: wire.algorithm,
                signature: octets("signature", &wire.signature)?,
                media_number: None,
            })
        } else {
            Err(ProofError::Format)
        }
    }

    /// Writes this project's own JSON. A Web eID token is only ever read.
    pub fn to_json(&self) -> String {
        let wire = YztWire {
            format: PROOF_FORMAT.to_owned(),
            certificate: STANDARD.encode(&self.certificate),
            algorithm: self.algorithm,
            signature: STANDARD.encode(&self.signature),
            media_number: self.media_number.clone(),
        };
        serde_json::json!(wire).to_string()
    }
}

/// `web-eid:1`, or `web-eid:1.x` with a minor version.
fn is_web_eid(format: &str) -> bool {
    match format.strip_prefix(WEB_EID_FORMAT_PREFIX) {
        Some("") => true,
        Some(minor) => minor
            .strip_prefix('.')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())),
        None => false,
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ProofError> {
    // The reason is dropped on purpose: it could quote the input back into a log.
    serde_json::from_str(text).or(Err(ProofError::Json))
}

fn octets(what: &'static str, text: &str) -> Result<Vec<u8>, ProofError> {
    match STANDARD.decode(text) {
        Ok(octets) if !octets.is_empty() => Ok(octets),
        _ => Err(ProofError::Base64(what)),
    }
}

fn checked_media_number(text: String) -> Result<String, ProofError> {
    if is_media_number(&text) {
        Ok(text)
    } else {
        Err(ProofError::MediaNumber)
    }
}

/// Whether a text looks like a 硬件介质号.
pub fn is_media_number(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MEDIA_NUMBER_MAX
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof() -> Proof {
        Proof {
            format: ProofFormat::YztProofV1,
            certificate: vec![0x30, 0x00],
            algorithm: ProofAlgorithm::Sm2Sm3,
            signature: vec![1, 2, 3],
            media_number: Some("5303201712015217".to_owned()),
        }
    }

    #[test]
    fn proof_reads_back() {
        assert_eq!(Proof::from_json(&proof().to_json()), Ok(proof()));
    }

    #[test]
    fn hostile_json_is_refused() {
        let good = proof().to_json();
        let cases = [
            (String::new(), ProofError::Json),
            (good[..good.len() - 1].to_owned(), ProofError::Json),
            (
                good.replacen('{', r#"{"format":"yzt-proof:v1","#, 1),
                ProofError::Json,
            ),
            (
                good.replacen('{', r#"{"algorithm":"ES256","#, 1),
                ProofError::Json,
            ),
            (good.replacen('{', r#"{"extra":1,"#, 1), ProofError::Json),
            (good.replace("SM2SM3", "none"), ProofError::Json),
            (
                good.replace("yzt-proof:v1", "yzt-proof:v2"),
                ProofError::Format,
            ),
            (good.replace("AQID", ""), ProofError::Base64("signature")),
            (good.replace("AQID", "*"), ProofError::Base64("signature")),
            (good.replace("5303", "53\\n03"), ProofError::MediaNumber),
            (
                format!("{}{}", good, " ".repeat(PROOF_MAX_OCTETS)),
                ProofError::TooLong,
            ),
        ];
        for (text, error) in cases {
            assert_eq!(Proof::from_json(&text), Err(error), "{text}");
        }
    }

    #[test]
    fn web_eid_token_is_read_and_its_minor_version_ignored() {
        for format in ["web-eid:1", "web-eid:1.0", "web-eid:1.1"] {
            let text = format!(
                r#"{{"format":"{format}","unverifiedCertificate":"MAA=","algorithm":"ES384","signature":"AQID","appVersion":"x"}}"#
            );
            assert_eq!(
                Proof::from_json(&text).map(|p| (p.format, p.algorithm)),
                Ok((ProofFormat::WebEid, ProofAlgorithm::Es384))
            );
        }
        assert!(!is_web_eid("web-eid:10"));
    }
}
