//! Shared step: is a consent agreed to as its platform asks for, by the provider's word or by the lock's own signature?
//!
//! Owns the rules for a lock's signature on a consent, and [`Agreed`], which only this module makes: without one nothing is
//! granted.

use crate::challenge::Challenge;
use crate::consent::ConsentOffer;
use crate::consent_statement::{ConsentSigner, LockSignature, PathEvidence};
use crate::cx::Cx;
use crate::key_lock::{Thumbprint, Unfit};
use crate::platform::Client;
use crate::presence::Present;
use crate::proof::{ProofRefusal, Proven};
use crate::recognition::{CertificateRefusal, Recognised};

/// A consent that is agreed to as its platform asks for.
#[derive(Clone, Debug)]
pub struct Agreed {
    signature: Option<LockSignature>,
}

impl Agreed {
    /// The lock's signature, where it signed.
    pub fn signature(&self) -> Option<&LockSignature> {
        self.signature.as_ref()
    }
}

/// Why nothing was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningRefusal {
    /// The proof is none, or of another text.
    Proof(ProofRefusal),
    /// Another lock signed than the one that signed in.
    OtherLock,
    /// The lock could not sign in any more.
    Unfit(Unfit),
    /// The certificate does not count any more.
    Certificate(CertificateRefusal),
}

impl SigningRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proof(refusal) => refusal.code(),
            Self::OtherLock => "not-the-lock-signed-in",
            Self::Unfit(Unfit::Expired) => "certificate-expired",
            Self::Unfit(Unfit::NameOutdated) => "certificate-name-outdated",
            Self::Certificate(refusal) => refusal.code(),
        }
    }
}

/// By the provider's word: enough where the platform asks no more.
pub fn by_provider(client: &Client) -> Result<Agreed, SigningRefusal> {
    match client.consent_signature {
        ConsentSigner::Provider => Ok(Agreed { signature: None }),
        ConsentSigner::Lock => Err(SigningRefusal::Proof(ProofRefusal::Missing)),
    }
}

/// What a lock signed, and what its certificate was found to be.
#[derive(Debug)]
pub struct SignedByLock<'a> {
    /// Whose key signed.
    pub proven: &'a Proven,
    /// What it signed.
    pub challenge: Challenge,
    /// As the agent gave it.
    pub proof: &'a str,
    /// The verdict on the certificate now, and what it rests on.
    pub verdict: Result<(Recognised, PathEvidence), CertificateRefusal>,
}

/// By the lock: the one that signed in, over the very text that was shown, with a certificate that counts at this moment.
pub fn by_lock(
    cx: &Cx,
    (offer, present): (&ConsentOffer, &Present),
    signed: SignedByLock<'_>,
) -> Result<Agreed, SigningRefusal> {
    if signed.challenge.statement != offer.statement {
        return Err(SigningRefusal::Proof(ProofRefusal::OtherPurpose));
    }
    let thumbprint = Thumbprint(signed.proven.certificate().thumbprint_sha256());
    if thumbprint != present.key_lock.thumbprint {
        return Err(SigningRefusal::OtherLock);
    }
    if let Some(unfit) = present.key_lock.unfit(&present.enterprise.name, cx.now) {
        return Err(SigningRefusal::Unfit(unfit));
    }
    let (recognised, path) = signed.verdict.map_err(SigningRefusal::Certificate)?;
    if recognised.thumbprint() != thumbprint {
        return Err(SigningRefusal::OtherLock);
    }
    Ok(Agreed {
        signature: Some(LockSignature {
            at: cx.now,
            origin: cx.settings.origin.clone(),
            nonce: signed.challenge.nonce,
            proof: signed.proof.to_owned(),
            path,
        }),
    })
}
