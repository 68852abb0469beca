//! The lock's signature: over the text, by a certificate of the enterprise, under a CA that the reader trusts, not taken back
//! when it signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::proof::algorithm;
use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::holder::credit_code::CreditCode;
use pki::path::{PathError, verify_path};
use pki::revocation::Revocation;
use pki::signature::verify_signature;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::{Proof, ProofFormat};
use url::Url;

use super::content::{given, named};
use super::revocation::Shown;
use super::{Outcome, Trust, line, outcome};
use crate::receipts::format::{Receipt, Signature};

/// More certificates than any path has.
const CHAIN_MAX: usize = 8;

pub(super) fn checks(receipt: &Receipt, trust: &Trust) -> Vec<(&'static str, Outcome)> {
    let Some(signature) = &receipt.evidence.signature else {
        // The provider's word is the JWS.
        return Vec::new();
    };
    let chain = chain(signature);
    let signed = chain
        .as_ref()
        .map_err(|why| *why)
        .and_then(|chain| signed(receipt, signature, chain));
    let mut checks = vec![("lock-signature", outcome(signed))];
    match &chain {
        Err(_) => checks.push(("chain", Outcome::Failed("chain-malformed"))),
        Ok(chain) => {
            checks.push(("holder", holder(receipt, chain)));
            checks.extend(path(signature, chain, trust));
        }
    }
    checks
}

fn chain(signature: &Signature) -> Result<Vec<Certificate>, &'static str> {
    if signature.chain.is_empty() || signature.chain.len() > CHAIN_MAX {
        return Err("chain-malformed");
    }
    let read = |text: &String| {
        let der = STANDARD.decode(text).ok()?;
        Certificate::from_der(&der).ok()
    };
    let chain: Option<Vec<_>> = signature.chain.iter().map(read).collect();
    chain.ok_or("chain-malformed")
}

/// Over this very text, for this provider, at the moment of the log's line.
fn signed(
    receipt: &Receipt,
    signature: &Signature,
    chain: &[Certificate],
) -> Result<(), &'static str> {
    let line = line::read(&given(receipt)?.log.line)?;
    if signature.at != line.at {
        return Err("time-differs");
    }
    let issuer = Url::parse(&receipt.iss).map(|url| url.origin().ascii_serialization());
    if issuer.as_deref() != Ok(signature.origin.as_str()) {
        return Err("other-origin");
    }
    let proof = Proof::from_json(&signature.proof).or(Err("proof-malformed"))?;
    let certificate = chain.first().ok_or("chain-malformed")?;
    if proof.format != ProofFormat::YztProofV1 || proof.certificate != certificate.der() {
        return Err("other-certificate");
    }
    if signature.purpose != Purpose::Consent.as_str() {
        return Err("other-purpose");
    }
    let text = ChallengeText {
        origin: &signature.origin,
        nonce: &signature.nonce,
        purpose: Purpose::Consent,
        statement: &receipt.evidence.statement,
    };
    let octets = text.to_be_signed(proof.algorithm);
    let made = algorithm(proof.algorithm);
    verify_signature(certificate, made, &octets, &proof.signature).or(Err("signature-invalid"))
}

/// Whether the certificate names the enterprise that the signed text names: by its credit code anywhere in it, or by its name, whole,
/// in the subject. Where neither stands there in plain, the reader looks at the certificate. What the receipt says beside the text
/// is the provider's word alone.
fn holder(receipt: &Receipt, chain: &[Certificate]) -> Outcome {
    let named = named(&receipt.evidence.statement);
    let (Some(named), Some(certificate)) = (named, chain.first()) else {
        return Outcome::Failed("other-party");
    };
    let code = named.code.parse::<CreditCode>();
    let has = |code: &str| {
        let mut parts = certificate.der().windows(code.len());
        parts.any(|part| part == code.as_bytes())
    };
    let has_code = code.is_ok_and(|code| has(code.as_str()));
    let attributes = certificate.subject().attributes();
    let has_name = attributes.iter().any(|(_, value)| value == named.name);
    if has_code || has_name {
        Outcome::Passed
    } else {
        Outcome::Unchecked("look-at-the-certificate")
    }
}

/// The path, at the moment of the signature: first whether it stands, then whether any of it was taken back.
fn path(
    signature: &Signature,
    chain: &[Certificate],
    trust: &Trust,
) -> Vec<(&'static str, Outcome)> {
    let Some(lock) = chain.first() else {
        return Vec::new();
    };
    if trust.authorities.is_empty() {
        let unchecked = Outcome::Unchecked("no-ca");
        return vec![("chain", unchecked), ("revocation", unchecked)];
    }
    // One by one: of certificates that are no anchors (a responder's) the others do not suffer.
    let anchors: Vec<TrustAnchors> = trust
        .authorities
        .iter()
        .filter_map(|one| TrustAnchors::from_certificates(std::slice::from_ref(one)).ok())
        .collect();
    let at = signature.at.div_euclid(1000);
    let between = chain.get(1..).unwrap_or_default();
    let ask = |revocation: &Revocation<'_>| {
        let mut refused = Err(PathError::UnknownIssuer);
        for anchor in &anchors {
            match verify_path(lock, anchor, between, revocation, at) {
                Ok(_) => return Ok(()),
                Err(why) => refused = Err(why),
            }
        }
        refused
    };
    if ask(&Revocation::NotChecked).is_err() {
        let unchecked = Outcome::Unchecked("no-path");
        return vec![
            ("chain", Outcome::Failed("no-path-to-a-ca")),
            ("revocation", unchecked),
        ];
    }
    let revocation = if signature.revocation_checked {
        match Shown::read(signature, chain, trust) {
            Err(why) => Outcome::Failed(why),
            Ok(shown) => match ask(&Revocation::Asked(&shown)) {
                Ok(()) => Outcome::Passed,
                Err(PathError::Revoked | PathError::IssuerRevoked) => Outcome::Failed("revoked"),
                Err(_) if shown.is_missing_one() => Outcome::Unchecked("list-not-at-hand"),
                Err(_) => Outcome::Failed("not-cleared"),
            },
        }
    } else {
        Outcome::Unchecked("not-asked-for-by-the-ca-entry")
    };
    vec![("chain", Outcome::Passed), ("revocation", revocation)]
}
