//! What can be said of a seal, each thing by itself.

use sha2::{Digest as _, Sha256};
use sm3::Sm3;

use super::seal::{Digest, Listed, Seal};
use crate::anchors::TrustAnchors;
use crate::certificate::Certificate;
use crate::path::{Named, PathError, VerifiedChain, named_signature, verify_chain};
use crate::revocation::Revocation;
use crate::signature::PublicKey;

/// What a seal's maker is measured by.
#[derive(Clone, Copy, Debug)]
pub struct SealTrust<'a> {
    /// The anchors a maker's certificate may lead to.
    pub anchors: &'a TrustAnchors,
    /// Certificates that may stand between.
    pub intermediates: &'a [Certificate],
    /// The makers, by name: a maker's own certificate, or that of a CA which certifies makers of seals and nobody else.
    /// Nothing in a certificate makes its holder a maker: GB/T 38540 wants the ordinary certificate of the organisation
    /// that runs the seal system. Without a name here nobody is one.
    pub makers: &'a [Certificate],
    /// How revocation is judged.
    pub revocation: &'a Revocation<'a>,
}

/// Why the maker's signature on a seal does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealSignatureError {
    /// It was not made by the maker's key over this seal.
    #[error("the seal's signature is wrong")]
    Wrong,
    /// The algorithm is not supported or does not fit the maker's key.
    #[error("the seal's signature is of an unsupported kind")]
    UnsupportedAlgorithm,
    /// The maker's key is too short.
    #[error("the key of the seal's maker is too short")]
    WeakKey,
    /// The maker's certificate is not for signatures (`KeyUsage` digitalSignature or nonRepudiation).
    #[error("the certificate of the seal's maker is not for signing")]
    NotForSigning,
}

/// Whether a certificate may use a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listing {
    /// It is on the seal's list.
    Listed,
    /// It is not.
    NotListed,
    /// The seal lists digests of a kind that is not known here.
    Unknown,
}

/// Whether a seal is within its own validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SealValidity {
    /// It is.
    Current,
    /// It has not begun.
    NotYet,
    /// It has ended.
    Ended,
}

/// Whether the maker of a seal is trusted.
#[derive(Clone, Debug)]
pub enum MakerStanding {
    /// Nobody said what to measure the maker by, or no anchor is known for its certificate: nothing is claimed.
    Unknown,
    /// Its certificate leads to a trust anchor, is for signatures, and is named as a maker's.
    Trusted(Box<VerifiedChain>),
    /// Its certificate leads to a trust anchor, but nobody named it as a maker's: any lock's would do so.
    NotAMaker,
    /// Its certificate is not for signatures.
    NotForSigning,
    /// Its certificate is refused.
    Refused(PathError),
}

/// Everything that can be said of a seal at one time.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether its maker signed it. Says nothing of who the maker is.
    pub signature: Result<(), SealSignatureError>,
    /// Whether it is within its validity.
    pub validity: SealValidity,
    /// Whether the lock's certificate may use it; `None` when no certificate was given.
    pub listing: Option<Listing>,
    /// Whether its maker is trusted.
    pub maker: MakerStanding,
    /// Whether it carries a critical extension, none of which is understood here.
    pub critical_extension: bool,
}

impl Verdict {
    /// Whether nothing is missing and nothing is wrong: signed, current, usable with the certificate given, of a trusted
    /// maker, and understood to the end.
    pub fn is_good(&self) -> bool {
        self.signature.is_ok()
            && self.validity == SealValidity::Current
            && self.listing == Some(Listing::Listed)
            && matches!(self.maker, MakerStanding::Trusted(_))
            && !self.critical_extension
    }
}

impl Seal {
    /// Every verdict at the time `at` (seconds since the Unix epoch).
    pub fn judge(
        &self,
        lock: Option<&Certificate>,
        trust: Option<&SealTrust<'_>>,
        at: i64,
    ) -> Verdict {
        Verdict {
            signature: self.verify_signature(),
            validity: self.validity(at),
            listing: lock.map(|certificate| self.listing_of(certificate)),
            maker: trust.map_or(MakerStanding::Unknown, |trust| {
                self.maker_standing(trust, at)
            }),
            critical_extension: self.facts.critical_extension,
        }
    }

