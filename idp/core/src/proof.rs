//! Shared step: is this proof an answer to the challenge we remember?
//!
//! Owns the order of the checks, ending in a [`Proven`] that only this module can make. Does not
//! judge the certificate: a true signature by a worthless certificate is still a true signature.
//! Everything here happens before any look at revocation, so nobody can make us fetch with a lie.

use pki::certificate::{Certificate, CertificateError};
use pki::signature::{SignatureAlgorithm, SignatureError, verify_signature};
use protocol::challenge::{CHALLENGE_LIFETIME_SECONDS, ChallengeText, Purpose};
use protocol::proof::{Proof, ProofAlgorithm, ProofError, ProofFormat};
use subtle::ConstantTimeEq as _;

use crate::challenge::Challenge;
use crate::cx::Cx;
use crate::session::SessionKey;

/// A certificate whose private key answered our challenge.
#[derive(Clone, Debug)]
pub struct Proven {
    certificate: Certificate,
    media_number: Option<String>,
}

impl Proven {
    /// The certificate whose key signed.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// 硬件介质号 as the agent read it from the token.
    pub fn media_number(&self) -> Option<&str> {
        self.media_number.as_deref()
    }
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofRefusal {
    /// The form came without a proof: no script ran, and no other software filled it in.
    Missing,
    /// Not a proof at all.
    Malformed,
    /// No such challenge: answered before, or too old.
    ChallengeExpired,
    /// The challenge was shown to another browser.
    ChallengeOfOtherBrowser,
    /// The challenge was for something else.
    OtherPurpose,
    /// The certificate can't be read.
    CertificateMalformed,
    /// The algorithm does not fit the key.
    AlgorithmMismatch,
    /// RSA below 2048 bits.
    KeyWeak,
    /// The signature does not cover what we asked for.
    SignatureInvalid,
}

impl ProofRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "proof-missing",
            Self::Malformed => "proof-malformed",
            Self::ChallengeExpired => "challenge-expired",
            Self::ChallengeOfOtherBrowser => "challenge-of-other-browser",
            Self::OtherPurpose | Self::SignatureInvalid => "signature-invalid",
            Self::CertificateMalformed => "certificate-invalid",
            Self::AlgorithmMismatch => "algorithm-mismatch",
            Self::KeyWeak => "certificate-key-weak",
        }
    }
}

impl From<ProofError> for ProofRefusal {
    fn from(_: ProofError) -> Self {
        Self::Malformed
    }
}

impl From<CertificateError> for ProofRefusal {
    fn from(_: CertificateError) -> Self {
        Self::CertificateMalformed
    }
}

impl From<SignatureError> for ProofRefusal {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::AlgorithmMismatch => Self::AlgorithmMismatch,
            SignatureError::WeakKey => Self::KeyWeak,
            _ => Self::SignatureInvalid,
        }
    }
}

/// Checks a proof against the challenge that was taken for it.
///
/// `challenge` is what the ephemeral port gave up: it is spent whatever is found here.
pub fn check(
    cx: &Cx,
    challenge: Option<&Challenge>,
    session: &SessionKey,
    purpose: Purpose,
    proof_json: &str,
) -> Result<Proven, ProofRefusal> {
    let challenge = challenge.ok_or(ProofRefusal::ChallengeExpired)?;
    if !same(&challenge.session, session.as_str()) {
        return Err(ProofRefusal::ChallengeOfOtherBrowser);
    }
    // A clock that stepped back makes a challenge no younger than new.
    if cx.now.since(challenge.issued_at).as_secs() >= CHALLENGE_LIFETIME_SECONDS.unsigned_abs() {
        return Err(ProofRefusal::ChallengeExpired);
    }
    if challenge.purpose != purpose {
        return Err(ProofRefusal::OtherPurpose);
    }
    if proof_json.is_empty() {
        return Err(ProofRefusal::Missing);
    }
    let proof = Proof::from_json(proof_json)?;
    let certificate = Certificate::from_der(&proof.certificate)?;
    verify_signature(
        &certificate,
        algorithm(proof.algorithm),
        &signed_octets(cx, challenge, &proof)?,
        &proof.signature,
    )?;
    Ok(Proven {
        certificate,
        media_number: proof.media_number,
    })
}

/// The octets under the signature, from our own memory and our own origin.
fn signed_octets(cx: &Cx, challenge: &Challenge, proof: &Proof) -> Result<Vec<u8>, ProofRefusal> {
    let text = ChallengeText {
        origin: &cx.settings.origin,
        nonce: &challenge.nonce,
        purpose: challenge.purpose,
        statement: &challenge.statement,
    };
    match (proof.format, challenge.purpose) {
        (ProofFormat::YztProofV1, _) => Ok(text.to_be_signed(proof.algorithm)),
        // KEY-AGENT §1: a Web eID token names no purpose, so it serves for login alone.
        (ProofFormat::WebEid, Purpose::Login) => Ok(text.web_eid_to_be_signed(proof.algorithm)),
        (ProofFormat::WebEid, _) => Err(ProofRefusal::OtherPurpose),
    }
}

/// What verifies a proof made with this algorithm.
pub const fn algorithm(algorithm: ProofAlgorithm) -> SignatureAlgorithm {
    match algorithm {
        ProofAlgorithm::Es256 => SignatureAlgorithm::Es256,
        ProofAlgorithm::Es384 => SignatureAlgorithm::Es384,
        ProofAlgorithm::Rs256 => SignatureAlgorithm::Rs256,
        ProofAlgorithm::Ps256 => SignatureAlgorithm::Ps256,
        ProofAlgorithm::Sm2Sm3 => SignatureAlgorithm::Sm2Sm3,
    }
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
