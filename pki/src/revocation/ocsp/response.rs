//! The answer, from its octets to what it says. In order: read; of the asked certificate and no other; of the asked moment;
//! signed by one who may.

use der::Tag;
use der::asn1::AnyRef;

use super::responder::{Signature, is_authorised};
use super::{
    MAX_RESPONSE_BYTES, MAX_SKEW_SECONDS, NONCE_OCTETS, OcspAnswer, OcspError, OcspStatus,
    WITHOUT_NEXT_UPDATE_SECONDS,
};
use crate::certificate::Certificate;
use crate::revocation::tlv::{Malformed, Tlvs, constructed, extensions, primitive};

/// id-pkix-ocsp-basic.
const BASIC: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x30\x01\x01";
/// id-pkix-ocsp-nonce.
const NONCE: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x30\x01\x02";
/// The reason certificateHold, tag and length included.
const CERTIFICATE_HOLD: &[u8] = &[0x0A, 1, 6];
/// SHA-1, of the question.
const SHA1: &[u8] = b"\x2b\x0e\x03\x02\x1a";

/// What an answer must match.
pub(super) struct Expected {
    pub(super) issuer: Certificate,
    pub(super) name_hash: [u8; 20],
    pub(super) key_hash: [u8; 20],
    pub(super) serial: Vec<u8>,
    pub(super) nonce: Option<[u8; NONCE_OCTETS]>,
}

impl From<Malformed> for OcspError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

pub(super) fn verify(
    answer: &[u8],
    expected: &Expected,
    configured: Option<&Certificate>,
    at: i64,
) -> Result<OcspAnswer, OcspError> {
    if answer.len() > MAX_RESPONSE_BYTES {
        return Err(OcspError::TooLarge);
    }
    let basic = basic_response(answer)?;
    let mut outer = Tlvs::of_sequence(basic)?;
    let signed = outer.whole_sequence()?;
    let algorithm = outer.next(Tag::Sequence)?.value();
    let [0, signature @ ..] = outer.next(Tag::BitString)?.value() else {
        return Err(OcspError::Malformed);
    };
    let certificates = outer.optional(constructed(0))?;
    outer.end()?;

    let said = Said::read(signed)?;
    said.check_is_asked(expected)?;
    said.check_nonce(expected)?;
    let answer = said.at(at)?;
    let signature = Signature {
        message: signed,
        algorithm,
        value: signature,
        certificates: certificates.map(AnyRef::value).unwrap_or_default(),
        responder: said.responder,
    };
    if is_authorised(&signature, &expected.issuer, configured, at)? {
        Ok(answer)
    } else {
        Err(OcspError::NotAuthorised)
    }
}

/// When it was given, by its own words.
pub(super) fn time_of(answer: &[u8]) -> Result<i64, OcspError> {
    if answer.len() > MAX_RESPONSE_BYTES {
        return Err(OcspError::TooLarge);
    }
    let mut outer = Tlvs::of_sequence(basic_response(answer)?)?;
    let said = Said::read(outer.whole_sequence()?)?;
    Ok(said.produced_at.max(said.this_update))
}

/// RFC 6960 §4.2.1: the envelope.
fn basic_response(answer: &[u8]) -> Result<&[u8], OcspError> {
    let mut envelope = Tlvs::of_sequence(answer)?;
    let status = envelope.next(Tag::Enumerated)?.value();
    let octets = envelope.optional(constructed(0))?;
    envelope.end()?;
    match status {
        [0] => {}
        [1] => return Err(OcspError::NotAnswered("malformedRequest")),
        [2] => return Err(OcspError::NotAnswered("internalError")),
        [3] => return Err(OcspError::NotAnswered("tryLater")),
        [5] => return Err(OcspError::NotAnswered("sigRequired")),
        [6] => return Err(OcspError::NotAnswered("unauthorized")),
        _ => return Err(OcspError::Malformed),
    }
    let mut octets = Tlvs::of_sequence(octets.ok_or(OcspError::Malformed)?.value())?;
    if octets.next(Tag::ObjectIdentifier)?.value() != BASIC {
        return Err(OcspError::Malformed);
    }
    let basic = octets.next(Tag::OctetString)?.value();
    octets.end()?;
    Ok(basic)
}

/// `ResponseData` with one `SingleResponse`.
struct Said<'a> {
    responder: AnyRef<'a>,
    produced_at: i64,
    /// Content of the `CertID`.
    id: &'a [u8],
    status: OcspStatus,
    on_hold: bool,
    this_update: i64,
    next_update: Option<i64>,
    nonce: Option<&'a [u8]>,
}