    /// Whether the key in the maker's certificate signed this seal. The certificate is the seal's own word.
    pub fn verify_signature(&self) -> Result<(), SealSignatureError> {
        let maker = self.maker();
        if !is_for_signatures(maker) {
            return Err(SealSignatureError::NotForSigning);
        }
        if maker.public_key().is_weak() {
            return Err(SealSignatureError::WeakKey);
        }
        if *maker.public_key() == PublicKey::Unsupported {
            return Err(SealSignatureError::UnsupportedAlgorithm);
        }
        match named_signature(
            maker,
            self.facts.algorithm,
            &self.facts.signed,
            &self.facts.signature,
        ) {
            Named::Verified => Ok(()),
            Named::Wrong => Err(SealSignatureError::Wrong),
            Named::Unsupported => Err(SealSignatureError::UnsupportedAlgorithm),
        }
    }

    /// Whether a certificate is on the seal's list. Digests are SM3 or SHA-256 of the certificate's DER.
    pub fn listing_of(&self, certificate: &Certificate) -> Listing {
        match &self.facts.listed {
            Listed::Certificates(listed) if listed.contains(certificate) => Listing::Listed,
            Listed::Certificates(_) => Listing::NotListed,
            Listed::Digests(digests) => listing_by_digest(digests, certificate.der()),
        }
    }

    /// Both ends belong to the validity.
    pub fn validity(&self, at: i64) -> SealValidity {
        if at < self.valid_from() {
            SealValidity::NotYet
        } else if at > self.valid_until() {
            SealValidity::Ended
        } else {
            SealValidity::Current
        }
    }

    /// Whether the maker's certificate leads to an anchor at the time `at` (seconds since the Unix epoch), is for
    /// signatures, and is a maker's.
    pub fn maker_standing(&self, trust: &SealTrust<'_>, at: i64) -> MakerStanding {
        let verdict = verify_chain(
            self.maker(),
            trust.anchors,
            trust.intermediates,
            trust.revocation,
            at,
        );
        match verdict {
            Ok(_) if !is_for_signatures(self.maker()) => MakerStanding::NotForSigning,
            Ok(chain) if trust.names(&chain) => MakerStanding::Trusted(Box::new(chain)),
            Ok(_) => MakerStanding::NotAMaker,
            Err(PathError::UnknownIssuer) => MakerStanding::Unknown,
            Err(why) => MakerStanding::Refused(why),
        }
    }
}

impl SealTrust<'_> {
    /// Whether the maker itself or a CA above it is named.
    fn names(&self, chain: &VerifiedChain) -> bool {
        let mut all = chain.certificates().iter().chain([chain.anchor()]);
        all.any(|one| self.makers.contains(one))
    }
}

/// GB/T 38540 wants the key usage of a maker's certificate looked at. One without any is not restricted (RFC 5280
/// §4.2.1.3).
fn is_for_signatures(maker: &Certificate) -> bool {
    let usage = maker.key_usage();
    usage.is_none_or(|usage| usage.digital_signature || usage.content_commitment)
}

/// The word for a digest's kind is the maker's own ("SM3", "sm3", "cert"), so a digest counts by its length: whatever has
/// 32 octets is compared with SM3 and with SHA-256, which nobody can meet by chance.
fn listing_by_digest(digests: &[Digest], der: &[u8]) -> Listing {
    let (sm3, sha256) = (Sm3::digest(der), Sha256::digest(der));
    let matches = |digest: &Digest| digest.value == sm3[..] || digest.value == sha256[..];
    if digests.iter().any(matches) {
        Listing::Listed
    } else if digests
        .iter()
        .all(|digest| digest.value.len() == 32 && names_known_kind(&digest.kind))
    {
        Listing::NotListed
    } else {
        Listing::Unknown
    }
}

fn names_known_kind(kind: &str) -> bool {
    const KNOWN: [&str; 5] = [
        "SM3",
        "SHA256",
        "SHA-256",
        "1.2.156.10197.1.401",
        "2.16.840.1.101.3.4.2.1",
    ];
    KNOWN.iter().any(|known| known.eq_ignore_ascii_case(kind))
}
