//! Electronic seals written by hand, in both layouts, signed by whatever key is at hand.

use pki::certificate::Certificate;
use pki::eseal::{Seal, SealError};

use crate::draft::tlv;

/// An eight by eight picture is enough to begin as a PNG does.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08";
pub const SM2_WITH_SM3: &[u8] = b"\x2a\x81\x1c\xcf\x55\x01\x83\x75";
pub const RSA_WITH_SHA256: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
pub const ECDSA_WITH_SHA256: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";

#[derive(Clone, Copy, PartialEq)]
pub enum Layout {
    GmT0031,
    GbT38540,
}

#[derive(Clone)]
pub struct SealDraft {
    pub layout: Layout,
    pub header_id: &'static [u8],
    pub version: u8,
    pub name: Vec<u8>,
    /// `None` for GM/T 0031, which has no such number.
    pub list_kind: Option<u8>,
    pub list: Vec<Vec<u8>>,
    /// Tag and text of createDate, validStart and validEnd.
    pub times: [(u8, &'static [u8]); 3],
    pub picture: Vec<u8>,
    pub extensions: Option<Vec<u8>>,
    pub algorithm: &'static [u8],
    pub maker: Vec<u8>,
}

impl SealDraft {
    /// Version 4, for the certificates given.
    pub fn v4(maker: &Certificate, users: &[&Certificate]) -> Self {
        Self {
            layout: Layout::GbT38540,
            header_id: b"ES",
            version: 4,
            name: "内蒙古测试有限公司公章".as_bytes().to_vec(),
            list_kind: Some(1),
            list: users.iter().map(|user| tlv(4, user.der())).collect(),
            times: [
                (0x18, b"20260301000000Z"),
                (0x18, b"20260302000000Z"),
                (0x18, b"20270301000000Z"),
            ],
            picture: PNG.to_vec(),
            extensions: None,
            algorithm: SM2_WITH_SM3,
            maker: maker.der().to_vec(),
        }
    }

    /// Version 1.
    pub fn v1(maker: &Certificate, users: &[&Certificate]) -> Self {
        Self {
            layout: Layout::GmT0031,
            version: 1,
            list_kind: None,
            times: [
                (0x17, b"260301000000Z"),
                (0x17, b"260302000000Z"),
                (0x17, b"270301000000Z"),
            ],
            ..Self::v4(maker, users)
        }
    }

    fn info(&self) -> Vec<u8> {
        let header = tlv(
            0x30,
            &[
                tlv(22, self.header_id),
                tlv(2, &[self.version]),
                tlv(22, b"TEST"),
            ]
            .concat(),
        );
        let mut property = [tlv(2, &[1]), tlv(12, &self.name)].concat();
        property.extend(
            self.list_kind
                .map(|kind| tlv(2, &[kind]))
                .unwrap_or_default(),
        );
        property.extend(tlv(0x30, &self.list.concat()));
        for (tag, text) in self.times {
            property.extend(tlv(tag, text));
        }
        let picture = [
            tlv(22, b"PNG"),
            tlv(4, &self.picture),
            tlv(2, &[40]),
            tlv(2, &[41]),
        ];
        let mut info = [
            header,
            tlv(22, b"SEAL-0001"),
            tlv(0x30, &property),
            tlv(0x30, &picture.concat()),
        ]
        .concat();
        info.extend(self.extensions.clone().unwrap_or_default());
        tlv(0x30, &info)
    }

    /// The octets of the seal; `sign` is asked for the signature over what the standard says.
    pub fn der(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let info = self.info();
        let named = [tlv(4, &self.maker), tlv(6, self.algorithm)].concat();
        let signed = match self.layout {
            Layout::GbT38540 => info.clone(),
            Layout::GmT0031 => tlv(0x30, &[info.clone(), named.clone()].concat()),
        };
        let signature = tlv(3, &[vec![0], sign(&signed)].concat());
        let signing = [named, signature].concat();
        let signing = match self.layout {
            Layout::GbT38540 => signing,
            Layout::GmT0031 => tlv(0x30, &signing),
        };
        tlv(0x30, &[info, signing].concat())
    }

    pub fn seal(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> Seal {
        Seal::from_der(&self.der(sign)).unwrap()
    }

    /// Why it cannot be read, whoever signs it.
    pub fn refusal(&self) -> SealError {
        Seal::from_der(&self.der(|_| vec![0x30, 0])).unwrap_err()
    }
}