impl<'a> Said<'a> {
    fn read(der: &'a [u8]) -> Result<Self, OcspError> {
        let mut data = Tlvs::of_sequence(der)?;
        if let Some(version) = data.optional(constructed(0))?
            && version.value() != [2, 1, 0]
        {
            return Err(OcspError::Malformed);
        }
        let responder = data.any()?;
        let produced_at = data.time()?;
        let mut singles = Tlvs::of(data.next(Tag::Sequence)?.value())?;
        let further = data.optional(constructed(1))?;
        data.end()?;
        if singles.is_at_end() {
            return Err(OcspError::NotOne);
        }
        let mut single = Tlvs::of(singles.next(Tag::Sequence)?.value())?;
        if !singles.is_at_end() {
            return Err(OcspError::NotOne);
        }
        let id = single.next(Tag::Sequence)?.value();
        let (status, on_hold) = status(single.any()?)?;
        let this_update = single.time()?;
        let next_update = match single.optional(constructed(0))? {
            Some(explicit) => {
                let mut one = Tlvs::of(explicit.value())?;
                let time = one.time()?;
                one.end()?;
                Some(time)
            }
            None => None,
        };
        let of_single = single.optional(constructed(1))?;
        single.end()?;
        nonce_among(of_single)?;
        Ok(Self {
            responder,
            produced_at,
            id,
            status,
            on_hold,
            this_update,
            next_update,
            nonce: nonce_among(further)?,
        })
    }

    fn check_is_asked(&self, expected: &Expected) -> Result<(), OcspError> {
        let mut id = Tlvs::of(self.id)?;
        let mut algorithm = Tlvs::of(id.next(Tag::Sequence)?.value())?;
        let hash = algorithm.next(Tag::ObjectIdentifier)?.value();
        let name_hash = id.next(Tag::OctetString)?.value();
        let key_hash = id.next(Tag::OctetString)?.value();
        let serial = id.next(Tag::Integer)?.value();
        id.end()?;
        if hash == SHA1
            && name_hash == expected.name_hash
            && key_hash == expected.key_hash
            && serial == expected.serial
        {
            Ok(())
        } else {
            Err(OcspError::OtherCertificate)
        }
    }

    /// A nonce that comes back must be ours; that none comes back is allowed where none was sent.
    fn check_nonce(&self, expected: &Expected) -> Result<(), OcspError> {
        let Some(ours) = &expected.nonce else {
            return Ok(());
        };
        let value = self.nonce.ok_or(OcspError::Nonce)?;
        let mut whole = Tlvs::of(value)?;
        let echoed = whole.next(Tag::OctetString)?.value();
        whole.end()?;
        if echoed == ours {
            Ok(())
        } else {
            Err(OcspError::Nonce)
        }
    }

    /// RFC 6960 §3.2 and §4.2.2.1.
    fn at(&self, at: i64) -> Result<OcspAnswer, OcspError> {
        let newest = at.saturating_add(MAX_SKEW_SECONDS);
        let oldest = at.saturating_sub(MAX_SKEW_SECONDS);
        let until = match self.next_update {
            Some(next) if next <= oldest || next < self.this_update => {
                return Err(OcspError::NotOfNow);
            }
            // Within the skew the answer is used this once and not kept.
            Some(next) => next.max(at.saturating_add(1)),
            None if self.this_update < oldest => return Err(OcspError::NotOfNow),
            None => at.saturating_add(WITHOUT_NEXT_UPDATE_SECONDS),
        };
        if self.this_update > newest || self.produced_at > newest {
            return Err(OcspError::NotOfNow);
        }
        Ok(OcspAnswer {
            status: self.status,
            on_hold: self.on_hold,
            this_update: self.this_update,
            until,
        })
    }
}

/// The status, and whether it is for a while.
fn status(value: AnyRef<'_>) -> Result<(OcspStatus, bool), OcspError> {
    use der::Tagged as _;
    match value.tag() {
        tag if tag == primitive(0) && value.value().is_empty() => Ok((OcspStatus::Good, false)),
        tag if tag == constructed(1) => {
            let mut revoked = Tlvs::of(value.value())?;
            revoked.time()?;
            let reason = revoked.optional(constructed(0))?;
            revoked.end()?;
            let on_hold = reason.is_some_and(|explicit| explicit.value() == CERTIFICATE_HOLD);
            Ok((OcspStatus::Revoked, on_hold))
        }
        tag if tag == primitive(2) && value.value().is_empty() => Ok((OcspStatus::Unknown, false)),
        _ => Err(OcspError::Malformed),
    }
}

/// The nonce among extensions, none of which may be critical and unknown.
fn nonce_among(explicit: Option<AnyRef<'_>>) -> Result<Option<&[u8]>, OcspError> {
    let Some(explicit) = explicit else {
        return Ok(None);
    };
    let mut whole = Tlvs::of(explicit.value())?;
    let content = whole.next(Tag::Sequence)?.value();
    whole.end()?;
    let mut nonce = None;
    for extension in extensions(content)? {
        if extension.oid == NONCE {
            nonce = Some(extension.value);
        } else if extension.critical {
            return Err(OcspError::UnknownCriticalExtension);
        }
    }
    Ok(nonce)
}
