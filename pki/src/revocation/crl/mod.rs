//! Certificate revocation lists (RFC 5280 §5): read, verified once, and then held as an index of serial numbers.
//!
//! Owns the two states of a list: [`UnverifiedCrl`], which lends its octets and says nothing that counts, and [`Crl`],
//! which only a verified signature makes and which has let the octets go.

mod compared;
mod entries;
mod further;
mod scope;
mod serials;

use std::fmt;
use std::sync::Arc;

use der::Tag;
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use super::Link;
use super::tlv::{Malformed, Tlvs, constructed};
use crate::certificate::Certificate;
use crate::name::{ComparedName, Name};
use crate::path::is_signature_of;
use further::Further;
use scope::Scope;
use serials::Serials;

/// Largest list that is read, in bytes: above a million entries.
pub const MAX_CRL_BYTES: usize = 64 * 1024 * 1024;

/// A list of so many bytes at most is kept whole beside its index, to be shown to others as it was signed.
pub const SHOWN_CRL_BYTES: usize = 64 * 1024;

/// Why octets are not a revocation list that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// Larger than [`MAX_CRL_BYTES`].
    #[error("the revocation list is too large")]
    TooLarge,
    /// Not the DER of a version 2 list with nextUpdate and extensions.
    #[error("the revocation list is malformed")]
    Malformed,
    /// A delta list, an indirect one whose issuer was not named beforehand, or one divided by reasons.
    #[error("the revocation list is of a kind that is not supported")]
    Unsupported,
    /// The PEM text is broken or holds no list.
    #[error("the PEM text holds no readable revocation list")]
    BadPem,
    /// Its issuer's name is that of nobody who may sign it.
    #[error("no certificate of this CA has the name of the list's issuer")]
    Foreign,
    /// The name is known, but no certificate of that name signed it, or none that may sign lists.
    #[error("no certificate of this CA signed it, though the name fits")]
    Unverifiable,
}

impl From<Malformed> for CrlError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// The DER of every list in a file: one in DER, or each `X509 CRL` section of a PEM text.
pub fn crls_in(octets: Vec<u8>) -> Result<Vec<Vec<u8>>, CrlError> {
    if !octets.starts_with(b"-----BEGIN") {
        return Ok(vec![octets]);
    }
    let lists = CertificateRevocationListDer::pem_slice_iter(&octets)
        .map(|section| section.map(|der| der.as_ref().to_vec()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_malformed| CrlError::BadPem)?;
    if lists.is_empty() {
        Err(CrlError::BadPem)
    } else {
        Ok(lists)
    }
}

/// A list as it was read: what it says of itself is a claim.
pub struct UnverifiedCrl<'a> {
    /// All of it.
    der: &'a [u8],
    /// What is signed, tag and length included.
    signed: &'a [u8],
    /// The content of the algorithm identifier.
    algorithm: &'a [u8],
    signature: &'a [u8],
    issuer: Name,
    issuer_der: &'a [u8],
    this_update: i64,
    next_update: i64,
    /// Its cRLNumber without leading zeros.
    number: Option<&'a [u8]>,
    entries: &'a [u8],
    scope: Scope,
}

impl<'a> UnverifiedCrl<'a> {
    /// Reads everything but the entries.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_CRL_BYTES {
            return Err(CrlError::TooLarge);
        }
        let mut outer = Tlvs::of_sequence(der)?;
        let signed = outer.whole_sequence()?;
        let algorithm = outer.next(Tag::Sequence)?.value();
        let [0, signature @ ..] = outer.next(Tag::BitString)?.value() else {
            return Err(CrlError::Malformed);
        };
        outer.end()?;

        let mut inner = Tlvs::of_sequence(signed)?;
        // §5.1.2.1: extensions are required of every list, and with them version 2, which is written 1.
        if inner.next(Tag::Integer)?.value() != [1] {
            return Err(CrlError::Unsupported);
        }
        if inner.next(Tag::Sequence)?.value() != algorithm {
            return Err(CrlError::Malformed);
        }
        let issuer_der = inner.whole_sequence()?;
        let this_update = inner.time()?;
        let next_update = inner.optional_time()?.ok_or(CrlError::Malformed)?;
        let entries = inner.optional(Tag::Sequence)?;
        let further = inner.next(constructed(0))?.value();
        inner.end()?;
        let Further { scope, number } = Further::read(further)?;
        Ok(Self {
            der,
            signed,
            algorithm,
            signature,
            issuer: read_name(issuer_der)?,
            issuer_der,
            this_update,
            next_update,
            entries: entries.map(der::asn1::AnyRef::value).unwrap_or_default(),
            number,
            scope,
        })
    }

    /// Who issued it, by its own words.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was issued, by its own words, in seconds since the Unix epoch.
    pub fn this_update(&self) -> i64 {
        self.this_update
    }

    /// Takes the list for one of the CA with these certificates, if the key of one of that name signed it, and indexes it.
    /// The octets can then be let go.
    pub fn verify<'c>(
        &self,
        certificates: impl IntoIterator<Item = &'c Certificate>,
    ) -> Result<Crl, CrlError> {
        if self.scope.indirect {
            return Err(CrlError::Unsupported);
        }
        let named = certificates
            .into_iter()
            .filter(|one| one.subject_der() == self.issuer_der);
        let mut refusal = CrlError::Foreign;
        for signer in named {
            if self.is_signed_by(signer) {
                let taken_back = TakenBack::Own(entries::index(self.entries)?);
                return Ok(self.indexed(signer, taken_back));
            }
            refusal = CrlError::Unverifiable;
        }
        Err(refusal)
    }

    /// Takes the list for an indirect one by this signer, whom an operator named.
    pub fn verify_indirect(&self, signer: &Certificate) -> Result<Crl, CrlError> {
        if !self.scope.indirect {
            return Err(CrlError::Unsupported);
        }
        if signer.subject_der() != self.issuer_der {
            return Err(CrlError::Foreign);
        }
        if !self.is_signed_by(signer) {
            return Err(CrlError::Unverifiable);
        }
        let by_issuer = entries::index_by_issuer(self.entries, self.issuer_der)?;
        Ok(self.indexed(signer, TakenBack::Others(by_issuer)))
    }

    fn is_signed_by(&self, signer: &Certificate) -> bool {
        signer.key_usage().is_none_or(|usage| usage.crl_sign)
            && is_signature_of(signer, self.algorithm, self.signed, self.signature)
    }

    fn indexed(&self, signer: &Certificate, taken_back: TakenBack) -> Crl {
        Crl {
            is_whole: false,
            inner: Arc::new(Facts {
                issuer: self.issuer.clone(),
                signer: signer.clone(),
                this_update: self.this_update,
                next_update: self.next_update,
                number: self.number.map(Box::from),
                scope: self.scope.clone(),
                taken_back,
                sha256: Sha256::digest(self.der).into(),
                octets: (self.der.len() <= SHOWN_CRL_BYTES).then(|| Box::from(self.der)),
            }),
        }
    }
}

