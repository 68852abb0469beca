//! The question: which certificate, of which issuer, and a nonce.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use der::Decode as _;
use spki::SubjectPublicKeyInfoRef;

use super::response::{self, Expected};
use super::{OcspAnswer, OcspError};
use crate::certificate::Certificate;

/// Octets of a nonce (RFC 9654 §2.1).
pub const NONCE_OCTETS: usize = 32;

/// 1.3.14.3.2.26 with NULL. SHA-1 names the issuer here and proves nothing: it is what every responder knows (RFC 5019 §2.1.1).
const SHA1: &[u8] = b"\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00";
/// id-pkix-ocsp-nonce, with tag and length.
const NONCE: &[u8] = b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02";

const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;
const INTEGER: u8 = 0x02;
/// `[2]`, constructed.
const REQUEST_EXTENSIONS: u8 = 0xA2;

/// One question, and what its answer must match.
pub struct OcspRequest {
    der: Vec<u8>,
    expected: Expected,
}

impl OcspRequest {
    /// Asks about `certificate`, which `issuer` issued. Without a nonce an old answer passes as long as it is in force: only
    /// for responders that are known to answer without.
    pub fn new(
        certificate: &Certificate,
        issuer: &Certificate,
        nonce: Option<[u8; NONCE_OCTETS]>,
    ) -> Result<Self, OcspError> {
        let name_hash = sha1(certificate.issuer_der());
        let key_hash = key_hash(issuer).ok_or(OcspError::Unaskable)?;
        let serial = serial(certificate).ok_or(OcspError::Unaskable)?;
        let id = tlv(
            SEQUENCE,
            &[
                SHA1,
                &tlv(OCTET_STRING, &[&name_hash]),
                &tlv(OCTET_STRING, &[&key_hash]),
                &tlv(INTEGER, &[&serial]),
            ],
        );
        let list = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&id])]);
        let extensions = nonce.map_or_else(Vec::new, |nonce| {
            // The value is itself an OCTET STRING, within the one that every extension has.
            let value = tlv(OCTET_STRING, &[&tlv(OCTET_STRING, &[&nonce])]);
            let extension = tlv(SEQUENCE, &[NONCE, &value]);
            tlv(REQUEST_EXTENSIONS, &[&tlv(SEQUENCE, &[&extension])])
        });
        let inner = tlv(SEQUENCE, &[&list, &extensions]);
        Ok(Self {
            der: tlv(SEQUENCE, &[&inner]),
            expected: Expected {
                issuer: issuer.clone(),
                name_hash,
                key_hash,
                serial,
                nonce,
            },
        })
    }

    /// What is sent, as `application/ocsp-request`.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Judges what came back at the time `at` (seconds since the Unix epoch). Whoever answers is the issuer itself, one
    /// whom the issuer certified for it, or `configured`.
    pub fn verify(
        &self,
        answer: &[u8],
        configured: Option<&Certificate>,
        at: i64,
    ) -> Result<OcspAnswer, OcspError> {
        response::verify(answer, &self.expected, configured, at)
    }

    /// Judges an answer of the past, at its own time: what it revoked for good is revoked now. Whatever else it says is
    /// over.
    pub fn verify_revoked_for_good(
        &self,
        answer: &[u8],
        configured: Option<&Certificate>,
    ) -> Option<OcspAnswer> {
        let at = response::time_of(answer).ok()?;
        let said = self.verify(answer, configured, at).ok()?;
        said.is_revoked_for_good().then_some(said)
    }
}

pub(super) fn sha1(octets: &[u8]) -> [u8; 20] {
    let mut hash = [0; 20];
    hash.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, octets).as_ref());
    hash
}

/// SHA-1 over the key's bits, tag, length and unused bits left off.
pub(super) fn key_hash(certificate: &Certificate) -> Option<[u8; 20]> {
    let spki = SubjectPublicKeyInfoRef::from_der(certificate.subject_public_key_info_der()).ok()?;
    Some(sha1(spki.subject_public_key.as_bytes()?))
}

/// The content octets of the INTEGER, with the sign octet.
fn serial(certificate: &Certificate) -> Option<Vec<u8>> {
    let mut octets = hex::decode(certificate.serial_number()).ok()?;
    if octets.first()? & 0x80 != 0 {
        octets.insert(0, 0);
    }
    Some(octets)
}

/// Tag, length and content. Nothing here comes near 64 KiB.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    let mut whole = vec![tag];
    match (high, low) {
        (0, ..0x80) => whole.push(low),
        (0, _) => whole.extend([0x81, low]),
        _ => whole.extend([0x82, high, low]),
    }
    whole.extend(content);
    whole
}
