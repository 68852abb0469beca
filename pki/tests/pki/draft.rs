//! Certificates written by hand and signed with SM2, to say what the OpenSSL command line will not.

use pki::certificate::Certificate;
use pki::sm2::SigningKey;

pub const SM2_OID: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
const EC_PUBLIC_KEY_OID: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const SM2_WITH_SM3_OID: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75";

pub struct Draft {
    pub serial: Vec<u8>,
    pub issuer: Vec<u8>,
    pub subject: Vec<u8>,
    pub not_after: &'static str,
    pub extensions: Vec<Vec<u8>>,
    pub key_algorithm_is_sm2_twice: bool,
    pub null_parameters: bool,
}

impl Draft {
    pub fn lock(issuer: &str, subject: &str) -> Self {
        Self {
            serial: vec![0x1A, 0x10],
            issuer: name(issuer),
            subject: name(subject),
            not_after: "20280101000000Z",
            // digitalSignature, nonRepudiation
            extensions: vec![extension("551d0f", true, &tlv(3, b"\x06\xc0"))],
            key_algorithm_is_sm2_twice: false,
            null_parameters: false,
        }
    }

    pub fn ca(subject: &str) -> Self {
        let mut draft = Self::lock(subject, subject);
        draft.extensions = vec![
            extension("551d13", true, &tlv(0x30, &tlv(1, b"\xff"))),
            // keyCertSign, cRLSign
            extension("551d0f", true, &tlv(3, b"\x01\x06")),
        ];
        draft
    }

    pub fn der(&self, key: &SigningKey, issuer: &SigningKey) -> Vec<u8> {
        let algorithm = if self.null_parameters {
            tlv(0x30, &[SM2_WITH_SM3_OID, b"\x05\x00"].concat())
        } else {
            tlv(0x30, SM2_WITH_SM3_OID)
        };
        let mut tbs = [
            tlv(0xA0, &tlv(2, &[2])),
            tlv(2, &self.serial),
            algorithm.clone(),
            self.issuer.clone(),
            tlv(
                0x30,
                &[
                    tlv(0x18, b"20260101000000Z"),
                    tlv(0x18, self.not_after.as_bytes()),
                ]
                .concat(),
            ),
            self.subject.clone(),
            self.spki(key),
        ]
        .concat();
        if !self.extensions.is_empty() {
            tbs.extend(tlv(0xA3, &tlv(0x30, &self.extensions.concat())));
        }
        let tbs = tlv(0x30, &tbs);
        let signature = issuer.sign(&tbs).unwrap();
        tlv(
            0x30,
            &[
                tbs,
                algorithm,
                tlv(3, &[&[0], signature.as_slice()].concat()),
            ]
            .concat(),
        )
    }

    pub fn certificate(&self, key: &SigningKey, issuer: &SigningKey) -> Certificate {
        Certificate::from_der(&self.der(key, issuer)).unwrap()
    }

    fn spki(&self, key: &SigningKey) -> Vec<u8> {
        let spki = key.subject_public_key_info_der().unwrap();
        let point = &spki[spki.len() - 65..];
        let first = if self.key_algorithm_is_sm2_twice {
            SM2_OID
        } else {
            EC_PUBLIC_KEY_OID
        };
        let algorithm = tlv(0x30, &[first, SM2_OID].concat());
        tlv(0x30, &[algorithm, tlv(3, &[&[0], point].concat())].concat())
    }
}

/// One commonName in a `UTF8String`.
pub fn name(common_name: &str) -> Vec<u8> {
    name_of(&[(b"\x55\x04\x03", 12, common_name.as_bytes())])
}

/// Attributes as (OID octets, string tag, content).
pub fn name_of(attributes: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(oid, tag, content)| {
            tlv(
                0x31,
                &tlv(0x30, &[tlv(6, oid), tlv(*tag, content)].concat()),
            )
        })
        .collect();
    tlv(0x30, &rdns.concat())
}

/// An extension by the hex of its OID's content octets.
pub fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &hex::decode(oid).unwrap());
    let critical = if critical {
        tlv(1, b"\xff")
    } else {
        Vec::new()
    };
    tlv(0x30, &[oid, critical, tlv(4, value)].concat())
}

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..=0x7F => out.push(u8::try_from(length).unwrap()),
        0x80..=0xFF => out.extend([0x81, u8::try_from(length).unwrap()]),
        0x100..=0xFFFF => {
            out.push(0x82);
            out.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        _ => {
            out.push(0x83);
            out.extend(&u32::try_from(length).unwrap().to_be_bytes()[1..]);
        }
    }
    out.extend(content);
    out
}