fn read_name(der: &[u8]) -> Result<Name, CrlError> {
    match X509Name::from_der(der) {
        Ok(([], name)) => Ok(Name::read(&name)),
        _ => Err(CrlError::Malformed),
    }
}

/// A list whose signature was verified. Cloning shares it.
#[derive(Clone)]
pub struct Crl {
    inner: Arc<Facts>,
    /// An operator said that its part is the whole.
    is_whole: bool,
}

struct Facts {
    issuer: Name,
    signer: Certificate,
    this_update: i64,
    next_update: i64,
    number: Option<Box<[u8]>>,
    scope: Scope,
    taken_back: TakenBack,
    sha256: [u8; 32],
    octets: Option<Box<[u8]>>,
}

enum TakenBack {
    /// Certificates of who signed it.
    Own(Serials),
    /// Certificates of others, by their issuer's name.
    Others(Vec<entries::OfIssuer>),
}

impl Crl {
    /// Who issued the list.
    pub fn issuer(&self) -> &Name {
        &self.inner.issuer
    }

    /// The certificate whose key verified it.
    pub fn signer(&self) -> &Certificate {
        &self.inner.signer
    }

    /// When it was issued, in seconds since the Unix epoch.
    pub fn this_update(&self) -> i64 {
        self.inner.this_update
    }

    /// When the next one is due at the latest, in seconds since the Unix epoch; from then on this one is stale.
    pub fn next_update(&self) -> i64 {
        self.inner.next_update
    }

    /// Its cRLNumber in hexadecimal, where it has one.
    pub fn number(&self) -> Option<String> {
        self.inner.number.as_deref().map(hex::encode)
    }

    /// SHA-256 over all of it, as it was read.
    pub fn sha256(&self) -> [u8; 32] {
        self.inner.sha256
    }

    /// All of it, as it was read, where it is no longer than [`SHOWN_CRL_BYTES`].
    pub fn octets(&self) -> Option<&[u8]> {
        self.inner.octets.as_deref()
    }

    /// How many certificates it takes back.
    pub fn entries(&self) -> usize {
        match &self.inner.taken_back {
            TakenBack::Own(serials) => serials.len(),
            TakenBack::Others(all) => all.iter().map(|(_, serials)| serials.len()).sum(),
        }
    }

    /// Whether it takes this certificate back, whatever the time. Of a list that does not cover the certificate: no.
    pub fn takes_back(&self, certificate: &Certificate) -> bool {
        let octets = hex::decode(certificate.serial_number()).unwrap_or_default();
        let Some(serial) = serials::without_zeros(&octets) else {
            return false;
        };
        match &self.inner.taken_back {
            TakenBack::Own(serials) => {
                self.inner.signer.subject_der() == certificate.issuer_der()
                    && serials.contain(serial)
            }
            TakenBack::Others(all) => {
                let issuer = ComparedName::of_der(certificate.issuer_der());
                let mut of_issuer = all.iter().filter(|(one, _)| Some(one) == issuer.as_ref());
                of_issuer.any(|(_, serials)| serials.contain(serial))
            }
        }
    }

    /// Whether it is the word of this issuer: signed by its key, or by one that an operator named for it and that is valid.
    pub(super) fn speaks_for(&self, issuer: &Certificate, at: i64) -> bool {
        let signer = &self.inner.signer;
        match self.inner.taken_back {
            TakenBack::Own(_) => {
                signer.subject_der() == issuer.subject_der()
                    && signer.subject_public_key_info_der() == issuer.subject_public_key_info_der()
            }
            TakenBack::Others(_) => at >= signer.not_before() && at <= signer.not_after(),
        }
    }

    pub(super) fn is_indirect(&self) -> bool {
        matches!(self.inner.taken_back, TakenBack::Others(_))
    }

    /// Whether the certificate is within its scope.
    pub(super) fn covers(&self, link: &Link<'_>) -> bool {
        let scope = &self.inner.scope;
        // That an indirect list is about this CA's certificates is what the operator said by naming its issuer.
        scope.includes(link.is_ca)
            && (self.is_indirect() || self.is_whole || scope.includes_points_of(link.certificate))
    }

    pub(super) fn covers_holders(&self) -> bool {
        self.inner.scope.includes(false)
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.inner.issuer.to_string())
            .field("this_update", &self.inner.this_update)
            .field("next_update", &self.inner.next_update)
            .field("entries", &self.entries())
            .finish_non_exhaustive()
    }
}
