//! Who may answer for an issuer (RFC 6960 §4.2.2.2): itself, one whom it certified for that alone, or one whom an operator
//! named.

use der::asn1::AnyRef;
use der::{Tag, Tagged as _};

use super::OcspError;
use super::request::key_hash;
use crate::certificate::Certificate;
use crate::oid;
use crate::path::{is_signature_of, is_signed_by};
use crate::revocation::tlv::{Tlvs, constructed};

/// id-kp-OCSPSigning.
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";

/// Certificates in an answer that are looked at.
const MAX_CERTIFICATES: usize = 8;

/// What makes an answer somebody's.
pub(super) struct Signature<'a> {
    pub(super) message: &'a [u8],
    pub(super) algorithm: &'a [u8],
    pub(super) value: &'a [u8],
    /// The content of `certs`: a SEQUENCE OF certificates, or nothing.
    pub(super) certificates: &'a [u8],
    /// `ResponderID`.
    pub(super) responder: AnyRef<'a>,
}

impl Signature<'_> {
    /// Whether it names this certificate and was made with its key.
    fn is_by(&self, signer: &Certificate) -> Result<bool, OcspError> {
        let mut id = Tlvs::of(self.responder.value())?;
        let named = if self.responder.tag() == constructed(1) {
            id.whole_sequence()? == signer.subject_der()
        } else if self.responder.tag() == constructed(2) {
            let hash = id.next(Tag::OctetString)?.value();
            key_hash(signer).is_some_and(|own| own == hash)
        } else {
            return Err(OcspError::Malformed);
        };
        id.end()?;
        Ok(named && is_signature_of(signer, self.algorithm, self.message, self.value))
    }

    /// The certificates that came with it. One that cannot be read is nobody's.
    fn certificates(&self) -> Result<Vec<Certificate>, OcspError> {
        if self.certificates.is_empty() {
            return Ok(Vec::new());
        }
        let mut rest = Tlvs::of_sequence(self.certificates)?;
        let mut found = Vec::new();
        while !rest.is_at_end() && found.len() < MAX_CERTIFICATES {
            found.extend(Certificate::from_der(rest.whole_sequence()?).ok());
        }
        Ok(found)
    }
}

pub(super) fn is_authorised(
    signature: &Signature<'_>,
    issuer: &Certificate,
    configured: Option<&Certificate>,
    at: i64,
) -> Result<bool, OcspError> {
    if signature.is_by(issuer)? {
        return Ok(true);
    }
    if let Some(configured) = configured
        && is_valid(configured, at)
        && signature.is_by(configured)?
    {
        return Ok(true);
    }
    for certificate in signature.certificates()? {
        if is_delegated(&certificate, issuer, at) && signature.is_by(&certificate)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Issued by the very issuer, for answering, and for nothing that it could be mistaken for. Whether the delegate was itself
/// revoked is not asked (id-pkix-ocsp-nocheck or not): its issuer gives it a short life.
fn is_delegated(certificate: &Certificate, issuer: &Certificate, at: i64) -> bool {
    let answers = certificate
        .extended_key_usage()
        .is_some_and(|uses| uses.iter().any(|one| one == OCSP_SIGNING));
    let signs = certificate
        .key_usage()
        .is_none_or(|usage| usage.digital_signature);
    answers
        && signs
        && !certificate.public_key().is_weak()
        && is_valid(certificate, at)
        && certificate
            .critical_extensions()
            .all(|one| UNDERSTOOD.contains(&one))
        && certificate.issuer_der() == issuer.subject_der()
        && is_signed_by(certificate.der(), issuer)
}

/// Extensions of a delegate that may be critical.
const UNDERSTOOD: [&str; 3] = [
    oid::KEY_USAGE,
    oid::BASIC_CONSTRAINTS,
    oid::EXTENDED_KEY_USAGE,
];

fn is_valid(certificate: &Certificate, at: i64) -> bool {
    at >= certificate.not_before() && at <= certificate.not_after()
}
